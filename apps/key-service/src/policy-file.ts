import { readFileSync, statSync } from 'node:fs';
import { identities, type Identity, type Policy } from '@tacet/rpc';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { keyServicePolicy, sealServicePolicy } from './policy.ts';

/** How often `policy.yaml` is looked at, in milliseconds. */
export const policyPollMs = 2_000;
/** Largest `policy.yaml`, in bytes. */
export const policyFileBytesMax = 65_536;

const ceiling: Readonly<Record<string, readonly Identity[]>> = { ...keyServicePolicy, ...sealServicePolicy };
const rpcs = Object.keys(ceiling);

/** `identity: [rpc, …]`. */
const policyFile = z.partialRecord(z.enum(identities), z.array(z.enum(rpcs as [string, ...string[]])));

type Rights = ReadonlyMap<string, ReadonlySet<Identity>>;

/**
 * Reads `policy.yaml`: for each identity the rpcs that it may call; who is not named may call nothing. Throws an `Error`
 * that names the variable when it is no such file, or gives what no process of that name has any business with.
 */
export function parsePolicy(variable: string, text: string): Rights {
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) throw new Error(`${variable}: the file is not valid YAML`);
  const parsed = policyFile.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!parsed.success) throw new Error(`${variable}: each line must be an identity and a list of rpcs that exist`);
  const rights = new Map(rpcs.map((rpc) => [rpc, new Set<Identity>()]));
  for (const [name, allowed] of Object.entries(parsed.data)) {
    const identity = name as Identity;
    for (const rpc of allowed) {
      if (ceiling[rpc]?.includes(identity) !== true) throw new Error(`${variable}: ${identity} must not be given ${rpc}`);
      rights.get(rpc)?.add(identity);
    }
  }
  return rights;
}

/** Who may call what now: the policy of the code, or what `policy.yaml` leaves of it. The file is followed. */
export class PolicyFile {
  readonly #variable: string;
  readonly #file: string | undefined;
  readonly #onReload: (error?: unknown) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  #text = '';
  #rights: Rights;
  #isUsable = true;

  /** Throws as `parsePolicy`. `file` undefined: there is none. */
  constructor(variable: string, file: string | undefined, onReload: (error?: unknown) => void) {
    this.#variable = variable;
    this.#file = file;
    this.#onReload = onReload;
    this.#rights = new Map(rpcs.map((rpc) => [rpc, new Set(ceiling[rpc])]));
    if (file === undefined) return;
    this.#text = readText(variable, file);
    this.#rights = parsePolicy(variable, this.#text);
    this.#timer = setInterval(() => this.refresh(), policyPollMs).unref();
  }

  /** Whether the file is, as it is now, in use. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** The policy of a service, each rpc looked up when it is called. */
  of<S extends 'KeyService' | 'SealService'>(methods: Policy<S>): Policy<S> {
    const rightsOf = (rpc: string) => [...(this.#rights.get(rpc) ?? [])];
    const descriptors = Object.keys(methods).map((rpc) => [rpc, { enumerable: true, get: () => rightsOf(rpc) }] as const);
    return Object.defineProperties({}, Object.fromEntries(descriptors)) as Policy<S>;
  }

  /** Looks at the file; what was read before stays in use when it is not valid. */
  refresh(): void {
    if (this.#file === undefined) return;
    try {
      const text = readText(this.#variable, this.#file);
      if (text === this.#text) return;
      this.#text = text;
      this.#rights = parsePolicy(this.#variable, text);
      this.#isUsable = true;
      this.#onReload();
    } catch (error) {
      if (this.#isUsable) this.#onReload(error);
      this.#isUsable = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function readText(variable: string, file: string): string {
  try {
    if (statSync(file).size <= policyFileBytesMax) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${variable}: the file cannot be read`, { cause: error });
  }
  throw new Error(`${variable}: the file is larger than ${policyFileBytesMax} bytes`);
}
