import type { SignInDependencies } from '../accounts/sign-in.ts';
import type { SignUpDependencies } from '../accounts/sign-up.ts';
import type { EdgeClient } from '../chat/edge-client.ts';
import type { Sealer } from '../conversations/sealer.ts';
import type { ReceiptSigner } from '../deletion/receipt-signer.ts';
import { createOpenApi } from './openapi.ts';
import type { Route } from './route.ts';
import { changeConversationRoute } from './routes/change-conversation-route.ts';
import { changeSettingsRoute } from './routes/change-settings-route.ts';
import { confirmResetRoute } from './routes/confirm-reset-route.ts';
import { createCheckoutRoute } from './routes/create-checkout-route.ts';
import { createConversationRoute } from './routes/create-conversation-route.ts';
import { createKeyRoute } from './routes/create-key-route.ts';
import { createPortalRoute } from './routes/create-portal-route.ts';
import { deleteAccountRoute } from './routes/delete-account-route.ts';
import { deleteConversationRoute } from './routes/delete-conversation-route.ts';
import { endAutoTopUpRoute } from './routes/end-auto-top-up-route.ts';
import { exportAccountRoute } from './routes/export-account-route.ts';
import { getBalanceRoute } from './routes/get-balance-route.ts';
import { getConversationRoute } from './routes/get-conversation-route.ts';
import { getPaymentsRoute } from './routes/get-payments-route.ts';
import { getReceiptRoute } from './routes/get-receipt-route.ts';
import { getSessionRoute } from './routes/get-session-route.ts';
import { getSettingsRoute } from './routes/get-settings-route.ts';
import { getStatementRoute } from './routes/get-statement-route.ts';
import { listConversationsRoute } from './routes/list-conversations-route.ts';
import { listKeysRoute } from './routes/list-keys-route.ts';
import { listMessagesRoute } from './routes/list-messages-route.ts';
import { listUsageRoute } from './routes/list-usage-route.ts';
import { openApiRoute } from './routes/openapi-route.ts';
import { postAnswerRoute } from './routes/post-answer-route.ts';
import { postMessageRoute } from './routes/post-message-route.ts';
import { publicKeysRoute } from './routes/public-keys-route.ts';
import { reauthenticateRoute } from './routes/reauthenticate-route.ts';
import { resetRoute } from './routes/reset-route.ts';
import { revokeKeyRoute } from './routes/revoke-key-route.ts';
import { setAutoTopUpRoute } from './routes/set-auto-top-up-route.ts';
import { signInRoute } from './routes/sign-in-route.ts';
import { signOutRoute } from './routes/sign-out-route.ts';
import { signUpRoute } from './routes/sign-up-route.ts';
import { verifyRoute } from './routes/verify-route.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface RouteDependencies extends SignUpDependencies, SignInDependencies {
  readonly cookie: SessionCookie;
  readonly checkSecret: Uint8Array;
  readonly sealer: Sealer;
  readonly edge: EdgeClient;
  readonly signer: ReceiptSigner;
}

/** Every route of the public door. */
export function createRoutes(dependencies: RouteDependencies): readonly Route[] {
  const { pool, clock, throttle, hasher, cookie, checkSecret, sealer, events, peers, publicOrigin, signer } = dependencies;
  const routes: Route[] = [
    signUpRoute(dependencies, throttle),
    verifyRoute(pool, clock, throttle, cookie),
    resetRoute(dependencies, throttle),
    confirmResetRoute(pool, clock, hasher, throttle, cookie),
    signInRoute(dependencies, clock, cookie),
    getSessionRoute(),
    signOutRoute(pool, cookie),
    reauthenticateRoute(dependencies, clock),
    getSettingsRoute(),
    changeSettingsRoute(pool, clock),
    listKeysRoute(pool),
    createKeyRoute(pool, clock, throttle, checkSecret),
    revokeKeyRoute(pool, clock),
    getBalanceRoute(peers.ledger),
    listUsageRoute(peers.ledger),
    getStatementRoute(peers.ledger),
    getPaymentsRoute(peers.ledger),
    createCheckoutRoute(peers.ledger, publicOrigin),
    createPortalRoute(peers.ledger, publicOrigin),
    setAutoTopUpRoute(peers.ledger),
    endAutoTopUpRoute(peers.ledger),
    listConversationsRoute(pool, sealer, clock, events),
    createConversationRoute(pool, sealer, clock, dependencies),
    getConversationRoute(pool, sealer, clock, events),
    changeConversationRoute(pool, sealer, clock, events),
    deleteConversationRoute(pool),
    listMessagesRoute(pool, sealer, clock, events),
    postMessageRoute(dependencies, publicOrigin),
    postAnswerRoute(dependencies, publicOrigin),
    exportAccountRoute(dependencies, throttle),
    deleteAccountRoute(pool, clock, events, cookie, publicOrigin),
    getReceiptRoute(pool, clock),
    publicKeysRoute(signer.publicKeys),
    openApiRoute(() => createOpenApi(routes, publicOrigin, cookie.name)),
  ];
  return routes;
}
