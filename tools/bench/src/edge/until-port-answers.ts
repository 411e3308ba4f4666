import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const deadlineMs = 30_000;
const pauseMs = 25;

/** Waits until somebody accepts connections on a port of this machine. Throws after 30 s. */
export async function untilPortAnswers(name: string, port: number): Promise<void> {
  for (const end = performance.now() + deadlineMs; !(await accepts(port)); await sleep(pauseMs)) {
    if (performance.now() > end) throw new Error(`${name} does not listen`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
