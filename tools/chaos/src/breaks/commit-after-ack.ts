import type { Break } from './break.ts';

export const commitAfterAck: Break = {
  name: 'commit-after-ack',
  sentence: 'What is told to be applied, and the offset behind it, are committed with the money, in one transaction.',
  replacements: [
    {
      file: 'apps/billing/src/usage/usage-writer.ts',
      from: `    const applied = await transaction(this.#pool, async (connection) => {
      if (surroundings && !(await surroundings.before(connection))) return undefined;
      const applying = applyUsage(connection, columns);
      surroundings?.meanwhile?.();
      const result = await applying;
      await surroundings?.after(connection);
      return result;
    });
    if (!applied) return false;
`,
      to: `    const taken = await transaction(this.#pool, async (connection) => {
      if (surroundings && !(await surroundings.before(connection))) return undefined;
      const { rows } = await connection.query<{ taken: readonly number[] }>(
        'SELECT billing.take_runs($1::uuid[], $2::smallint[], $3::bigint[], $4::integer[], $5::integer[]) AS taken',
        columns.values.slice(0, 5),
      );
      await surroundings?.after(connection);
      return rows[0]?.taken ?? [];
    });
    if (!taken) return false;
    surroundings?.meanwhile?.();
    if (taken.length === 0) return true;
    // A disk that takes its time.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const applied = await transaction(this.#pool, (connection) => applyUsage(connection, columns));
`,
    },
    {
      file: 'libs/database/migrations/main/0101_billing_apply.sql',
      from: 'todo := billing.take_runs(p_run_edge, p_run_partition, p_run_seq, p_run_place, p_run_length);',
      to: 'todo := ARRAY(SELECT generate_series(1, cardinality(p_edge)));',
    },
  ],
  shownBy: ['--kills', '12', '--seed', '1', '--rest-every', '2', '--faults', 'kill billing'],
};
