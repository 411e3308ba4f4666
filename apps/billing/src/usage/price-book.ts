import type { Queryable } from '@tacet/database';
import type { Rates } from '@tacet/pricing';
import { toUsageColumns, type UsageColumns } from './usage-columns.ts';

/** Every price version that this process has met. Versions are immutable, so what is remembered stays true. */
export class PriceBook {
  readonly #database: Queryable;
  readonly #rates = new Map<number, Rates>();

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** Reads records into columns, asking the database first for versions that are not known here. */
  async toColumns(records: readonly Buffer[]): Promise<UsageColumns> {
    let missed = false;
    const find = (version: number) => {
      const rates = this.#rates.get(version);
      missed ||= rates === undefined;
      return rates;
    };
    const columns = toUsageColumns(records, find);
    if (!missed) return columns;
    await this.#load();
    return toUsageColumns(records, find);
  }

  async #load(): Promise<void> {
    const { rows } = await this.#database.query<{ version: bigint; input: bigint; cached: bigint; output: bigint }>(
      'SELECT price_version AS version, input_pico AS input, cached_pico AS cached, output_pico AS output FROM billing.price',
    );
    for (const { version, input, cached, output } of rows)
      this.#rates.set(Number(version), { inputPico: input, cachedPico: cached, outputPico: output });
  }
}
