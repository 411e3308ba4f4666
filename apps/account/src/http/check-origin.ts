import type { IncomingMessage } from 'node:http';
import { TacetError } from '@tacet/errors';
import { isLoopback } from '../config.ts';

/**
 * Refuses what a page of another site makes a browser send. Programs that are no browser send neither header.
 * Throws `origin_refused`.
 */
export type OriginCheck = (request: IncomingMessage) => void;

/** Makes the check for the origin that people open. On loopback, all names of this machine are one. */
export function createOriginCheck(publicOrigin: string): OriginCheck {
  const allowed = allowedOrigins(publicOrigin);
  return ({ headers }) => {
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new TacetError('origin_refused');
    const { origin } = headers;
    if (origin !== undefined && !allowed.has(origin.toLowerCase())) throw new TacetError('origin_refused');
  };
}

function allowedOrigins(publicOrigin: string): ReadonlySet<string> {
  const { protocol, hostname, port } = new URL(publicOrigin);
  if (!isLoopback(hostname)) return new Set([publicOrigin]);
  const names = [hostname, 'localhost', '127.0.0.1', '[::1]'];
  return new Set(names.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`));
}
