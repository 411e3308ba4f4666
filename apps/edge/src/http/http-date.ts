let second = 0;
let text = '';

/** The time as a `Date` header says it (RFC 9110 §5.6.7), made once a second. */
export function httpDate(nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}
