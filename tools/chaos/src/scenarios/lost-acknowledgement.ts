import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createPortSource, inheritedEnvironment, sourceArguments } from '@tacet/constellation';
import { startKafka } from '@tacet/servers';
import type { FaultLog } from '../fault-log.ts';
import type { ChaosResult } from '../look-at-books.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { createUsageTopic, readUsageSeqs } from '../usage-topic.ts';
import type { Scenario } from './scenario.ts';

/** The partition that the sender writes to. */
const partition = 3;
const swallowMs = 3_000;

/**
 * Three batches are sent at once, and the acknowledgement of the first never comes. An idempotent producer of kafkajs then gives the
 * second batch the number of the first: Kafka takes it for a repetition, and acknowledges what it does not keep.
 */
export const lostAcknowledgement: Scenario = {
  name: 'lost-acknowledgement',
  sentence: 'What the sink says was taken is in the log.',
  run: async (log) => {
    const folder = mkdtempSync(join(tmpdir(), 'tacet-acknowledgement-'));
    const cleanup = new AsyncDisposableStack();
    cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
    try {
      return await play(log, folder, cleanup);
    } finally {
      await cleanup.disposeAsync();
    }
  },
};

async function play(log: FaultLog, folder: string, cleanup: AsyncDisposableStack): Promise<ChaosResult> {
  log.tell('scenario lost-acknowledgement: starting Kafka');
  const nextPort = createPortSource();
  const port = await nextPort();
  const proxy = await TcpProxy.start('kafka', port);
  cleanup.defer(() => proxy.stop());
  const kafka = await startKafka({ folder, port, controllerPort: await nextPort(), advertisedPort: proxy.port });
  cleanup.defer(async () => void (await kafka.stop()));
  await createUsageTopic(kafka.broker);

  const sender = spawn(process.execPath, sourceArguments('apps/edge/tests/send-at-once.ts', [kafka.broker]), { env: inheritedEnvironment(process.env), stdio: ['pipe', 'pipe', 'inherit'] });
  cleanup.defer(() => void sender.kill('SIGKILL'));
  const lines = createInterface(sender.stdout)[Symbol.asyncIterator]();
  await lines.next();
  log.tell('three batches are sent at once; the first answer is lost');
  proxy.swallowAnswers();
  sender.stdin.write('go\n');
  // The first is on its way at once; the others wait for its answer, which the client gives up after 10 s.
  await new Promise((resolve) => setTimeout(resolve, swallowMs));
  proxy.pass();
  const { value } = await lines.next();
  const acknowledged = JSON.parse(String(value)) as number[];
  if (sender.exitCode === null) await once(sender, 'exit');
  return judge(log, acknowledged, await readUsageSeqs(kafka.broker, partition));
}

function judge(log: FaultLog, acknowledged: readonly number[], kept: readonly number[]): ChaosResult {
  const problems = acknowledged.filter((seq) => !kept.includes(seq)).map((seq) => `record ${seq} was acknowledged and is not in the log`);
  const verdict = problems.length === 0 ? 'every invariant holds' : `${problems.length} WRONG`;
  const line = `chaos scenario=lost-acknowledgement acknowledged=${acknowledged.join(',')} log=${kept.join(',')}: ${verdict}`;
  log.tellResult({ problems, line });
  return { holds: problems.length === 0, problems, line };
}
