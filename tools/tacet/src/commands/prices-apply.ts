import { resolve } from 'node:path';
import { Command } from 'commander';
import { modelColumns, modelToJson, modelToRow, toCatalogue, type CatalogueModel } from '../describe-models.ts';
import type { Operator, Run } from '../operator.ts';
import { priceChange, type PriceChange } from '../price-change.ts';
import { parsePriceList, toModelPrices, type PricedModel } from '../price-list.ts';
import { renderTable } from '../table.ts';
import { readYamlFile } from '../yaml-file.ts';

const columns = [...modelColumns, { title: 'CHANGE', style: (text: string) => (text === 'none' ? ('dim' as const) : ('yellow' as const)) }];

/** `tacet prices apply`: publishes models with their limits and immutable price versions. */
export function pricesApplyCommand(run: Run): Command {
  return new Command('apply')
    .description('publish the models and prices of a models.yaml; a changed price becomes a new immutable version')
    .argument('<file>', 'models.yaml')
    .option('--dry-run', 'check the file and say what would change, but change nothing')
    .action(
      run(async (operator, file: string, { dryRun = false }: { dryRun?: boolean }) => {
        const { output, call, client, folder } = operator;
        const models = readYamlFile(resolve(folder, file), parsePriceList);
        const before = toCatalogue(await client('Ledger').ApplyPrices({ models: [] }, call));
        const changes = changesOf(models, before);
        const added = dryRun
          ? changes.filter(({ change }) => change === 'new_model' || change === 'new_price').length
          : await apply(operator, models);
        await output.document(
          { dry_run: dryRun, added, models: changes.map(({ model, change }) => ({ ...modelToJson({ ...model, price: model }), change })) },
          () =>
            renderTable(
              columns,
              changes.map(({ model, change }) => [...modelToRow({ ...model, price: model }), change.replace('_', ' ')]),
              output.paint,
            ),
        );
        const kept = before.filter(({ id }) => !models.some((model) => model.id === id)).map(({ id }) => id);
        if (kept.length > 0) output.note(`Not in the file, and left as they are: ${kept.join(', ')}`);
        const versions = `${added} new price version${added === 1 ? '' : 's'}`;
        output.note(
          dryRun ? `${versions}; nothing was changed.` : `${versions}. Requests that are running keep the price they were admitted under.`,
        );
        return 'ok';
      }),
    );
}

async function apply({ client, call }: Operator, models: readonly PricedModel[]): Promise<number> {
  return (await client('Ledger').ApplyPrices({ models: models.map(toModelPrices) }, call)).added;
}

function changesOf(
  models: readonly PricedModel[],
  before: readonly CatalogueModel[],
): readonly { model: PricedModel; change: PriceChange }[] {
  const byId = new Map(before.map((model) => [model.id, model]));
  return models.map((model) => ({ model, change: priceChange(model, byId.get(model.id)) }));
}
