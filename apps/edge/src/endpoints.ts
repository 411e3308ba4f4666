import type { RecordRoute } from '@tacet/usage';

/** What can be asked of workers; also the name of a route in records, logs and metrics. */
export type EndpointName = Exclude<RecordRoute, 'none'>;

/** Whose error bodies an endpoint has. */
export type ErrorDialect = 'openai' | 'anthropic';

/** One row of the route table: a path, and what the steps must know of the API behind it. */
export interface Endpoint {
  readonly name: EndpointName;
  /** The same at clients and workers. */
  readonly path: string;
  readonly errors: ErrorDialect;
  /** How a streamed answer is read; undefined: there is none. */
  readonly stream: 'chat' | 'text' | 'responses' | 'messages' | undefined;
  /** The field that must be there, and must be a list where the API has no other form. */
  readonly prompt: { readonly field: string; readonly isList: boolean } | undefined;
  /** Fields that hold messages: what of them is media is counted. */
  readonly messages: readonly string[];
  /** Fields that hold texts, where no media are taken; more than one text makes a batch. */
  readonly texts: readonly string[];
  /** Fields that bound the output of a choice; none: nothing is generated. */
  readonly limits: readonly string[];
  /** Fields that multiply the output. */
  readonly choices: readonly string[];
  /** Whether a stream tells usage only when `stream_options` asks for it. */
  readonly asksForUsage: boolean;
  /** Whether what is asked is paid for: counting tokens is not. */
  readonly isPaid: boolean;
}

const generating = {
  errors: 'openai', prompt: { field: 'messages', isList: true }, messages: ['messages'], texts: [], limits: ['max_tokens'], choices: [], asksForUsage: false, isPaid: true,
} as const satisfies Partial<Endpoint>;
const reading = { ...generating, stream: undefined, prompt: undefined, messages: [], limits: [] } as const satisfies Partial<Endpoint>;

/** Every path that can reach a worker. Each goes through all steps: it is authorised, admitted and metered. */
export const endpoints: Readonly<Record<EndpointName, Endpoint>> = {
  chat_completions: { ...generating, name: 'chat_completions', path: '/v1/chat/completions', stream: 'chat', limits: ['max_tokens', 'max_completion_tokens'], choices: ['n', 'best_of'], asksForUsage: true },
  completions: { ...generating, name: 'completions', path: '/v1/completions', stream: 'text', prompt: { field: 'prompt', isList: false }, messages: [], texts: ['prompt'], choices: ['n', 'best_of'], asksForUsage: true },
  responses: { ...generating, name: 'responses', path: '/v1/responses', stream: 'responses', prompt: { field: 'input', isList: false }, messages: ['input'], limits: ['max_output_tokens'] },
  messages: { ...generating, name: 'messages', path: '/v1/messages', stream: 'messages', errors: 'anthropic' },
  count_tokens: { ...reading, name: 'count_tokens', path: '/v1/messages/count_tokens', errors: 'anthropic', prompt: { field: 'messages', isList: true }, messages: ['messages'], isPaid: false },
  embeddings: { ...reading, name: 'embeddings', path: '/v1/embeddings', prompt: { field: 'input', isList: false }, texts: ['input', 'messages'] },
  rerank: { ...reading, name: 'rerank', path: '/v1/rerank', prompt: { field: 'documents', isList: false }, texts: ['query', 'documents'] },
  score: { ...reading, name: 'score', path: '/v1/score', texts: ['text_1', 'text_2', 'queries', 'documents', 'items', 'query', 'data_1', 'data_2'] },
};

const byPath: ReadonlyMap<string, Endpoint> = new Map(Object.values(endpoints).map((endpoint) => [endpoint.path, endpoint]));

/** The endpoint of a path (`http/path.ts`); undefined for all that reaches no worker. */
export function endpointOf(path: string): Endpoint | undefined {
  return byPath.get(path);
}

/** Whether a worker that speaks these endpoints serves another one: `/v1/messages` can be said in terms of chat. */
export function isServedBy({ name }: Endpoint, spoken: readonly EndpointName[]): boolean {
  return spoken.includes(name) || (name === 'messages' && spoken.includes('chat_completions'));
}

/** In which terms workers that speak these are asked. */
export function spokenAs(endpoint: Endpoint, spoken: readonly EndpointName[]): Endpoint {
  return spoken.includes(endpoint.name) ? endpoint : endpoints.chat_completions;
}
