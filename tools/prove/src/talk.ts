import type { CanarySet } from '@tacet/testing';
import { require } from './claim.ts';
import type { Person } from './person.ts';
import { within } from './within.ts';
import type { World } from './world.ts';

/** What a request came to, as far as proofs care. */
export interface Said {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: string;
}

/** Sends bytes to the public door of an edge; a `Blob` goes in chunks. A connection that breaks has status 0. */
export async function say(world: World, apiKey: string, body: string | object, further: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Said> {
  const url = world.constellation.edges[0]?.url;
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { connection: 'close', authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...further },
      ...(body instanceof Blob ? { body: body.stream(), duplex: 'half' as const } : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const headers = JSON.stringify([...response.headers]);
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers };
  } catch {
    return { status: 0, body: Buffer.alloc(0), headers: '' };
  }
}

/** A chat with a canary in every position that a client can fill, which the worker repeats in its answer. */
export function chatWith(canaries: CanarySet, demo: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const put = (place: string) => canaries.mint(place);
  const tool = { type: 'function', function: { name: `f_${put('name of a tool')}`, description: put('description of a tool'), parameters: {} } };
  return {
    model: 'demo-model',
    max_tokens: 80,
    messages: [
      { role: 'system', content: put('system message') },
      { role: 'user', content: [{ type: 'text', text: put('part of a message') }], name: put('name of a speaker') },
      { role: 'assistant', content: put('assistant message') },
      { role: 'user', content: put('last message, which the answer repeats') },
    ],
    stop: [put('stop word')],
    tools: [tool],
    metadata: { purpose: put('metadata') },
    user: put('user field'),
    some_extension: put('unknown field'),
    demo: { echo: true, tokens: 60, tokensPerChunk: 60, ...demo },
  };
}

/** Ways for a request to end. */
export const paths = [
  'stream', 'whole', 'in chunks', 'malformed', 'wrong field', 'unknown key', 'no money', 'unknown model', 'too large', 'too often', 'worker refuses', 'worker fails', 'worker dies', 'worker is silent', 'client leaves',
] as const;

/** Keys of one person: one that may do everything, one without money, and one that may ask once a minute. */
export interface KeyRing {
  readonly apiKey: string;
  readonly poorKey: string;
  readonly rareKey: string;
}

/** Makes the keys that some ways to an end need. */
export async function makeKeyRing(person: Person, noLog: boolean): Promise<KeyRing> {
  const make = async (name: string, limits: object) => (await person.json<{ key: string }>('POST', '/api/keys', { name, no_log: noLog, limits })).key;
  return { apiKey: person.account.apiKey, poorKey: await make('poor', { spend_total_nano_usd: '1' }), rareKey: await make('rare', { requests_per_minute: 1 }) };
}

/** Sends a canary along each way that a request can take, with canaries in headers too. Returns the answers. */
export async function sayOnEveryPath(world: World, { apiKey, poorKey, rareKey }: KeyRing, canaries: CanarySet): Promise<ReadonlyMap<(typeof paths)[number], Said>> {
  const headers = () => ({ 'x-custom': canaries.mint('header'), 'user-agent': canaries.mint('user agent') });
  const tell = (body: string | object, signal?: AbortSignal) => say(world, apiKey, body, headers(), signal);
  const tellWith = (key: string) => say(world, key, chatWith(canaries), headers());
  // Longer than the edge waits for the first byte.
  const silence = tell(chatWith(canaries, { firstTokenMs: 60_000 }));
  const answers = new Map<(typeof paths)[number], Said>();
  answers.set('stream', await tell({ ...chatWith(canaries), stream: true }));
  answers.set('whole', await tell(chatWith(canaries)));
  answers.set('in chunks', await tell(new Blob([JSON.stringify(chatWith(canaries))])));
  answers.set('malformed', await tell(`{"model":"demo-model","messages":[{"role":"user","content":"${canaries.mint('malformed JSON')}"`));
  answers.set('wrong field', await tell({ ...chatWith(canaries), max_tokens: canaries.mint('a number that is a text') }));
  answers.set('unknown key', await tellWith(`${apiKey.slice(0, -8)}AAAAAAAA`));
  answers.set('no money', await tellWith(poorKey));
  answers.set('unknown model', await tell({ ...chatWith(canaries), model: `m-${canaries.mint('name of a model')}` }));
  answers.set('too large', await tell({ ...chatWith(canaries), padding: canaries.mint('very large body').repeat(20).padEnd(200_000, 'x') }));
  await tellWith(rareKey);
  answers.set('too often', await tellWith(rareKey));
  answers.set('worker refuses', await tell(chatWith(canaries, { status: 400 })));
  answers.set('worker fails', await tell(chatWith(canaries, { status: 500 })));
  answers.set('worker dies', await tell({ ...chatWith(canaries, { abortAfter: 3 }), stream: true }));
  answers.set('client leaves', await tell({ ...chatWith(canaries, { tokens: 2_000, tokensPerSecond: 50 }), max_tokens: 2_000, stream: true }, AbortSignal.timeout(300)));
  answers.set('worker is silent', await silence);
  // A worker that failed so often is left alone for a while.
  await within(30_000, 'the worker is asked again', async () => (await tell({ model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 200);
  const expected: Partial<Record<(typeof paths)[number], number>> = { 'in chunks': 200, 'unknown key': 401, 'no money': 402, 'unknown model': 404, 'too large': 413, 'too often': 429, 'worker is silent': 504 };
  for (const [path, status] of Object.entries(expected)) {
    const seen = answers.get(path as (typeof paths)[number])?.status;
    require(seen === status, `"${path}" ended with ${seen}`);
  }
  require(paths.every((path) => answers.has(path)), 'a way to an end was not taken');
  return answers;
}
