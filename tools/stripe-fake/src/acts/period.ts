import type { Recurrence } from '../objects/price.ts';

/**
 * The end of the n-th period after the anchor, in seconds. Months and years keep the anchor's day, or take the month's last
 * where it has none: 31 January, 28 February, 31 March.
 */
export function periodEnd(anchor: number, { interval, interval_count: count }: Recurrence, n: number): number {
  const steps = count * n;
  if (interval === 'day' || interval === 'week') return anchor + steps * (interval === 'day' ? 86_400 : 7 * 86_400);
  return addMonths(anchor, interval === 'month' ? steps : steps * 12);
}

function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1_000);
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.trunc(to.getTime() / 1_000);
}
