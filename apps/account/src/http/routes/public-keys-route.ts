import type { PublicSigningKey } from '../../deletion/receipt-signer.ts';
import { publicKeysResource } from '../resources/receipt-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /.well-known/tacet-keys`: the keys that receipts are checked with. */
export function publicKeysRoute(keys: readonly PublicSigningKey[]): Route {
  return defineRoute({
    method: 'GET',
    path: '/.well-known/tacet-keys',
    summary: 'The public keys that receipts are signed with, the present one first.',
    access: 'public',
    responses: { 200: { description: 'A JWK set.', body: { kind: 'json', schema: publicKeysResource } } },
    errors: [],
    handle: async () => ({ status: 200, body: { keys: [...keys] } }),
  });
}
