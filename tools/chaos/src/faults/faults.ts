import { sessionMs } from '../session-ms.ts';
import type { Target } from '../targets.ts';
import { truncateUsage } from '../usage-topic.ts';
import { changePrice } from './change-price.ts';
import { deleteAccount } from './delete-account.ts';
import { whileBusy, type Fault, type FaultScene } from './fault.ts';
import { jumpClock } from './jump-clock.ts';
import { poisonTopic } from './poison-topic.ts';

/** How often each process is chosen: money is made by edges and billings. */
const applicationWeights: Readonly<Record<string, number>> = { edge: 4, billing: 4, account: 1, 'key-service': 1, pruner: 1 };
/** A process that is still starting is seldom chosen: it has nothing to lose yet. */
const startingMs = 4_000;
const startingShare = 0.1;
/** Readers wake a little later than Kafka is killed. */
const eraseMs = 300;
/** Shorter than an edge waits until it sends again. */
const truncateMs = 400;
/** An edge that stands still for so long finds its session over and released. */
const longPauseMs = sessionMs * 1.6;

interface Span {
  readonly least: number;
  readonly most: number;
}
/** How long a server is away. */
const shortMs: Span = { least: 0, most: 1_500 };
/** So long that no edge may admit or go on, while its session lasts as it does. */
const beyondSessionMs: Span = { least: sessionMs * 1.1, most: longPauseMs };

/** Everything that may happen in a run, from the fault table. */
export const faults: readonly Fault[] = [
  { name: 'kill', weight: 30, kills: 1, begin: (scene) => killSome(scene, 1) },
  { name: 'kill edge', weight: 0, kills: 1, begin: (scene) => killSome(scene, 1, 'edge') },
  { name: 'kill billing', weight: 0, kills: 1, begin: (scene) => killSome(scene, 1, 'billing') },
  { name: 'kill pruner', weight: 0, kills: 1, begin: (scene) => killSome(scene, 1, 'pruner') },
  { name: 'kill together', weight: 6, kills: 3, begin: (scene) => killSome(scene, 3) },
  { name: 'pause', weight: 10, kills: 0, begin: (scene) => pauseOne(scene, ({ dice }) => dice.between(100, 2_500), false) },
  { name: 'pause, then kill', weight: 4, kills: 1, begin: (scene) => pauseOne(scene, ({ dice }) => dice.between(100, 1_500), true) },
  { name: 'pause past the session', weight: 2, kills: 0, begin: (scene) => pauseOne(scene, () => longPauseMs, false, 'edge') },
  { name: 'kafka stopped', weight: 1, kills: 0, begin: (scene) => endServer(scene, 'kafka', 'SIGTERM', false) },
  { name: 'kafka killed', weight: 1, kills: 1, begin: (scene) => endServer(scene, 'kafka', 'SIGKILL', false) },
  { name: 'kafka killed and erased', weight: 2, kills: 1, begin: (scene) => endServer(scene, 'kafka', 'SIGKILL', true) },
  { name: 'kafka erased unread', weight: 1, kills: 1, begin: eraseUnread },
  { name: 'kafka truncated unread', weight: 2, kills: 0, begin: truncateUnread },
  { name: 'postgres stopped immediate', weight: 3, kills: 0, begin: (scene) => endServer(scene, scene.dice.pick(['postgres-main', 'postgres-main', 'postgres-keystore']), 'SIGQUIT', false) },
  { name: 'postgres gone', weight: 0.5, kills: 0, begin: (scene) => endServer(scene, 'postgres-main', 'SIGQUIT', false, beyondSessionMs) },
  { name: 'kafka gone', weight: 0.5, kills: 0, begin: (scene) => endServer(scene, 'kafka', 'SIGTERM', false, beyondSessionMs) },
  { name: 'redis killed', weight: 2, kills: 1, begin: (scene) => endServer(scene, 'redis', 'SIGKILL', false) },
  { name: 'server paused', weight: 3, kills: 0, begin: pauseServer },
  { name: 'sockets cut', weight: 8, kills: 0, begin: cutSockets },
  { name: 'network held up', weight: 4, kills: 0, begin: (scene) => disturbNetwork(scene, 'hold', 2_500) },
  { name: 'answers lost', weight: 4, kills: 0, begin: (scene) => disturbNetwork(scene, 'swallowAnswers', 1_000) },
  { name: 'worker gone', weight: 3, kills: 0, begin: loseWorker },
  { name: 'price changed', weight: 3, kills: 0, begin: changePrice },
  { name: 'account deleted', weight: 2, kills: 0, begin: deleteAccount },
  { name: 'clock jumps', weight: 3, kills: 0, begin: jumpClock },
  { name: 'poison record', weight: 2, kills: 0, begin: poisonTopic },
];

