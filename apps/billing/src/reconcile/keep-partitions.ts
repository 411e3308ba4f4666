import { transaction, type Pool } from '@tacet/database';
import { usageDaysAhead, usageDaysKept } from '../limits.ts';

/** A change of partitions waits this long for those who use the table, and is tried again with the next run. */
const lockMs = 2_000;

/** Makes the days of usage_request ahead of time and drops those that are old enough. */
export async function keepPartitions(pool: Pool): Promise<void> {
  await transaction(pool, async (connection) => {
    await connection.query(`SET LOCAL lock_timeout = ${lockMs}`);
    await connection.query('SELECT billing.make_usage_partitions(billing.today() - 1, billing.today() + $1::integer)', [usageDaysAhead]);
  });
  await transaction(pool, async (connection) => {
    await connection.query(`SET LOCAL lock_timeout = ${lockMs}`);
    await connection.query('SELECT billing.drop_usage_partitions(billing.today() - $1::integer)', [usageDaysKept]);
  });
}
