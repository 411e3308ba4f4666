import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { changeAccountSettings, type AccountSettings } from '../../accounts/account-settings.ts';
import type { Clock } from '../../clock.ts';
import { recentMs } from '../../sessions/sessions.ts';
import { settingsResource, toSettingsResource } from '../resources/settings-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `PATCH /api/settings`: moves the privacy switches. Taking the no-log lock off needs a recent sign-in. */
export function changeSettingsRoute(pool: Pool, clock: Clock): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/api/settings',
    summary: 'Move privacy switches. Taking the no-log lock off needs a recent sign-in; every edge follows within a second.',
    access: 'session',
    body: settingsResource.partial(),
    responses: { 200: { description: 'The settings as they are now.', body: { kind: 'json', schema: settingsResource } } },
    errors: ['reauthentication_required'],
    handle: async ({ body, session }) => {
      const { all_keys_no_log: allKeysNoLog, ephemeral_by_default: ephemeralByDefault } = body;
      if (allKeysNoLog === false && session.account.allKeysNoLog && clock() - session.authenticatedAtMs > recentMs)
        throw new TacetError('reauthentication_required');
      const changes: Partial<AccountSettings> = {
        ...(allKeysNoLog === undefined ? {} : { allKeysNoLog }),
        ...(ephemeralByDefault === undefined ? {} : { ephemeralByDefault }),
      };
      return { status: 200, body: toSettingsResource(await changeAccountSettings(pool, session.account.accountId, changes)) };
    },
  });
}
