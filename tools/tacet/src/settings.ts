import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { commonVariables, readEnvironment, type Environment } from '@tacet/service';
import { z } from 'zod';
import { operatorFileName, operatorFileSchema } from './operator-file.ts';
import { UsageError } from './usage-error.ts';
import { describeIssues } from './yaml-file.ts';

/** The processes whose metrics door `doctor` asks. */
export const processNames = ['edge', 'account', 'key-service', 'billing', 'pruner'] as const;
export type ProcessName = (typeof processNames)[number];

/** Where a deployment is; what is not known is undefined. Paths are absolute. */
export interface Settings {
  /** Folder with the operator's `tls.crt`, `tls.key` and `ca.crt`. */
  readonly tlsDir?: string | undefined;
  /** `host:port` of billing's, account's and key-service's gRPC doors. */
  readonly ledgerAddress?: string | undefined;
  readonly directoryAddress?: string | undefined;
  readonly keysAddress?: string | undefined;
  /** `host:port` of metrics doors. */
  readonly healthAddresses?: { readonly [P in ProcessName]?: string | undefined } | undefined;
  /** Files with one URL each. */
  readonly postgresUrlFile?: string | undefined;
  readonly keystoreUrlFile?: string | undefined;
  readonly workersFile?: string | undefined;
  readonly modelsFile?: string | undefined;
  /** The operator.json that settings came from, if any. */
  readonly operatorFile?: string | undefined;
}

/** Settings of one text each: what names them on the command line and in the environment. */
export const settingNames = {
  tlsDir: { flag: '--tls-dir', variable: 'TACET_TLS_DIR', what: "the folder of the operator's certificate" },
  ledgerAddress: { flag: '--ledger-address', variable: 'TACET_LEDGER_ADDRESS', what: "the address of billing's gRPC door" },
  directoryAddress: { flag: '--directory-address', variable: 'TACET_DIRECTORY_ADDRESS', what: "the address of account's gRPC door" },
  keysAddress: { flag: '--keys-address', variable: 'TACET_KEYS_ADDRESS', what: "the address of key-service's gRPC door" },
  postgresUrlFile: { flag: '--postgres-url-file', variable: 'TACET_POSTGRES_URL_FILE', what: 'the file with the URL of the main instance' },
  keystoreUrlFile: {
    flag: '--keystore-url-file',
    variable: 'TACET_KEYSTORE_URL_FILE',
    what: 'the file with the URL of the keystore instance',
  },
  workersFile: { flag: '--workers-file', variable: 'TACET_EDGE_WORKERS_FILE', what: "the edge's workers.yaml" },
  modelsFile: { flag: '--models-file', variable: 'TACET_MODELS_FILE', what: 'the models.yaml' },
} as const;

export type SettingName = keyof typeof settingNames;

const names = Object.keys(settingNames) as SettingName[];
const pathSettings: ReadonlySet<SettingName> = new Set(['tlsDir', 'postgresUrlFile', 'keystoreUrlFile', 'workersFile', 'modelsFile']);
/** These say nothing of which deployment is meant. */
const fileSettings: ReadonlySet<SettingName> = new Set(['workersFile', 'modelsFile']);
const healthVariable = 'TACET_HEALTH_ADDRESSES';
const defaultDataFolder = '.tacet';

const addressRule = z.string().regex(/^[^\s/]+:\d{1,5}$/, 'is host:port');

/** Flags as commander gives them: a setting's name, `data` and `healthAddresses`. */
export type Flags = Readonly<Record<string, unknown>>;

/**
 * Finds the settings. A flag wins over everything. `--data DIR` takes the rest from DIR/operator.json and ignores the
 * environment, so that two deployments are never mixed; else variables count; else, when neither names any part of a
 * deployment, `.tacet/operator.json` of one of `folders`. Throws `UsageError` and `ConfigurationError`.
 */
