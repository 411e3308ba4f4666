import { readFileSync } from 'node:fs';

/** A case of vectors/sealed-record.json; bytes as hex. */
export interface RecordCase {
  readonly name: string;
  readonly dek: string;
  readonly epoch?: number;
  readonly epochSecret?: string;
  readonly dekVersion: number;
  readonly padded: boolean;
  readonly nonce: string;
  readonly context: { readonly account: string; readonly conversation: string; readonly message: string; readonly field: number; readonly schema: number };
  readonly plaintext: string;
  readonly record: string;
}

/** A case of vectors/wrapped-dek.json; bytes as hex. */
export interface WrappedDekCase {
  readonly name: string;
  readonly kek: string;
  readonly kekId: string;
  readonly kekVersion: number;
  readonly dek: string;
  readonly dekVersion: number;
  readonly account: string;
  readonly createdMs: number;
  readonly nonce: string;
  readonly wrapped: string;
}

/** A Wycheproof file: groups of tests whose fields are hex. */
export interface WycheproofFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly { readonly keySize: number; readonly tagSize?: number; readonly tests: readonly WycheproofTest[] }[];
}

export interface WycheproofTest {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid';
  readonly size?: number;
  readonly [field: string]: string | number | readonly string[] | undefined;
}

/** Reads a JSON file of vectors/. */
export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
}

export const hex = (text: string) => Buffer.from(text, 'hex');
