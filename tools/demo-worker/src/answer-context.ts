import type { ServerResponse } from 'node:http';
import type { Head } from './dialects/dialect.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { GenerateRequest } from './read-request.ts';
import { scatter } from './vocabulary.ts';
import type { WorkerState } from './worker-state.ts';

/** What it takes to answer one request. */
export interface AnswerContext {
  readonly state: WorkerState;
  readonly request: GenerateRequest;
  readonly response: ServerResponse;
  readonly lifecycle: Lifecycle;
}

/** What is the same in all chunks of the answer. Ids follow from the seed and the ordinal of the request. */
export function headOf({ state, request, lifecycle }: AnswerContext): Head {
  return {
    id: state.dialect.idPrefix[request.route] + answerId(state.settings.seed, lifecycle.receipt.ordinal),
    created: Math.floor(Date.now() / 1_000),
    modelJson: JSON.stringify(request.model),
    route: request.route,
    stream: request.stream,
  };
}

/** 32 hexadecimal digits. */
export function answerId(seed: number, ordinal: number): string {
  let id = '';
  for (let part = 0; part < 4; part++) id += scatter(seed + part, ordinal).toString(16).padStart(8, '0');
  return id;
}

/** The pace of the answer: the behaviour's, else the worker's. */
export function paceOf({ state, request }: AnswerContext): { firstTokenMs: number; msPerToken: number } {
  const tokensPerSecond = request.behaviour.tokensPerSecond ?? state.settings.tokensPerSecond;
  return { firstTokenMs: request.behaviour.firstTokenMs ?? state.settings.firstTokenMs, msPerToken: tokensPerSecond === 0 ? 0 : 1_000 / tokensPerSecond };
}
