import type { ServerResponse } from 'node:http';
import { completeCheckout, declineCheckout, expireDueSessions } from '../acts/checkout.ts';
import { noCause, type FakeState } from '../fake-state.ts';
import { sendElsewhere, sendPage } from '../http-answer.ts';
import type { CheckoutSession } from '../objects/checkout-session.ts';

/** Shows the pages that Stripe would show to customers. Returns false where the path is none of them. */
export function servePage(state: FakeState, method: string, url: URL, response: ServerResponse, body: string): boolean {
  const [, kind, id = ''] = /^\/fake\/(pay|portal|invoice|receipt|authenticate)\/([\w]+)$/.exec(url.pathname) ?? [];
  if (kind === undefined) return false;
  if (kind === 'pay') showCheckout(state, method, id, response, body);
  else sendPage(response, 200, page('Nothing to see', `<p>Stripe would show its ${kind} page here. This is a fake: use <code>POST /fake/…</code>.</p>`));
  return true;
}

function showCheckout(state: FakeState, method: string, id: string, response: ServerResponse, body: string): void {
  const world = state.world(noCause);
  expireDueSessions(world);
  const session = state.store.checkoutSessions.find(id);
  if (session?.status !== 'open') return sendPage(response, session === undefined ? 404 : 410, page('Nothing to pay', '<p>This session is over, or never was.</p>'));
  if (method !== 'POST') return sendPage(response, 200, checkoutPage(session));
  const action = new URLSearchParams(body).get('action');
  if (action === 'decline' && session.mode === 'payment') {
    declineCheckout(world, session, 'declined');
    return sendPage(response, 200, checkoutPage(session, 'The card was declined.'));
  }
  completeCheckout(world, session, { payment: action === 'async' ? 'async' : 'paid' });
  // Stripe fills in this place holder, so that the page may tell which session it was.
  sendElsewhere(response, (session.success_url ?? '/').replace('{CHECKOUT_SESSION_ID}', session.id));
}

function checkoutPage({ amount_total: amount, currency, mode, cancel_url: cancelUrl }: CheckoutSession, notice = ''): string {
  const price = `${Math.trunc(amount / 100)}.${String(amount % 100).padStart(2, '0')} ${currency.toUpperCase()}`;
  const buttons = [['paid', `Pay ${price}`], ['async', 'Pay by bank debit, later'], ...(mode === 'payment' ? [['decline', 'Try a card that is declined']] : [])];
  const form = buttons.map(([action, label]) => `<button name="action" value="${action}">${label}</button>`).join(' ');
  const back = cancelUrl === null ? '' : `<p><a href="${escape(cancelUrl)}">Back</a></p>`;
  return page('Pay', `<p>This is a fake of Stripe. No money moves.</p><p>${notice}</p><form method="post">${form}</form>${back}`);
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><h1>${title}</h1>${content}</body></html>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
