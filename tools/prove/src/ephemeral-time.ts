import type { World } from './world.ts';

/** What an ephemeral conversation lives, and when at the latest nothing is left of it (24 h and 5 minutes). */
export const dayMs = 86_400_000;
export const goneMs = dayMs + 300_000;

/** Moves the clocks of the processes that time concerns, while `act` runs; `offsetMs` from now. */
export async function atTime<T>(world: World, offsetMs: number, act: () => Promise<T>): Promise<T> {
  const set = async (ms: number) => {
    for (const name of ['account', 'pruner', 'key-service']) await world.constellation.clocks[name]?.set(ms);
  };
  await set(offsetMs);
  try {
    // They read their clock's file every 20 ms.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return await act();
  } finally {
    await set(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
