import { cachedAtTheEnd } from './cached-at-the-end.ts';
import { deletedMidStream } from './deleted-mid-stream.ts';
import { forgetfulFailover } from './forgetful-failover.ts';
import { lostAcknowledgement } from './lost-acknowledgement.ts';
import { powerLoss } from './power-loss.ts';
import { repriced } from './repriced.ts';
import type { Scenario } from './scenario.ts';
import { standsStill } from './stands-still.ts';
import { unreadTruncation } from './unread-truncation.ts';
import { wholeNanos } from './whole-nanos.ts';

export type { Scenario } from './scenario.ts';

/** Every scenario, by name. */
export const scenarios: Readonly<Record<string, Scenario>> = Object.fromEntries([cachedAtTheEnd, deletedMidStream, forgetfulFailover, lostAcknowledgement, powerLoss, repriced, standsStill, unreadTruncation, wholeNanos].map((scenario) => [scenario.name, scenario]));
