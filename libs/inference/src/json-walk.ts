import { findUsualName } from './field-names.ts';
import { foldName } from './fold-name.ts';
import { JsonScanner } from './json-scanner.ts';

/** Visits parts of JSON that was scanned already, by their places, without building them. */
export class JsonWalk {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Calls `visit` with the place of each element of the array at `at`; nothing when it is no array. */
  elements(at: number, visit: (at: number) => void): void {
    const scanner = new JsonScanner(this.bytes, at);
    if (this.bytes[at] !== 0x5b) return;
    scanner.at++;
    for (scanner.skipWhitespace(); this.bytes[scanner.at] !== 0x5d; scanner.skipWhitespace()) {
      visit(scanner.at);
      scanner.skipValue(0);
      this.#skipComma(scanner);
    }
  }

  /** Calls `visit` with the name (resolved and folded) and place of each member of the object at `at`. */
  members(at: number, visit: (name: string, at: number, end: number) => unknown): void {
    const scanner = new JsonScanner(this.bytes, at);
    if (this.bytes[at] !== 0x7b) return;
    scanner.at++;
    for (scanner.skipWhitespace(); this.bytes[scanner.at] !== 0x7d; scanner.skipWhitespace()) {
      const start = scanner.at;
      scanner.skipString();
      const name = findUsualName(this.bytes, start + 1, scanner.at - 1) ?? nameOf(this.bytes.toString('utf8', start + 1, scanner.at - 1));
      scanner.skipWhitespace();
      scanner.expect(0x3a);
      scanner.skipWhitespace();
      const value = scanner.at;
      scanner.skipValue(0);
      visit(name, value, scanner.at);
      this.#skipComma(scanner);
    }
  }

  #skipComma(scanner: JsonScanner): void {
    scanner.skipWhitespace();
    if (this.bytes[scanner.at] === 0x2c) scanner.at++;
  }
}

function nameOf(raw: string): string {
  return foldName(raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw);
}
