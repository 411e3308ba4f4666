/** What one look found. `skipped`: it could not be looked at, which proves nothing. */
export interface Check {
  /** What was looked at, such as `certificate of billing`. */
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was found: names, numbers and dates. */
  readonly detail: string;
  /** What to do; for a failed check always, for a skipped one what it needs. */
  readonly remedy?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail };
}

export function failed(name: string, detail: string, remedy: string): Check {
  return { name, state: 'failed', detail, remedy };
}

export function skipped(name: string, detail: string, remedy: string): Check {
  return { name, state: 'skipped', detail, remedy };
}
