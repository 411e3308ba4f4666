import { expect, test } from '@jest/globals';
import { errorCatalogue, isErrorCode, TacetError, toTacetError } from './index.ts';

test('every code has a status, a title and a remedy that are sentences', () => {
  for (const [code, entry] of Object.entries(errorCatalogue)) {
    expect(code).toMatch(/^[a-z_]+$/);
    expect(entry.http === 0 || (entry.http >= 400 && entry.http < 600)).toBe(true);
    expect(entry.title).toMatch(/\.$/);
    expect(entry.remedy).toMatch(/\.$/);
  }
});

test('an error that is not ours becomes internal_error and keeps its message to itself', () => {
  const error = toTacetError(new Error('a prompt'));
  expect(error.code).toBe('internal_error');
  expect(error.message).not.toContain('prompt');
});

test('names inherited from Object are not codes', () => {
  expect(isErrorCode('toString')).toBe(false);
  expect(isErrorCode('fenced')).toBe(true);
});

test('an error keeps its param and status', () => {
  const error = new TacetError('field_invalid', { param: 'messages' });
  expect([error.httpStatus, error.param]).toEqual([400, 'messages']);
});
