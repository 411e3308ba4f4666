import type { RecordedRequest } from '../recorder.ts';
import { apiVersion } from '../wire/api-version.ts';

/** A request that the fake took and Stripe's own `stripe-mock` does not. */
export interface MockRefusal {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The sentence of `stripe-mock`. */
  readonly message: string;
}

/**
 * Sends requests that the fake has accepted to a running `stripe-mock`, which knows Stripe's whole schema and nothing else.
 * Returns those that it refuses; there should be none.
 */
export async function replayRequests(requests: readonly RecordedRequest[], stripeMockUrl: string): Promise<MockRefusal[]> {
  const refusals: MockRefusal[] = [];
  for (const { method, path, query, body, status } of requests) {
    if (status !== 200) continue;
    const answer = await askStripeMock(stripeMockUrl, method, path + query, body);
    if (answer.status >= 400) refusals.push({ method, path, status: answer.status, message: answer.body.error?.message ?? '' });
  }
  return refusals;
}

/** What `stripe-mock` says. */
export interface MockAnswer {
  readonly status: number;
  readonly body: { readonly error?: { readonly message?: string } } & Readonly<Record<string, unknown>>;
}

/** Asks `stripe-mock` one thing. */
export async function askStripeMock(stripeMockUrl: string, method: string, target: string, body = ''): Promise<MockAnswer> {
  const response = await fetch(new URL(target, stripeMockUrl), {
    method,
    headers: { authorization: 'Bearer sk_test_123', 'stripe-version': apiVersion, ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
    ...(method === 'POST' ? { body } : {}),
  });
  return { status: response.status, body: (await response.json()) as MockAnswer['body'] };
}
