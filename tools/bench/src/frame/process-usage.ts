import { readdirSync, readFileSync } from 'node:fs';

const nanosecondsPerMicrosecond = 1_000;
const bytesPerKibibyte = 1_024;

/**
 * CPU time that processes have used so far, in microseconds: all their threads, user and kernel. From the scheduler's own
 * account (Linux, nanoseconds); NaN where a process is gone or the system does not tell. A thread that ended is forgotten.
 */
export function cpuMicrosecondsOf(pids: readonly number[]): number {
  let nanoseconds = 0;
  for (const pid of pids) {
    try {
      for (const thread of readdirSync(`/proc/${pid}/task`)) nanoseconds += threadNanoseconds(pid, thread);
    } catch {
      return Number.NaN;
    }
  }
  return nanoseconds / nanosecondsPerMicrosecond;
}

/** Memory that processes hold (resident set), in bytes; NaN where a process is gone or the system does not tell. */
export function residentBytesOf(pids: readonly number[]): number {
  let bytes = 0;
  for (const pid of pids) {
    try {
      const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      bytes += Number(kibibytes) * bytesPerKibibyte;
    } catch {
      return Number.NaN;
    }
  }
  return bytes;
}

/** A process and all that it started, as far as they live. */
export function processTree(pid: number): readonly number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean));
    return [pid, ...children.flatMap((child) => processTree(Number(child)))];
  } catch {
    return [pid];
  }
}

function threadNanoseconds(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    // Threads come and go between the two readings.
    return 0;
  }
}
