import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const serveFile = fileURLToPath(new URL('../../../../apps/billing/tests/measure/serve.ts', import.meta.url));
const switches = ['--conditions=source', '--disable-sigusr1', '--disable-warning=DEP0123', '--disable-warning=ExperimentalWarning'];

/** Billing's own parts in a process of their own, on a PostgreSQL of their own (apps/billing/tests/measure). */
export interface MeasuredProcess {
  /** Does the work of a case for about `seconds`; answers its figures, or texts. Throws an `Error` when the process ends. */
  ask(name: string, seconds: number): Promise<Readonly<Record<string, number | string>>>;
  stop(): Promise<void>;
}

/** Starts the process; it makes its databases when they are first needed. */
export function startMeasuredProcess(): MeasuredProcess {
  const child = spawn(process.execPath, [...switches, serveFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (name, seconds) => {
      child.stdin.write(`${JSON.stringify({ case: name, seconds })}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the measured process ended while it did: ${name}`);
      return JSON.parse(value) as Record<string, number | string>;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