/** Throws an `Error` that lists all names where there is none of this name. */
export function findFault(name: string): Fault {
  const fault = faults.find((one) => one.name === name);
  if (!fault) throw new Error(`there is no fault ${JSON.stringify(name)}; there are: ${faults.map((one) => one.name).join(', ')}`);
  return fault;
}

function chooseTarget({ targets, dice }: FaultScene, application?: string): Target | undefined {
  const free = targets.all.filter((target) => !target.isBusy && target.process.running && (application ?? target.application) === target.application);
  if (free.length === 0) return undefined;
  const now = performance.now();
  const weightOf = ({ application, startedAtMs }: Target) => (applicationWeights[application] ?? 1) * (now - startedAtMs < startingMs ? startingShare : 1);
  return dice.weigh(free.map((target) => ({ target, weight: weightOf(target) }))).target;
}

function killSome(scene: FaultScene, many: number, application?: string): Promise<void> | undefined {
  const running: Promise<void>[] = [];
  const names: string[] = [];
  for (let i = 0; i < many; i++) {
    const target = chooseTarget(scene, application);
    if (!target) break;
    names.push(target.name);
    scene.log.count(`kill ${target.application}`);
    running.push(scene.targets.kill(target, scene.dice.between(0, 700)));
  }
  if (names.length === 0) return undefined;
  scene.log.tell(`killed: ${names.join(', ')}`);
  return Promise.all(running).then(() => undefined);
}

function pauseOne(scene: FaultScene, length: (scene: FaultScene) => number, isKilled: boolean, application?: string): Promise<void> | undefined {
  const target = chooseTarget(scene, application);
  if (!target) return undefined;
  const pauseMs = Math.round(length(scene));
  scene.log.count(`${isKilled ? 'pause and kill' : 'pause'} ${target.application}`);
  scene.log.tell(`${target.name} stands still for ${pauseMs} ms${isKilled ? ', and is killed' : ''}`);
  return scene.targets.pause(target, pauseMs, isKilled);
}

function endServer({ stage, busy, dice, log }: FaultScene, name: string, signal: NodeJS.Signals, isErased: boolean, away: Span = shortMs): Promise<void> | undefined {
  if (busy.has(name)) return undefined;
  const downMs = dice.between(away.least, away.most);
  const words = { SIGTERM: 'stopped', SIGKILL: 'killed', SIGQUIT: 'stopped immediate' }[signal as 'SIGTERM' | 'SIGKILL' | 'SIGQUIT'];
  const what = `${name} ${words}${isErased ? ' and erased' : ''}`;
  log.count(away === beyondSessionMs ? `${what} past the session` : what);
  log.tell(`${what}, back after ${downMs} ms`);
  return whileBusy(busy, name, async () => {
    const server = stage.servers.find(name);
    server.process.signal(signal);
    await server.process.ended;
    if (isErased) await server.erase?.();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await server.start();
  });
}

