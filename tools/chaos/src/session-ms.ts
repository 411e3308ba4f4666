/** Lifetime of an edge's session in a run, from which all times of the money protocol derive. */
export const sessionMs = 5_000;
