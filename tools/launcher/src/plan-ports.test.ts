import { expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { planPorts } from './plan-ports.ts';

test('a port that somebody has is left to them, and no two doors get the same', async () => {
  const somebody = createServer();
  await new Promise<void>((resolve) => {
    somebody.once('error', () => resolve());
    somebody.listen(8081, '127.0.0.1', resolve);
  });
  const planned = await planPorts();
  const { ports } = planned;
  expect(ports.account).not.toBe(8081);
  expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
  await planned.release();
  somebody.close();
});

test('two launchers that plan at once get ports of their own', async () => {
  const [first, second] = await Promise.all([planPorts(), planPorts()]);
  const all = [...Object.values(first.ports), ...Object.values(second.ports)];
  expect(new Set(all).size).toBe(all.length);
  await first.release();
  await second.release();
});