/** Records that Kafka took and nobody has read are deleted, and Kafka goes on: what comes next stands beyond a gap. */
function truncateUnread(scene: FaultScene): Promise<void> | undefined {
  const { stage, targets, busy, log } = scene;
  const readers = targets.all.filter(({ application }) => application === 'billing');
  const { kafka } = stage.constellation.servers;
  if (!kafka || busy.has('kafka') || readers.some(({ isBusy, process }) => isBusy || !process.running)) return undefined;
  log.count('kafka truncated unread');
  log.tell('all billings stand still for a moment; what Kafka took meanwhile is deleted');
  return whileBusy(busy, 'kafka', async () => {
    const pauses = readers.map((target) => targets.pause(target, truncateMs, false));
    await new Promise((resolve) => setTimeout(resolve, truncateMs / 2));
    await truncateUsage(`127.0.0.1:${kafka.port}`).catch(() => log.tell('Kafka could not be truncated'));
    await Promise.all(pauses);
  });
}

/** Records that Kafka took and nobody has read are lost with it: billings stand still until it is gone. */
function eraseUnread(scene: FaultScene): Promise<void> | undefined {
  const readers = scene.targets.all.filter(({ application }) => application === 'billing');
  if (scene.busy.has('kafka') || readers.some(({ isBusy, process }) => isBusy || !process.running)) return undefined;
  const pauseMs = scene.dice.between(500, 1_500);
  scene.log.count('kafka erased unread');
  scene.log.tell(`all billings stand still for ${pauseMs} ms; then kafka is killed and erased`);
  const pauses = readers.map((target) => scene.targets.pause(target, pauseMs + eraseMs, false));
  const erasing = whileBusy(scene.busy, 'kafka', async () => {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const kafka = scene.stage.servers.find('kafka');
    kafka.process.signal('SIGKILL');
    await kafka.process.ended;
    await kafka.erase?.();
    await kafka.start();
  });
  return Promise.all([...pauses, erasing]).then(() => undefined);
}

function pauseServer({ stage, busy, dice, log }: FaultScene): Promise<void> | undefined {
  const name = dice.pick(['kafka', 'redis']);
  if (busy.has(name)) return undefined;
  const pauseMs = dice.between(200, 3_000);
  log.count(`pause ${name}`);
  log.tell(`${name} stands still for ${pauseMs} ms`);
  return whileBusy(busy, name, async () => {
    const { process } = stage.servers.find(name);
    process.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    process.signal('SIGCONT');
  });
}

function cutSockets({ stage, dice, log }: FaultScene): Promise<void> {
  const proxy = dice.pick([...stage.proxies.values()]);
  log.count('sockets cut');
  log.tell(`all connections to ${proxy.name} are cut`);
  proxy.cut();
  return Promise.resolve();
}

function disturbNetwork({ stage, busy, dice, log }: FaultScene, how: 'hold' | 'swallowAnswers', msMax: number): Promise<void> | undefined {
  const proxy = dice.pick([...stage.proxies.values()]);
  const place = `network of ${proxy.name}`;
  if (busy.has(place)) return undefined;
  const ms = dice.between(200, msMax);
  log.count(how === 'hold' ? 'network held up' : 'answers lost');
  log.tell(`${how === 'hold' ? 'nothing passes between clients and' : 'answers are lost of'} ${proxy.name} for ${ms} ms`);
  return whileBusy(busy, place, async () => {
    proxy[how]();
    await new Promise((resolve) => setTimeout(resolve, ms));
    proxy.restore();
  });
}

function loseWorker({ stage, busy, dice, log }: FaultScene): Promise<void> | undefined {
  const proxy = stage.proxies.get(dice.pick(stage.workers).name);
  if (!proxy || busy.has(`network of ${proxy.name}`)) return undefined;
  const ms = dice.between(200, 1_500);
  log.count('worker gone');
  log.tell(`${proxy.name} is gone for ${ms} ms`);
  return whileBusy(busy, `network of ${proxy.name}`, async () => {
    proxy.refuse();
    await new Promise((resolve) => setTimeout(resolve, ms));
    proxy.restore();
  });
}
