import { settingsResource, toSettingsResource } from '../resources/settings-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/settings`: the privacy switches of the account. */
export function getSettingsRoute(): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/settings',
    summary: "The account's privacy switches.",
    access: 'session',
    responses: { 200: { description: 'The settings.', body: { kind: 'json', schema: settingsResource } } },
    errors: [],
    handle: async ({ session }) => ({ status: 200, body: toSettingsResource(session.account) }),
  });
}
