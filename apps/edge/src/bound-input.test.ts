import { expect, test } from '@jest/globals';
import { scanObject } from '@tacet/inference';
import { boundInput } from './bound-input.ts';
import { endpoints, type EndpointName } from './endpoints.ts';
import type { CatalogueModel } from './money/catalogue.ts';

const model = { contextTokens: 100, overheadTokens: 10, mediaTokensMax: 5 } as CatalogueModel;
const noMedia = { count: 0, bytes: 0, remote: false };

function bound(name: EndpointName, body: object, media = noMedia) {
  const bytes = Buffer.from(JSON.stringify(body));
  return { ...boundInput(scanObject(bytes), endpoints[name], model, media), bytes: bytes.length };
}

test('a conversation is at most its bytes, with media by the piece, and never more than the context', () => {
  const { reserved, believable, bytes } = bound('chat_completions', { messages: [{}] }, { count: 2, bytes: 4, remote: false });
  expect([reserved, believable]).toEqual([bytes - 4 + 2 * 5 + 10, 110]);
  expect(bound('messages', { messages: ['x'.repeat(500)] }).reserved).toBe(100);
});

test('texts of a batch have a context each', () => {
  const { reserved, believable, bytes } = bound('embeddings', { input: Array.from({ length: 50 }, () => 'x'.repeat(50)) });
  expect([reserved, believable]).toEqual([bytes + 50 * 10, bytes + 50 * 10]);
  expect(bound('embeddings', { input: [1, 2, 3] }).believable).toBe(110);
});

test('a query is read again beside each document', () => {
  const query = 'q'.repeat(20);
  const { reserved, bytes } = bound('rerank', { query, documents: ['a', 'b', 'c'] });
  expect(reserved).toBe(bytes + 2 * (query.length + 2) + 3 * 10);
  expect(bound('score', { text_1: query, text_2: ['a', 'b'] }).reserved).toBeGreaterThan(2 * query.length);
});

test('counting tokens reserves nothing', () => {
  expect(bound('count_tokens', { messages: [{}] })).toMatchObject({ reserved: 0, believable: 0 });
});
