import type { TokenUsage } from '@tacet/inference';
import type { UsageSource } from '@tacet/usage';
import type { InferenceRequest } from './read-request.ts';
import type { Counts } from './reservation.ts';

/** Counts with where they come from. */
export type ReceivedCounts = Counts & { readonly source: UsageSource };

export const nothingReceived: ReceivedCounts = { input: 0, cached: 0, output: 0, source: 'none' };

/** Whether a worker's counts cannot be true: negative, no integers, or more than the model can take and give. */
export function isImpossible({ input, cached, output, hostile }: TokenUsage, { model, choices, inputMax }: InferenceRequest): boolean {
  return hostile || input + cached > inputMax || output > model.contextTokens * choices;
}

/** What is charged where the worker's counts are not to be believed: no more prompt than was sent, and what was seen. */
export function believable({ input, cached }: TokenUsage, output: number, { inputBound }: InferenceRequest): ReceivedCounts {
  return { input: Math.min(input + cached, inputBound), cached: 0, output, source: 'counted' };
}
