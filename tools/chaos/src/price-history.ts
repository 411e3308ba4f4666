import type { PricedModel } from './customers.ts';
import type { Rates } from './price.ts';

/** Prices of a model for as long as they were the present ones, in this process's milliseconds. */
interface Tenure {
  readonly modelId: string;
  readonly rates: Rates;
  /** When they were asked for: nobody was admitted with them before. */
  readonly fromMs: number;
  /** When billing had answered that others took their place. */
  untilMs: number;
}

/** Which prices the operator published when. What a request was admitted with is checked against it. */
export class PriceHistory {
  #models: readonly PricedModel[];
  readonly #tenures: Tenure[];
  readonly #staleMs: number;

  /** `staleMs`: an edge whose last answered heartbeat is older admits nobody; what billing knew then, it knows. */
  constructor(models: readonly PricedModel[], staleMs: number) {
    this.#staleMs = staleMs;
    this.#models = models;
    this.#tenures = models.map(({ id, ...rates }) => ({ modelId: id, rates, fromMs: -Infinity, untilMs: Infinity }));
  }

  /** Gives a model another price; `publish` may ask as often as it must. One change at a time. */
  async change(modelId: string, rates: Rates, publish: (models: readonly PricedModel[]) => Promise<unknown>): Promise<void> {
    const before = this.#tenures.findLast((tenure) => tenure.modelId === modelId);
    this.#tenures.push({ modelId, rates, fromMs: performance.now(), untilMs: Infinity });
    this.#models = this.#models.map((model) => (model.id === modelId ? { ...model, ...rates } : model));
    await publish(this.#models);
    if (before) before.untilMs = performance.now();
  }

  /** Billing forgets the last change of a model's price until `change` is asked for the same again. */
  forget(modelId: string): void {
    const [before, last] = this.#tenures.filter((tenure) => tenure.modelId === modelId).slice(-2);
    if (!before || !last) throw new Error(`the price of ${modelId} was never changed`);
    last.untilMs = performance.now();
    this.#tenures.push({ ...before, fromMs: last.fromMs, untilMs: Infinity });
  }

  /** All prices of a model with which a request may have been admitted between two times; at least one. */
  between(modelId: string, fromMs: number, untilMs: number): readonly Rates[] {
    return this.#tenures.filter((tenure) => tenure.modelId === modelId && tenure.fromMs <= untilMs && tenure.untilMs + this.#staleMs >= fromMs).map(({ rates }) => rates);
  }

  /** Whether a model's price was changed between two times. */
  endedBetween(modelId: string, fromMs: number, untilMs: number): boolean {
    return this.#tenures.some((tenure) => tenure.modelId === modelId && tenure.untilMs >= fromMs && tenure.untilMs <= untilMs);
  }
}

/** Whether two prices are the same in each of their parts. */
export function isSamePrice(a: Rates, b: Rates): boolean {
  return a.inputPico === b.inputPico && a.cachedPico === b.cachedPico && a.outputPico === b.outputPico;
}
