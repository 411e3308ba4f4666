/**
 * Whether this process wants traffic. It follows the process's own state alone (starting, draining, full):
 * if it followed others, one outage would take every replica out of the balancer.
 */
export class Readiness {
  readonly #reasons = new Set<string>(['starting']);

  /** Empty when ready. */
  get reasons(): readonly string[] {
    return [...this.#reasons];
  }

  /** States a reason (a constant of the source) not to be sent traffic. */
  block(reason: string): void {
    this.#reasons.add(reason);
  }

  /** Takes a reason back. */
  unblock(reason: string): void {
    this.#reasons.delete(reason);
  }
}
