import type { KeyState__Output } from '@tacet/rpc/types/directory/v1/KeyState';
import type { Limits__Output } from '@tacet/rpc/types/directory/v1/Limits';
import type { ResolveResponse__Output } from '@tacet/rpc/types/directory/v1/ResolveResponse';
import type { ErrorCode } from '@tacet/errors';
import { partitionOf } from '@tacet/usage';
import type { LeaseKey } from '../money/lease.ts';
import { leaseName } from '../money/ledger-messages.ts';

/** A limit that a caller's requests are counted against. */
export interface Claim {
  readonly kind: 'requests' | 'tokens' | 'concurrent';
  /** Whose limit it is. */
  readonly scope: 'key' | 'account';
  /** Of its counter, which all keys of an account share where the limit is the account's. */
  readonly name: string;
  /** At least 1; per minute, or at once. */
  readonly limit: number;
}

/** Who calls, as the directory knows them: the result of authorization. */
export interface Caller {
  /** Look-up name of the key (latin1 of its SHA-256), or of the account at the internal door. */
  readonly name: string;
  readonly accountId: Buffer;
  /** 16 zero bytes at the internal door. */
  readonly keyId: Buffer;
  /** hex of key id, or of account id where there is no key: what limits and running requests go by. */
  readonly identity: string;
  readonly account: string;
  readonly noLog: boolean;
  /** Undefined = every model. */
  readonly models: ReadonlySet<string> | undefined;
  /** Of the key and of its account; what ends by itself first. Empty where there are no limits. */
  readonly claims: readonly Claim[];
  /** UTC milliseconds; 0 = never. */
  readonly expiresAtMs: number;
  readonly leaseKey: LeaseKey;
  readonly leaseByKey: boolean;
  readonly partition: number;
}

export const noId = Buffer.alloc(16);

/** The caller of an answer whose state is ACTIVE. */
export function toCaller(name: string, { keyId, accountId, noLog, models, limits, accountLimits, expiresAtMs }: ResolveResponse__Output): Caller {
  const limitDayNano = BigInt(limits?.spendDayNano ?? 0);
  const limitMonthNano = BigInt(limits?.spendMonthNano ?? 0);
  const limitTotalNano = BigInt(limits?.spendTotalNano ?? 0);
  const hasKey = keyId.length === 16;
  const leaseByKey = hasKey && (limitDayNano > 0n || limitMonthNano > 0n || limitTotalNano > 0n);
  const leaseKeyId = leaseByKey ? keyId : undefined;
  const identity = (hasKey ? keyId : accountId).toString('hex');
  const account = accountId.toString('hex');
  return {
    name,
    accountId,
    keyId: hasKey ? keyId : noId,
    identity,
    account,
    noLog,
    models: models.length === 0 ? undefined : new Set(models),
    claims: [...claimsOf('key', identity, hasKey ? limits : null), ...claimsOf('account', account, accountLimits)].sort((a, b) => order[a.kind] - order[b.kind]),
    expiresAtMs: Number(expiresAtMs),
    leaseKey: { name: leaseName(accountId, leaseKeyId), accountId, keyId: leaseKeyId, limitDayNano, limitMonthNano, limitTotalNano },
    leaseByKey,
    partition: partitionOf(accountId),
  };
}

/** What runs at once is asked first: being refused there takes nothing from a window. */
const order = { concurrent: 0, requests: 1, tokens: 2 } as const;

function claimsOf(scope: Claim['scope'], id: string, limits: Limits__Output | null): Claim[] {
  const given = { concurrent: limits?.concurrentRequests ?? 0, requests: limits?.requestsPerMinute ?? 0, tokens: Number(limits?.tokensPerMinute ?? 0) } as const;
  const kinds: readonly Claim['kind'][] = ['concurrent', 'requests', 'tokens'];
  return kinds.flatMap((kind) => (given[kind] > 0 ? [{ kind, scope, name: `${kind} ${scope} ${id}`, limit: given[kind] }] : []));
}

const codes = {
  KEY_STATE_UNKNOWN: 'key_unknown',
  KEY_STATE_REVOKED: 'key_revoked',
  KEY_STATE_EXPIRED: 'key_expired',
  KEY_STATE_SUSPENDED: 'account_suspended',
} as const satisfies Record<Exclude<KeyState__Output, 'KEY_STATE_ACTIVE'>, ErrorCode>;

/** Why a key or account may not be used; undefined when it may. */
export function refusalOf(state: KeyState__Output): ErrorCode | undefined {
  return state === 'KEY_STATE_ACTIVE' ? undefined : codes[state];
}
