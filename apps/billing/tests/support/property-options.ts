/** How often a property is tried: `runs`, unless PROPERTY_RUNS says otherwise; PROPERTY_SEED repeats a run. */
export function propertyOptions(runs: number): { numRuns: number; seed?: number; endOnFailure: boolean } {
  const seed = process.env['PROPERTY_SEED'];
  return {
    numRuns: Number(process.env['PROPERTY_RUNS'] ?? runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    endOnFailure: process.env['PROPERTY_SHRINK'] === 'no',
  };
}
