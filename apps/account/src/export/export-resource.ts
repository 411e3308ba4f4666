import { z } from 'zod';
import { accountResource } from '../http/resources/account-resource.ts';
import { conversationResource } from '../http/resources/conversation-resource.ts';
import { keyResource } from '../http/resources/key-resource.ts';
import { messageResource } from '../http/resources/message-resource.ts';
import { paymentsResource } from '../http/resources/payments-resource.ts';
import { settingsResource } from '../http/resources/settings-resource.ts';
import { balanceResource, periodUsageResource, requestUsageResource, transferResource } from '../http/resources/usage-resource.ts';

/** Version of the bundle's form; it rises when a reader must know of a change. */
export const exportSchemaVersion = 1;

/** A session: when it began and ends. Its token is kept by nobody. */
export const sessionResource = z.strictObject({
  authenticated_at: z.iso.datetime(),
  last_seen_on: z.iso.date(),
  expires_at: z.iso.datetime(),
});

/** A record that does not open: it was changed or moved by somebody else, and is named so that it is not missed. */
const refusedMessage = z.strictObject({ id: z.uuid(), position: z.int(), refused: z.literal(true) });

/** The bundle of an export. */
export const exportResource = z.strictObject({
  schema_version: z.literal(exportSchemaVersion),
  exported_at: z.iso.datetime(),
  account: accountResource,
  settings: settingsResource,
  sessions: z.array(sessionResource),
  /** `hash` is the SHA-256 that is kept in place of the key, in hex. */
  keys: z.array(keyResource.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) })),
  conversations: z.array(conversationResource.extend({ messages: z.array(z.union([messageResource, refusedMessage])) })),
  usage: z.strictObject({ periods: z.array(periodUsageResource), requests: z.array(requestUsageResource) }),
  ledger: z.strictObject({ balance: balanceResource.nullable(), transfers: z.array(transferResource) }),
  /** Null where billing does not know the account yet. */
  payments: paymentsResource.nullable(),
});
