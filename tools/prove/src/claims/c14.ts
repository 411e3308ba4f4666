import { readdir, readlink, readFile } from 'node:fs/promises';
import { CanarySet } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { readOnlyBut } from '../read-only.ts';
import { everySink } from '../sinks.ts';
import { chatWith, say } from '../talk.ts';
import { within } from '../within.ts';
import type { World } from '../world.ts';

/** Killed in the middle. */
export const c14: Claim = {
  id: 'C14',
  sentence: 'The router keeps nothing of a request: it writes counts into its spool and lines without content into its log, and after a crash in the middle of an answer nothing else is there; it runs on a file system that is read-only but for the spool.',
  caveat: 'The read-only file system is tried where the machine lets a process have mounts of its own. A machine that swaps or dumps cores can write memory to disk; the deployment examples turn both off.',
  sinks: everySink,
  mutation: {
    what: 'an edge that keeps each body in a temporary file',
    processes: ['edge'],
    patches: [
      { file: 'apps/edge/src/read-request.ts', from: "import { TacetError } from '@tacet/errors';", to: "import { writeFileSync } from 'node:fs';\nimport { tmpdir } from 'node:os';\nimport { TacetError } from '@tacet/errors';" },
      { file: 'apps/edge/src/read-request.ts', from: 'return understand(body, endpoint, caller, options);', to: 'writeFileSync(`${tmpdir()}/body-${Date.now()}`, body.bytes);\n    return understand(body, endpoint, caller, options);' },
    ],
  },
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const { account } = await Person.create(world.constellation);
    const edge = world.process('edge');
    const [worker] = world.constellation.workers;
    const tag = canaries.mint('name of a receipt');
    const running = say(world, account.apiKey, { ...chatWith(canaries, { tag, tokens: 4_000, tokensPerSecond: 100 }), max_tokens: 4_000, stream: true });
    await within(20_000, 'the worker is answering', async () => ((await worker?.receipts(tag))?.receipts[0]?.outputTokens ?? 0) > 20);
    const files = await filesOpenForWriting(edge.pid);
    require(files.some((file) => file.includes('/spool/')), 'the files of the edge cannot be seen');
    const { paths } = world.constellation;
    const others = files.filter((file) => !file.startsWith(`${paths.folder}/spool/`) && file !== edge.logFile);
    await edge.kill();
    await running;
    try {
      hold(others.length === 0, `the edge has files open for writing beside spool and log: ${others.length}`);
      await world.expectClean(everySink.filter((name) => name !== 'metrics'), canaries, sinceMs);
    } finally {
      await world.restart('edge');
    }
    await world.expectClean(['spool', 'logs and stdout', 'metrics', 'temporary files'], canaries, sinceMs);
    await serveReadOnly(world, account);
  },
};

/** Answers, and counts what it answered, while it can write nowhere but into its spool. */
async function serveReadOnly(world: World, { accountId, apiKey }: Person['account']): Promise<void> {
  const [edge] = world.constellation.edges;
  const under = await readOnlyBut(edge?.spoolFolder ?? '');
  if (!under) {
    world.tell('this machine lets no process have mounts of its own: the read-only file system was not tried');
    return;
  }
  const counted = async () => (await world.main.query('SELECT 1 FROM billing.usage_request WHERE account_id = $1', [accountId])).rows.length;
  try {
    await world.restart('edge', under);
    const before = await counted();
    for (const stream of [true, false]) {
      const { status } = await say(world, apiKey, { ...chatWith(new CanarySet()), stream });
      hold(status === 200, 'on a read-only file system the edge does not answer');
    }
    await within(20_000, 'on a read-only file system usage comes to the ledger', async () => (await counted()) >= before + 2);
  } finally {
    await world.restart('edge');
  }
}

/** As the system sees them (proc(5): `flags` holds the access mode in its last octal digit). */
async function filesOpenForWriting(pid: number): Promise<string[]> {
  const files: string[] = [];
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (!target.startsWith('/') || target.startsWith('/dev/')) continue;
    const information = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
    if (/^flags:\s*[0-7]*[12]$/m.test(information)) files.push(target);
  }
  return files;
}