export function findSettings(
  flags: Flags,
  environment: Environment,
  execArgv: readonly string[],
  folders: readonly [string, ...string[]],
): Settings {
  const [folder] = folders;
  const variables = readVariables(environment, execArgv);
  const flagged = fromFlags(flags, folder);
  if (typeof flags['data'] === 'string') return { ...readOperatorFile(join(resolve(folder, flags['data']), operatorFileName)), ...flagged };
  const given = { ...fromVariables(variables, folder), ...flagged };
  const namesDeployment = names.some((name) => given[name] !== undefined && !fileSettings.has(name)) || given.healthAddresses !== undefined;
  const found = folders.map((at) => join(at, defaultDataFolder, operatorFileName)).find((file) => existsSync(file));
  return namesDeployment || found === undefined ? given : { ...readOperatorFile(found), ...given };
}

/** The setting, or a `UsageError` that says how to give it. */
export function requireSetting(settings: Settings, name: SettingName): string {
  const value = settings[name];
  if (value !== undefined) return value;
  const { flag, variable, what } = settingNames[name];
  throw new UsageError(
    `${what} is not known: give ${flag}, set ${variable}, or name the data folder of an embedded deployment with --data`,
  );
}

/** `edge=host:port,account=host:port`. Throws `UsageError`. */
export function parseHealthAddresses(text: string): NonNullable<Settings['healthAddresses']> {
  const addresses: { [P in ProcessName]?: string } = {};
  for (const part of text.split(',').filter((one) => one !== '')) {
    const [process, address] = part.trim().split('=');
    const name = processNames.find((known) => known === process);
    if (!name || !addressRule.safeParse(address).success)
      throw new UsageError(`health addresses look like edge=host:port,account=host:port, with the processes ${processNames.join(', ')}`);
    addresses[name] = address ?? '';
  }
  return addresses;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** A shell of an operator may hold variables of the processes too, so only our own are looked at. */
function readVariables(environment: Environment, execArgv: readonly string[]): Variables {
  const shape = {
    ...Object.fromEntries(
      names.map((name) => [settingNames[name].variable, (pathSettings.has(name) ? z.string().min(1) : addressRule).optional()]),
    ),
    [healthVariable]: z.string().min(1).optional(),
    TACET_ALLOW_PROFILING: commonVariables.TACET_ALLOW_PROFILING,
  };
  const own = Object.fromEntries(Object.entries(environment).filter(([name]) => name in shape || !name.startsWith('TACET_')));
  return readEnvironment(own, shape, execArgv);
}

function fromVariables(variables: Variables, folder: string): Settings {
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const value = variables[settingNames[name].variable];
    if (value !== undefined) settings[name] = pathSettings.has(name) ? resolve(folder, value) : value;
  }
  const health = variables[healthVariable];
  return health === undefined ? settings : { ...settings, healthAddresses: parseHealthAddresses(health) };
}

function fromFlags(flags: Flags, folder: string): Settings {
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const value = flags[name];
    if (typeof value !== 'string') continue;
    if (!pathSettings.has(name) && !addressRule.safeParse(value).success) throw new UsageError(`${settingNames[name].flag} is host:port`);
    settings[name] = pathSettings.has(name) ? resolve(folder, value) : value;
  }
  const health = flags['healthAddresses'];
  return typeof health === 'string' ? { ...settings, healthAddresses: parseHealthAddresses(health) } : settings;
}

function readOperatorFile(file: string): Settings {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: is this the data folder of a deployment that was started once?`, { cause: error });
  }
  const { success, data, error } = operatorFileSchema.safeParse(raw);
  if (!success)
    throw new UsageError(`${file} is not what this command line understands:\n  ${describeIssues(error.issues, raw).join('\n  ')}`);
  const { version: _, ...settings } = data;
  const at = (path: string | undefined) => (path === undefined || isAbsolute(path) ? path : join(file, '..', path));
  return {
    ...settings,
    tlsDir: at(data.tlsDir),
    postgresUrlFile: at(data.postgresUrlFile),
    keystoreUrlFile: at(data.keystoreUrlFile),
    workersFile: at(data.workersFile),
    modelsFile: at(data.modelsFile),
    operatorFile: file,
  };
}
