const nanoPerUsd = 1_000_000_000n;

/**
 * `"12.5"` → 12500000000n nano-USD. Throws `RangeError` on anything but a decimal number with at most nine
 * places. Never goes through a floating-point number.
 */
export function parseUsd(text: string): bigint {
  const match = /^(-?)(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) throw new RangeError('an amount in USD is a decimal number with at most nine places, such as 12.50');
  const nano = BigInt(match[2] ?? '0') * nanoPerUsd + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] === '-' ? -nano : nano;
}

/** 12500000000n → `"12.50"`: at least two places, no more than are needed. */
export function formatUsd(nano: bigint): string {
  const positive = nano < 0n ? -nano : nano;
  const places = (positive % nanoPerUsd).toString().padStart(9, '0').replace(/0+$/, '').padEnd(2, '0');
  return `${nano < 0n ? '-' : ''}${positive / nanoPerUsd}.${places}`;
}
