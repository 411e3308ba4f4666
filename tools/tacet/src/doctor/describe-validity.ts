const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Whether a certificate is valid now, and until when, in a few words. */
export function describeValidity(fromMs: number, toMs: number, nowMs: number): { readonly valid: boolean; readonly text: string } {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  if (nowMs < fromMs) return { valid: false, text: `not valid before ${day(fromMs)} UTC` };
  if (nowMs >= toMs) return { valid: false, text: `expired on ${day(toMs)} UTC` };
  const leftMs = toMs - nowMs;
  const left = leftMs >= 2 * dayMs ? `${Math.floor(leftMs / dayMs)} days` : `${Math.floor(leftMs / hourMs)} hours`;
  return { valid: true, text: `valid until ${day(toMs)} UTC (${left})` };
}
