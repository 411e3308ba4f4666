/** The time now, in UTC milliseconds: an argument wherever something depends on it. */
export type Clock = () => number;

export const dayMs = 86_400_000;

/** The UTC day of a time, as `YYYY-MM-DD`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
