import { whileBusy, type FaultScene } from './fault.ts';

const secondMs = 1_000;
const dayMs = 86_400_000;
/** How far a clock may be off: within what the protocol suffers (60 s), and far beyond it. */
const jumps = [
  { least: secondMs, most: 60 * secondMs },
  { least: 60 * secondMs, most: dayMs / 24 },
  { least: dayMs / 24, most: dayMs },
];
const awayMs = { least: 200, most: 3_000 };

/** The wall clock of one process jumps, up to a day ahead or back, and returns to the truth after a while. */
export function jumpClock({ stage, dice, log, busy }: FaultScene): Promise<void> | undefined {
  const name = dice.pick(Object.keys(stage.constellation.clocks));
  const clock = stage.constellation.clocks[name];
  const place = `clock of ${name}`;
  if (!clock || busy.has(place)) return undefined;
  const { least, most } = dice.pick(jumps);
  const offsetMs = dice.between(least, most) * dice.pick([1, -1]);
  const ms = dice.between(awayMs.least, awayMs.most);
  log.count(`clock of ${name.replace(/-\d+$/, '')} jumps`);
  log.tell(`the clock of ${name} is ${offsetMs / secondMs} s off for ${ms} ms`);
  return whileBusy(busy, place, async () => {
    await clock.set(offsetMs);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await clock.set(0);
  });
}
