import { InvalidFileError } from '../invalid-file-error.ts';
import { sentences } from '../failure.ts';
import { parsePriceList } from '../price-list.ts';
import { settingNames, type Settings } from '../settings.ts';
import { parseWorkerList } from '../worker-list.ts';
import { readYamlFile } from '../yaml-file.ts';
import { failed, ok, skipped, type Check } from './check.ts';

interface Files {
  readonly checks: readonly Check[];
  /** Ids of the models that the workers serve; undefined when that file is not known or not valid. */
  readonly served: readonly string[] | undefined;
}

/** workers.yaml and models.yaml: whether they are what the edge and `prices apply` read. */
export function checkFiles(settings: Settings): Files {
  const workers = checkFile('workersFile', settings, parseWorkerList, (pools) => counted(pools.length, 'pool'));
  const models = checkFile('modelsFile', settings, parsePriceList, (list) => counted(list.length, 'model'));
  const served = workers.value && [...new Set(workers.value.flatMap((pool) => pool.models))];
  return { checks: [workers.check, models.check], served };
}

/** Whether every model that workers serve has a price; `priced` is undefined when billing could not be asked. */
export function checkPriced(served: readonly string[] | undefined, priced: ReadonlySet<string> | undefined): Check {
  const name = 'every served model has a price';
  if (!served || !priced) return skipped(name, 'needs workers.yaml and billing', 'Give --workers-file and --ledger-address.');
  const missing = served.filter((id) => !priced.has(id));
  return missing.length === 0
    ? ok(name, counted(served.length, 'model'))
    : failed(
        name,
        `without: ${missing.join(', ')}`,
        'Add them to models.yaml and run `tacet prices apply`; until then they are answered with 404 model_not_priced.',
      );
}

function checkFile<T>(
  setting: 'workersFile' | 'modelsFile',
  settings: Settings,
  parse: (text: string, file: string) => T,
  describe: (value: T) => string,
): { readonly check: Check; readonly value?: T } {
  const { what, flag, variable } = settingNames[setting];
  const name = setting === 'workersFile' ? 'workers.yaml' : 'models.yaml';
  const file = settings[setting];
  if (file === undefined) return { check: skipped(name, 'no file is known', `Give ${flag} or set ${variable} to check ${what}.`) };
  try {
    const value = readYamlFile(file, parse);
    return { check: ok(name, describe(value)), value };
  } catch (error) {
    const detail = error instanceof InvalidFileError ? error.problems.join('; ') : sentences(error);
    return { check: failed(name, detail, `Correct ${file}.`) };
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
