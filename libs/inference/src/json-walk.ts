import { findUsualName } from './field-names.ts';
import { foldName } from './fold-name.ts';
import { JsonScanner } from './json-scanner.ts';

/** Visits parts of JSON that was scanned already, by their places, without building them. What visits a value tells where it ends. */
export class JsonWalk {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The byte after the value at `at`. */
  endOf(at: number): number {
    const scanner = new JsonScanner(this.bytes, at);
    scanner.skipValue(0);
    return scanner.at;
  }

  /** Calls `visit` with the place of each element of the array at `at`; not at all when it is no array. Returns where the value ends. */
  elements(at: number, visit: (at: number) => number): number {
    if (this.bytes[at] !== 0x5b) return this.endOf(at);
    const scanner = new JsonScanner(this.bytes, at + 1);
    for (scanner.skipWhitespace(); this.bytes[scanner.at] !== 0x5d; scanner.skipWhitespace()) {
      scanner.at = visit(scanner.at);
      this.#skipComma(scanner);
    }
    return scanner.at + 1;
  }

  /** Calls `visit` with the name (resolved and folded) and place of each member of the object at `at`. Returns where the value ends. */
  members(at: number, visit: (name: string, at: number) => number): number {
    if (this.bytes[at] !== 0x7b) return this.endOf(at);
    const scanner = new JsonScanner(this.bytes, at + 1);
    for (scanner.skipWhitespace(); this.bytes[scanner.at] !== 0x7d; scanner.skipWhitespace()) {
      const start = scanner.at;
      scanner.skipString();
      const name = findUsualName(this.bytes, start + 1, scanner.at - 1) ?? nameOf(this.bytes.toString('utf8', start + 1, scanner.at - 1));
      scanner.skipWhitespace();
      scanner.expect(0x3a);
      scanner.skipWhitespace();
      scanner.at = visit(name, scanner.at);
      this.#skipComma(scanner);
    }
    return scanner.at + 1;
  }

  #skipComma(scanner: JsonScanner): void {
    scanner.skipWhitespace();
    if (this.bytes[scanner.at] === 0x2c) scanner.at++;
  }
}

function nameOf(raw: string): string {
  return foldName(raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw);
}
