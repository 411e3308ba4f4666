import { expireDueSessions } from '../acts/checkout.ts';
import { noCause, type FakeState } from '../fake-state.ts';

/** Moves the fake's time on, or back. Sessions whose time is over expire. Signatures of events keep to the real time. */
export function advanceClock(state: FakeState, seconds: number): { now: number } {
  state.clock.advance(seconds);
  expireDueSessions(state.world(noCause));
  return { now: state.clock.now() };
}
