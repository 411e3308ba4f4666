import { expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import { RpcUnavailableError } from '@tacet/rpc';
import { describeFailure, sentences } from './failure.ts';
import { UsageError } from './usage-error.ts';

test('a typed error has its code, its sentence, the remedy of the catalogue and its param', () => {
  expect(describeFailure(new TacetError('field_invalid', { param: 'email' }), {}, false)).toEqual({
    exitCode: 1,
    code: 'field_invalid',
    message: 'A field is missing, of the wrong type, or out of range.',
    remedy: 'Correct the field that `param` names.',
    param: 'email',
  });
});

test('no answer says whom to look at, where, and what named the address', () => {
  const gone = describeFailure(new RpcUnavailableError('Ledger.GetBalance', 14, undefined), { ledgerAddress: 'b:8447' }, false);
  expect(gone).toMatchObject({ exitCode: 1, code: 'unavailable', message: 'Ledger.GetBalance: no answer from billing at b:8447' });
  expect(gone.remedy).toContain('TACET_LEDGER_ADDRESS or --ledger-address');
  const late = describeFailure(
    new RpcUnavailableError('KeyService.RotateKek', 4, undefined),
    { keysAddress: 'k:1', operatorFile: '/d/operator.json' },
    false,
  );
  expect(late.message).toContain('key-service at k:1 in time; it may or may not have happened');
  expect(late.remedy).toContain('/d/operator.json');
});

test('wrong usage is 2, an interruption is 130', () => {
  expect(describeFailure(new UsageError('x'), {}, false)).toMatchObject({ exitCode: 2, code: 'usage' });
  expect(describeFailure(new RpcUnavailableError('Ledger.CheckLedger', 1, undefined), {}, true)).toMatchObject({
    exitCode: 130,
    code: 'interrupted',
  });
});

test('an error is told with its causes, and without its properties', () => {
  const inner = Object.assign(new Error('inner'), { detail: 'canary' });
  expect(sentences(new Error('outer', { cause: inner }))).toBe('outer: inner');
  expect(sentences(new AggregateError([new Error('refused 127.0.0.1:1')], ''))).toMatch(/refused 127\.0\.0\.1:1$/);
  expect(sentences('text')).not.toContain('text');
});
