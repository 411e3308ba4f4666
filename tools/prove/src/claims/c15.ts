import { CanarySet, scanBytes } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { everySink } from '../sinks.ts';
import { say } from '../talk.ts';

const requests = 500;
const atOnce = 10;

/** Errors. */
export const c15: Claim = {
  id: 'C15',
  sentence: 'Logs and errors never repeat what was sent.',
  sinks: everySink,
  mutation: {
    what: 'an account process whose answer to malformed JSON repeats it',
    processes: ['account'],
    patches: [{ file: 'apps/account/src/http/read-body.ts', from: "    throw new TacetError('invalid_json');\n", to: "    throw new TacetError('invalid_json', { message: bytes.toString() });\n" }],
  },
  further: [
    {
      what: 'an edge that prints the bodies that it reads',
      processes: ['edge'],
      patches: [{ file: 'apps/edge/src/read-request.ts', from: 'return understand(body, endpoint, caller, options);', to: 'process.stdout.write(`${body.bytes.toString()}\\n`);\n    return understand(body, endpoint, caller, options);' }],
    },
  ],
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const person = await Person.create(world.constellation);
    const origin = world.constellation.accounts[0]?.url ?? '';
    const refused = { edge: 0, account: 0 };
    for (let i = 0; i < requests; i += atOnce) {
      await Promise.all(
        Array.from({ length: atOnce }, async (_, k) => {
          const malformed = malform(i + k, canaries);
          const toEdge = (i + k) % 2 === 0;
          const answer = toEdge
            ? await say(world, malformed.key ?? person.account.apiKey, malformed.body, malformed.headers)
            : await post(`${origin}${malformed.path}`, malformed.body, malformed.headers);
          if (answer.status >= 400) refused[toEdge ? 'edge' : 'account']++;
          const found = scanBytes(Buffer.concat([answer.body, Buffer.from(answer.headers)]), canaries, toEdge ? 'edge' : 'account');
          hold(found.length === 0, `${found[0]?.label} came back in an answer of ${found[0]?.where}`);
        }),
      );
    }
    require(refused.edge > 200 && refused.account > 200, 'the requests were not refused');
    await world.expectClean(everySink, canaries, sinceMs);
  },
};

interface Malformed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly key?: string;
}

/** One of many ways to be wrong, with canaries in it. */
function malform(number: number, canaries: CanarySet): Malformed {
  const canary = canaries.mint(`malformed request ${number}`);
  const chat = (content: unknown) => JSON.stringify({ model: 'demo-model', messages: content });
  const bodies = [
    `{"model":"demo-model","messages":[{"role":"user","content":"${canary}"`,
    canary,
    `["${canary}"]`,
    JSON.stringify({ email: canary, password: 1, content: { [canary]: canary } }),
    chat(canary),
    chat([{ role: canary, content: canary }]),
    JSON.stringify({ model: canary, messages: [{ role: 'user', content: canary }] }),
    JSON.stringify({ model: 'demo-model', [canary]: canary, max_tokens: canary, messages: [] }),
    `{"model":"demo-model","model":"${canary}","messages":[]}`,
    `{"content":"\\u${canary}"}`,
  ];
  const headers: Record<string, string> = number % 3 === 0 ? { 'x-request-id': canary, 'user-agent': canary } : number % 3 === 1 ? { 'content-type': `text/${canary}` } : { accept: canary };
  const paths = ['/api/session', '/api/signup', '/api/verify', `/api/receipts/${canary}`, `/api/${canary}`];
  return { body: bodies[number % bodies.length] ?? canary, headers, path: paths[number % paths.length] ?? '/', ...(number % 20 === 0 ? { key: `tct_live_${canary}` } : {}) };
}

async function post(url: string, body: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(url, { method: 'POST', headers: { connection: 'close', 'content-type': 'application/json', ...headers }, body });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers: JSON.stringify([...response.headers]) };
}
