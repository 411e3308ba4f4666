import { TacetError } from '@tacet/errors';
import { formatUsd } from '@tacet/pricing';
import { RpcUnavailableError, type RpcClient } from '@tacet/rpc';
import { parse, validate } from 'uuid';
import { sendJson } from './http/send-json.ts';
import { TokenBucket } from './keys/token-bucket.ts';
import type { AuthorizedHandler, AuthorizedQuestion } from './serve-authorized.ts';

/** Questions to billing, of all callers together. */
export const questionsPerSecondMax = 100;
const questionDeadlineMs = 2_000;
const retryAfterMs = 1_000;

export interface AccountFactsOptions {
  readonly ledger: Pick<RpcClient<'Ledger'>, 'GetKeySpend' | 'GetGeneration'>;
  readonly monotonicMs: () => number;
}

/** What callers may ask about their own key, money and requests; billing knows. In the form of OpenRouter's API. */
export function createAccountFacts({ ledger, monotonicMs }: AccountFactsOptions) {
  const bucket = new TokenBucket(questionsPerSecondMax, monotonicMs());
  const options = { deadlineMs: questionDeadlineMs };
  const spendOf = ({ caller }: AuthorizedQuestion) => {
    requireRoom(bucket, monotonicMs());
    const { accountId, keyId, account, identity } = caller;
    return ask(ledger.GetKeySpend({ accountId, keyId: identity === account ? Buffer.alloc(0) : keyId }, options));
  };
  return {
    /** `GET /v1/key`. */
    showKey: (async (question) => {
      const spend = await spendOf(question);
      const { caller, response } = question;
      const { limitDayNano, limitMonthNano, limitTotalNano } = caller.leaseKey;
      const used = BigInt(spend.keyTotalNano);
      sendJson(response, {
        data: {
          label: null,
          usage: usd(used), usage_daily: usd(BigInt(spend.keyDayNano)), usage_monthly: usd(BigInt(spend.keyMonthNano)),
          limit: limitOf(limitTotalNano), limit_daily: limitOf(limitDayNano), limit_monthly: limitOf(limitMonthNano),
          limit_remaining: limitTotalNano === 0n ? null : usd(limitTotalNano > used ? limitTotalNano - used : 0n),
          is_free_tier: false, is_provisioning_key: false,
          privacy: caller.noLog ? 'no-log' : 'standard',
          expires_at: caller.expiresAtMs === 0 ? null : new Date(caller.expiresAtMs).toISOString(),
          models: caller.models ? [...caller.models] : null,
        },
      });
    }) satisfies AuthorizedHandler,
    /** `GET /v1/credits`. */
    showCredits: (async (question) => {
      const { postedNano, usedNano, availableNano } = await spendOf(question);
      const used = BigInt(usedNano);
      sendJson(question.response, { data: { total_credits: usd(BigInt(postedNano) + used), total_usage: usd(used), available: usd(BigInt(availableNano)) } });
    }) satisfies AuthorizedHandler,
    /** `GET /v1/generation?id=`: counts and money of one request; a no-log one has none. */
    showGeneration: (async ({ caller, response, query }) => {
      const id = query.get('id') ?? '';
      if (id === '') throw new TacetError('field_invalid', { param: 'id', message: '`id` is required.' });
      if (caller.noLog || !validate(id)) throw new TacetError('not_found', { param: 'id' });
      requireRoom(bucket, monotonicMs());
      const { accountId } = caller;
      const row = await ask(ledger.GetGeneration({ accountId, requestId: Buffer.from(parse(id)) }, options));
      const prompt = Number(row.inputTokens) + Number(row.cachedTokens);
      sendJson(response, {
        data: {
          id, model: row.modelId, endpoint: row.route, status: row.status, usage_source: row.usageSource, is_final: row.final,
          total_cost: usd(BigInt(row.chargedNano)), usage: usd(BigInt(row.chargedNano)),
          tokens_prompt: prompt, tokens_completion: Number(row.outputTokens), native_tokens_cached: Number(row.cachedTokens),
          latency: Number(row.ttftMs), generation_time: Number(row.latencyMs),
          created_at: new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString(),
        },
      });
    }) satisfies AuthorizedHandler,
  };
}

/** Billing may be away; requests go on without it. */
async function ask<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof RpcUnavailableError ? new TacetError('unavailable', { retryAfterMs }) : error;
  }
}

function requireRoom(bucket: TokenBucket, nowMs: number): void {
  if (!bucket.take(nowMs)) throw new TacetError('rate_limited', { retryAfterMs });
}

/** A JSON number, exact to the nano-dollar for all sums below nine million dollars. */
function usd(nano: bigint): number {
  return Number(formatUsd(nano));
}

function limitOf(nano: bigint): number | null {
  return nano === 0n ? null : usd(nano);
}
