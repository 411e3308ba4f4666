import { get } from 'node:http';
import { sentences } from '../failure.ts';
import { processNames, type ProcessName, type Settings } from '../settings.ts';
import { failed, ok, skipped, type Check } from './check.ts';
import { judgeSkew } from './judge-skew.ts';

const readyMs = 3_000;
const answerBytesMax = 16_384;

/** For each process with a known metrics door: whether it is ready, and how far its clock is from this machine's. */
export async function checkReadiness({ healthAddresses = {} }: Settings, now: () => number): Promise<readonly Check[]> {
  const known = processNames.flatMap((process) =>
    healthAddresses[process] === undefined ? [] : [[process, healthAddresses[process]] as const],
  );
  if (known.length === 0) {
    return [
      skipped(
        'readiness',
        'no metrics door is known',
        'Give --health-addresses or set TACET_HEALTH_ADDRESSES: edge=host:port,account=host:port,...',
      ),
    ];
  }
  return (await Promise.all(known.map(([process, address]) => checkProcess(process, address, now)))).flat();
}

async function checkProcess(process: ProcessName, address: string, now: () => number): Promise<readonly Check[]> {
  const name = `${process}: ready`;
  try {
    const askedMs = now();
    const { status, body, dateMs } = await ask(address);
    const answeredMs = now();
    const reasons = body.trim().split('\n').join(', ');
    const ready =
      status === 200
        ? ok(name, address)
        : failed(name, `not ready: ${reasons}`, `Read the log of ${process}; docs/operating says what each reason means.`);
    return Number.isNaN(dateMs) ? [ready] : [ready, judgeSkew(`${process}: clock`, dateMs, askedMs, answeredMs, dateResolutionMs)];
  } catch (error) {
    return [failed(name, `${address}: ${sentences(error)}`, `Check that ${process} runs, and its metrics address.`)];
  }
}

/** The Date header is in whole seconds (RFC 9110 §5.6.7). */
const dateResolutionMs = 1_000;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly dateMs: number;
}

function ask(address: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(`http://${address}/ready`, { timeout: readyMs, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < answerBytesMax) body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, dateMs: Date.parse(response.headers.date ?? '') }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${readyMs} ms`)));
    request.on('error', reject);
  });
}
