import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { offer, type Offer } from '@tacet/rpc';
import type { Clock } from '../clock.ts';
import { resolveAccount, resolveKey } from '../directory/resolve.ts';
import type { RevisionFeed } from '../directory/revision-feed.ts';
import { idText } from '../identifiers.ts';
import { toResolveResponse } from './to-message.ts';

const policy = { Resolve: ['edge'], ResolveAccount: ['edge'], Watch: ['edge', 'key-service'] } as const;

/** KeyDirectory (proto/tacet/directory/v1/directory.proto). */
export function offerKeyDirectory(pool: Pool, feed: RevisionFeed, clock: Clock): Offer {
  return offer('KeyDirectory', policy, {
    Resolve: async ({ hash }) => {
      if (hash.length !== 32) throw new TacetError('field_invalid', { param: 'hash', message: 'hash is 32 bytes.' });
      return toResolveResponse(await resolveKey(pool, hash, clock()));
    },
    ResolveAccount: async ({ accountId }) => toResolveResponse(await resolveAccount(pool, idText(accountId, 'account_id'))),
    Watch: ({ fromRevision }, { signal }) => feed.watch(readRevision(fromRevision), signal),
  });
}

const int64Max = 9_223_372_036_854_775_807n;

function readRevision(text: string): bigint {
  const revision = BigInt(text);
  if (revision > int64Max) throw new TacetError('field_invalid', { param: 'from_revision', message: 'from_revision is not a revision.' });
  return revision;
}
