import { readFileSync } from 'node:fs';
import type { ApplicationProcess } from '@tacet/constellation';
import type { FaultLog } from './fault-log.ts';
import type { Stage } from './stage.ts';

/** Something that faults happen to: one of the product's processes. */
export interface Target {
  readonly name: string;
  readonly application: string;
  readonly process: ApplicationProcess;
  /** A fault is happening to it. */
  isBusy: boolean;
  /** When it was last started, in this process's milliseconds. */
  startedAtMs: number;
}

/** When an edge was killed, or stood still for longer than its session: by index of the edge, in this process's milliseconds. */
export interface EdgeFaults {
  readonly kills: number[][];
  readonly pauses: { readonly from: number; readonly to: number }[][];
}

const superviseMs = 100;

/** The product's processes under a supervisor that starts again what ended by itself, as an orchestrator does. */
export class Targets {
  readonly all: readonly Target[];
  readonly edgeFaults: EdgeFaults;
  readonly #log: FaultLog;
  readonly #timer: NodeJS.Timeout;
  #restarting = new Set<Promise<void>>();

  constructor({ constellation }: Stage, log: FaultLog) {
    this.#log = log;
    this.all = constellation.processes.map((process) => ({ name: process.name, application: process.application, process, isBusy: false, startedAtMs: 0 }));
    this.edgeFaults = { kills: constellation.edges.map(() => []), pauses: constellation.edges.map(() => []) };
    this.#timer = setInterval(() => this.#supervise(), superviseMs);
  }

  /** Index of an edge among the edges; -1 for all others. */
  edgeIndex(target: Target): number {
    return this.all.filter(({ application }) => application === 'edge').indexOf(target);
  }

  /** Kills a process and starts it again after a while. */
  async kill(target: Target, downMs: number): Promise<void> {
    target.isBusy = true;
    await this.#kill(target);
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.#startAgain(target);
  }

  /** Stops a process for a while without ending it; `killed` in the end, or woken. */
  async pause(target: Target, pauseMs: number, isKilled: boolean): Promise<void> {
    target.isBusy = true;
    const from = performance.now();
    target.process.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (isKilled) {
      await this.#kill(target);
      await this.#startAgain(target);
      return;
    }
    this.edgeFaults.pauses[this.edgeIndex(target)]?.push({ from, to: performance.now() });
    target.process.signal('SIGCONT');
    target.isBusy = false;
  }

  /** Waits until every process is ready. */
  async untilReady(timeoutMs: number): Promise<void> {
    await Promise.all(this.#restarting);
    await Promise.all(this.all.map(({ process }) => process.waitUntilReady(timeoutMs)));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#restarting);
  }

  async #kill(target: Target): Promise<void> {
    const index = this.edgeIndex(target);
    if (index >= 0) this.edgeFaults.kills[index]?.push(performance.now());
    await target.process.kill();
  }

  async #startAgain(target: Target): Promise<void> {
    await target.process.restart();
    target.startedAtMs = performance.now();
    target.isBusy = false;
  }

  #supervise(): void {
    for (const target of this.all) {
      if (target.isBusy || target.process.running) continue;
      target.isBusy = true;
      const index = this.edgeIndex(target);
      if (index >= 0) this.edgeFaults.kills[index]?.push(performance.now());
      this.#log.count(`${target.application} ended by itself`);
      this.#log.tell(`${target.name} ended by itself and is started again; the last words of its log: ${lastWords(target.process.logFile)}`);
      const starting: Promise<void> = this.#startAgain(target).finally(() => this.#restarting.delete(starting));
      this.#restarting.add(starting);
    }
  }
}

const lastWordsMax = 400;

function lastWords(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().slice(-lastWordsMax);
}
