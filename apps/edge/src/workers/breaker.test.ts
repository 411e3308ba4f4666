import { expect, test } from '@jest/globals';
import { Breaker, failuresMax, openMsMax, openMsMin } from './breaker.ts';

function opened(nowMs = 0): Breaker {
  const breaker = new Breaker();
  for (let i = 0; i < failuresMax; i++) breaker.noteFailure(nowMs);
  return breaker;
}

test('failures in a row open it, and the last of them says so', () => {
  const breaker = new Breaker();
  for (let i = 1; i < failuresMax; i++) expect([breaker.noteFailure(0), breaker.stateAt(0)]).toEqual([false, 'closed']);
  expect([breaker.noteFailure(0), breaker.stateAt(0), breaker.admits(0)]).toEqual([true, 'open', false]);
});

test('a failure now and then between successes opens nothing', () => {
  const breaker = new Breaker();
  for (let i = 0; i < 20; i++) {
    breaker.noteFailure(0);
    breaker.noteFailure(0);
    breaker.noteSuccess();
  }
  expect(breaker.stateAt(0)).toBe('closed');
});

test('when its time is over one request at a time is a trial, and one that tells nothing gives way to another', () => {
  const breaker = opened();
  expect(breaker.admits(openMsMin - 1)).toBe(false);
  expect([breaker.stateAt(openMsMin), breaker.admits(openMsMin)]).toEqual(['half_open', true]);
  breaker.begin();
  expect(breaker.admits(openMsMin)).toBe(false);
  breaker.release();
  expect(breaker.admits(openMsMin)).toBe(true);
});

test('a trial that succeeds closes it; one that fails opens it for twice as long, up to a limit', () => {
  const breaker = opened();
  let now = 0;
  for (let openMs = openMsMin; openMs < openMsMax * 4; openMs *= 2) {
    const wait = Math.min(openMs, openMsMax);
    expect(breaker.stateAt(now + wait - 1)).toBe('open');
    now += wait;
    expect(breaker.stateAt(now)).toBe('half_open');
    breaker.begin();
    expect(breaker.noteFailure(now)).toBe(false);
    breaker.release();
  }
  now += openMsMax;
  expect([breaker.noteSuccess(), breaker.stateAt(now), breaker.noteSuccess()]).toEqual([true, 'closed', false]);
  for (let i = 0; i < failuresMax; i++) breaker.noteFailure(now);
  // After a success it begins with the shortest time again.
  expect(breaker.stateAt(now + openMsMin)).toBe('half_open');
});

test('requests from before it opened do not keep it open for longer', () => {
  const breaker = opened(0);
  for (let i = 0; i < 100; i++) breaker.noteFailure(openMsMin / 2);
  expect(breaker.stateAt(openMsMin)).toBe('half_open');
});

test('good news from elsewhere let a trial begin at once', () => {
  const breaker = opened(0);
  breaker.allowTrial(10);
  expect([breaker.stateAt(10), breaker.trialAt]).toEqual(['half_open', 10]);
});
