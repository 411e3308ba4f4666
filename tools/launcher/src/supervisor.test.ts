import { expect, test } from '@jest/globals';
import { startKeptProcess, waitForLine, type KeptProcess } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { Supervisor, type ChildDefinition } from './supervisor.ts';

const told: string[] = [];
const events = {
  died: (name: string, how: string, againInMs: number) => void told.push(`${name} ${how}, again in ${againInMs}`),
  back: (name: string) => void told.push(`${name} is back`),
  changed: () => undefined,
};

function sleeper(name: string, script = 'exec sleep 60'): ChildDefinition<KeptProcess> {
  return {
    name,
    start: () => startKeptProcess({ name, command: '/bin/sh', arguments: ['-c', script], environment: { PATH: process.env['PATH'] }, stopMs: 5_000 }),
    ready: async () => undefined,
  };
}

test('a child that dies is named and started again, later each time; a stop ends it for good', async () => {
  told.length = 0;
  const supervisor = new Supervisor(events);
  const first = await supervisor.add(sleeper('a'));
  expect(supervisor.pids).toEqual({ a: first.pid });
  first.signal('SIGKILL');
  await eventually('the child is back', () => told.includes('a is back'));
  const second = supervisor.pids['a'] ?? 0;
  expect(second).not.toBe(first.pid);
  process.kill(second, 'SIGTERM');
  await eventually('the second death is told', () => told.length === 3);
  expect(told).toEqual(['a was ended by signal 9, again in 500', 'a is back', 'a was ended by signal 15, again in 1000']);
  await supervisor.stop([{ names: ['a'], ms: 1_000 }]);
  expect(supervisor.pids).toEqual({});
});

test('children stop in the order of the stages, and one that does not is killed', async () => {
  const order: string[] = [];
  const supervisor = new Supervisor(events);
  const deaf = await supervisor.add({ ...sleeper('deaf', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done'), ready: (child) => waitForLine(child, /deaf/, 5_000) });
  const last = await supervisor.add(sleeper('last'));
  void deaf.ended.then(({ signal }) => order.push(`deaf ${signal}`));
  void last.ended.then(({ signal }) => order.push(`last ${signal}`));
  await supervisor.stop([
    { names: ['deaf', 'absent'], ms: 300 },
    { names: ['last'], ms: 1_000 },
  ]);
  expect(order).toEqual(['deaf 9', 'last 15']);
});

test('a child that ends before it serves is not started again', async () => {
  const supervisor = new Supervisor(events);
  const failing = { ...sleeper('b', 'exit 3'), ready: async ({ ended }: KeptProcess) => { throw new Error(`code ${(await ended).code}`); } };
  await expect(supervisor.add(failing)).rejects.toThrow('code 3');
  expect(supervisor.pids).toEqual({});
});

test('a stop also reaches a child that is being started', async () => {
  const supervisor = new Supervisor(events);
  const starting = supervisor.add(sleeper('c'));
  await supervisor.stop([]);
  const child = await starting;
  expect(child.running).toBe(false);
  await expect(supervisor.add(sleeper('d'))).rejects.toThrow('not started any more');
});
