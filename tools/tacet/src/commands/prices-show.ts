import { Command } from 'commander';
import { modelColumns, modelToJson, modelToRow, toCatalogue } from '../describe-models.ts';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';

const columns = [...modelColumns, { title: 'PRICE VERSION', align: 'right' as const }];

/** `tacet prices show`: the models and the prices that new requests are admitted under. */
export function pricesShowCommand(run: Run): Command {
  return new Command('show').description('show the models and the prices in force, in USD per million tokens').action(
    run(async ({ output, call, client }) => {
      // An empty list changes nothing and is answered with the catalogue.
      const models = toCatalogue(await client('Ledger').ApplyPrices({ models: [] }, call));
      await output.document(
        { models: models.map((model) => ({ ...modelToJson(model), price_version: model.priceVersion || null })) },
        () =>
          models.length === 0
            ? ''
            : renderTable(
                columns,
                models.map((model) => [...modelToRow(model), model.priceVersion === 0 ? '-' : String(model.priceVersion)]),
                output.paint,
              ),
      );
      if (models.length === 0) output.note('There are no models yet: `tacet prices apply FILE` publishes some.');
      return 'ok';
    }),
  );
}
