import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeState } from '../fake-state.ts';
import { sendJson } from '../http-answer.ts';
import { invalidRequest, StripeError } from '../wire/stripe-error.ts';
import type { Control } from './control.ts';
import { controls } from './controls.ts';
import { isLoopback } from './is-loopback.ts';
import { servePage } from './serve-page.ts';

/** Serves `/fake/…`, to this machine alone. Errors are `{"error": {"message": …}}`. */
export async function serveControl(state: FakeState, request: IncomingMessage, response: ServerResponse, url: URL, text: string | undefined): Promise<void> {
  try {
    if (!isLoopback(request.socket.remoteAddress)) throw new StripeError(403, 'invalid_request_error', 'This door is for this machine alone.');
    if (text === undefined) throw new StripeError(413, 'invalid_request_error', 'The body is too large.');
    if (servePage(state, request.method ?? 'GET', url, response, text)) return;
    const found = findControl(request.method ?? 'GET', url.pathname);
    if (found === undefined) throw new StripeError(404, 'invalid_request_error', `There is no ${request.method ?? ''} ${url.pathname}`);
    sendJson(response, 200, JSON.stringify(await found.control.run(state, parse(text), found.id)));
  } catch (error) {
    const told = error instanceof StripeError ? error : new StripeError(500, 'api_error', error instanceof Error ? error.message : 'unknown');
    sendJson(response, told.status, JSON.stringify({ error: { message: told.message } }));
  }
}

function findControl(method: string, path: string): { readonly control: Control; readonly id: string } | undefined {
  const names = path.slice('/fake'.length).split('/');
  for (const control of controls) {
    const wanted = control.path.split('/');
    if (control.method !== method || wanted.length !== names.length) continue;
    const at = wanted.indexOf(':id');
    if (wanted.every((name, index) => index === at || name === names[index])) return { control, id: at < 0 ? '' : (names[at] ?? '') };
  }
  return undefined;
}

function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest('The body is not valid JSON');
  }
}
