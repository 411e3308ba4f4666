import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { TacetError } from '@tacet/errors';
import { kekIdOf, providerNameOf } from './kek-name.ts';
import type { KekProviders, KeyProvider } from './key-provider.ts';
import { openProvider, type OpenedProvider } from './open-provider.ts';
import { parseProviders, providersFileBytesMax, type ProvidersFile } from './providers-file.ts';

/** How often `providers.yaml` is looked at, in milliseconds. */
export const providersPollMs = 2_000;
/** The deployment's own key in the local folder. */
const localKekId = 'main';

interface Opened {
  readonly hash: string;
  readonly file: ProvidersFile;
  readonly providers: ReadonlyMap<string, OpenedProvider>;
}

export interface ProviderSetOptions {
  /** The folder of key files: always there, under no name. */
  readonly local: KeyProvider;
  readonly variable: string;
  /** Path of `providers.yaml`; undefined: there is none. */
  readonly file: string | undefined;
  /** Told when the file was read again, and when it cannot be used: what was read before stays. */
  readonly onReload: (error?: unknown) => void;
}

/**
 * Everything that holds master keys: the local folder, and what `providers.yaml` names. The file is followed while the
 * process runs. Which provider a wrapped DEK needs stands in its `kek_id`.
 */
export class ProviderSet implements KekProviders {
  readonly #options: ProviderSetOptions;
  #opened: Opened;
  #timer: NodeJS.Timeout | undefined;
  #isUsable = true;
  #triedHash: string;

  constructor(options: ProviderSetOptions, opened: Opened) {
    this.#options = options;
    this.#opened = opened;
    this.#triedHash = opened.hash;
    if (options.file !== undefined) this.#timer = setInterval(() => void this.refresh(), providersPollMs).unref();
  }

  /** `kek_id` of the deployment's own master key. */
  get defaultKekId(): string {
    const own = this.#opened.file.default;
    return own ? kekIdOf(own.provider, own.key) : localKekId;
  }

  /** Whether the file is, as it is now, in use. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** The provider of a KEK. Throws `kek_disabled` when no provider of that name is configured. */
  of(kekId: string): KeyProvider {
    const name = providerNameOf(kekId);
    if (name === undefined) return this.#options.local;
    const found = this.#opened.providers.get(name);
    if (!found) throw new TacetError('kek_disabled');
    return found.provider;
  }

  /** A provider that accounts may choose. Throws `field_invalid`, alike for what is not there and what is not theirs. */
  forAccount(name: string): KeyProvider {
    const found = this.#opened.providers.get(name);
    if (!found?.forAccounts) {
      const message = 'No provider of this name is open to accounts: name it in providers.yaml, with `forAccounts: true`.';
      throw new TacetError('field_invalid', { param: 'provider_name', message });
    }
    return found.provider;
  }

  /** Looks at the file; what was read before stays in use when it is not valid. */
  async refresh(): Promise<void> {
    const { file, variable, onReload } = this.#options;
    if (file === undefined) return;
    try {
      const text = readText(variable, file);
      const hash = hashOf(text);
      if (hash === this.#triedHash) return;
      this.#triedHash = hash;
      const before = this.#opened;
      const opened = await openAll(variable, text);
      if (kekOf(opened.file) !== kekOf(before.file)) {
        closeAll(opened);
        throw new Error(`${variable}: the default is taken at start alone`);
      }
      this.#opened = opened;
      this.#isUsable = true;
      onReload();
      closeAll(before);
    } catch (error) {
      this.#isUsable = false;
      onReload(error);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    closeAll(this.#opened);
  }
}

/** Reads `providers.yaml` and opens what it names. Throws an `Error` that names the variable. */
export async function openProviders(options: ProviderSetOptions): Promise<ProviderSet> {
  const { variable, file } = options;
  return new ProviderSet(options, await openAll(variable, file === undefined ? '' : readText(variable, file)));
}

async function openAll(variable: string, text: string): Promise<Opened> {
  const file = parseProviders(variable, text);
  const providers = new Map<string, OpenedProvider>();
  for (const settings of file.providers) providers.set(settings.name, await openProvider(variable, settings));
  return { hash: hashOf(text), file, providers };
}

function closeAll({ providers }: Opened): void {
  for (const opened of providers.values()) opened.close();
}

function kekOf({ default: own }: ProvidersFile): string {
  return own ? kekIdOf(own.provider, own.key) : localKekId;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readText(variable: string, file: string): string {
  try {
    if (statSync(file).size <= providersFileBytesMax) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${variable}: the file cannot be read`, { cause: error });
  }
  throw new Error(`${variable}: the file is larger than ${providersFileBytesMax} bytes`);
}
