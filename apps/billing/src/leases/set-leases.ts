import type { Queryable } from '@tacet/database';
import type { Refusal } from '@tacet/rpc/types/ledger/v1/Refusal';

/** A key's limits on spend, nano-USD; 0 = no limit of that kind. */
export interface KeyLimits {
  readonly dayNano: bigint;
  readonly monthNano: bigint;
  readonly totalNano: bigint;
}

/** One SetLease: the whole target of one lease. */
export interface LeaseCall {
  readonly edgeId: string;
  readonly epoch: number;
  readonly accountId: string;
  /** Nil unless the key has a spend limit. */
  readonly keyId: string;
  readonly version: bigint;
  readonly targetNano: bigint;
  /** Undefined in a heartbeat, which does not carry them: the last ones known hold. */
  readonly limits: KeyLimits | undefined;
}

/** What became of it. */
export interface LeaseAnswer {
  /** `no_session`: the epoch is newer than the one known here; the next heartbeat opens it. */
  readonly outcome: 'set' | 'fenced' | 'no_session';
  readonly version: bigint;
  readonly grantedNano: bigint;
  readonly postedNano: bigint;
  readonly heldNano: bigint;
  readonly overdraftNano: bigint;
  readonly refusal: Refusal & string;
}

interface Row {
  readonly outcome: LeaseAnswer['outcome'];
  readonly version: bigint;
  readonly granted: bigint;
  readonly posted: bigint;
  readonly held: bigint;
  readonly overdraft: bigint;
  readonly refusal: Refusal & string;
}

const statement = {
  name: 'set_leases',
  text: `SELECT outcome, version, granted, posted, held, overdraft, refusal
           FROM billing.set_leases($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[],
                                   $7::bigint[], $8::bigint[], $9::bigint[])
          ORDER BY place`,
};

/** Sets leases in one transaction; answers come in the order of the calls. */
export async function setLeases(database: Queryable, calls: readonly LeaseCall[]): Promise<readonly LeaseAnswer[]> {
  const column = (of: (call: LeaseCall) => string | number | bigint | undefined) =>
    `{${calls.map((call) => of(call) ?? 'NULL').join(',')}}`;
  const { rows } = await database.query<Row>({
    ...statement,
    values: [
      column((call) => call.edgeId),
      column((call) => call.epoch),
      column((call) => call.accountId),
      column((call) => call.keyId),
      column((call) => call.version),
      column((call) => call.targetNano),
      column((call) => call.limits?.dayNano),
      column((call) => call.limits?.monthNano),
      column((call) => call.limits?.totalNano),
    ],
  });
  return rows.map(({ outcome, version, granted, posted, held, overdraft, refusal }) => ({
    outcome,
    version,
    grantedNano: granted,
    postedNano: posted,
    heldNano: held,
    overdraftNano: overdraft,
    refusal,
  }));
}
