import { connect, type Socket } from 'node:net';
import type { Constellation } from '@tacet/constellation';
import type { RequestUsage__Output } from '@tacet/rpc/types/ledger/v1/RequestUsage';
import { eventually } from '@tacet/testing';

/** A body that is good, with the given fields over it. */
export const chatBody = (fields: object = {}) => ({ model: 'demo-model', messages: [{ role: 'user', content: 'hello' }], ...fields });

/** `POST /v1/chat/completions` at an edge. */
export function chat(edgeUrl: string, apiKey: string, fields: object = {}, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return post(edgeUrl, apiKey, JSON.stringify(chatBody(fields)), headers, signal);
}

export function post(edgeUrl: string, apiKey: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${edgeUrl}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers }, body, signal: signal ?? null });
}

export interface ErrorEnvelope {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string; readonly metadata?: Record<string, unknown> };
  readonly status: number;
}

export const errorOf = async (response: Response) => ((await response.json()) as ErrorEnvelope).error;

export interface StreamEvent {
  readonly done?: boolean;
  readonly id?: string;
  readonly choices?: readonly { readonly index: number; readonly delta?: { readonly role?: string; readonly content?: string }; readonly finish_reason?: string | null }[];
  readonly usage?: Record<string, number> | null;
  readonly error?: ErrorEnvelope['error'];
}

/** The events of a stream that has ended. */
export function eventsOf(text: string): StreamEvent[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6))
    .map((data) => (data === '[DONE]' ? { done: true } : (JSON.parse(data) as StreamEvent)));
}

/** All the text that a stream's events carry. */
export const contentOf = (events: readonly StreamEvent[]) => events.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('');

/** What billing has of an account's requests, newest first. */
export async function usageOf({ operator }: Constellation, accountIdBytes: Buffer): Promise<RequestUsage__Output[]> {
  const rows: RequestUsage__Output[] = [];
  for await (const row of operator.ledger.ListUsage({ accountId: accountIdBytes })) if (row.request) rows.push(row.request);
  return rows;
}

/** Waits until billing has the finals of so many requests of an account. */
export function finalsOf(constellation: Constellation, accountIdBytes: Buffer, count: number): Promise<RequestUsage__Output[]> {
  return eventually(`${count} finals are applied`, async () => {
    const rows = (await usageOf(constellation, accountIdBytes)).filter((row) => row.final);
    return rows.length >= count ? rows : undefined;
  }, 30_000);
}

/** Waits until nothing of an account is held. */
export function untilNothingIsHeld({ operator }: Constellation, accountIdBytes: Buffer): Promise<unknown> {
  return eventually('nothing is held', async () => (await operator.ledger.GetBalance({ accountId: accountIdBytes })).heldNano === '0');
}

/** A raw connection on which a stream can be read slowly, or left at a chosen byte. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  isClosed = false;

  constructor(edgeUrl: string) {
    const { hostname, port } = new URL(edgeUrl);
    this.socket = connect(Number(port), hostname);
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    this.socket.on('close', () => (this.isClosed = true));
    this.socket.on('error', () => undefined);
  }

  send(apiKey: string, fields: object): void {
    const body = JSON.stringify(chatBody(fields));
    this.socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: edge\r\nauthorization: Bearer ${apiKey}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  until(what: string, isThere: (received: string) => boolean): Promise<unknown> {
    return eventually(what, () => isThere(this.received));
  }
}
