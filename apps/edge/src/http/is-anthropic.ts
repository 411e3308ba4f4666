import type { IncomingMessage } from 'node:http';

/** Whether a client speaks Anthropic's API, where the path does not tell: it names the API's version with every request. */
export function isAnthropic({ headers }: IncomingMessage): boolean {
  return headers['anthropic-version'] !== undefined;
}
