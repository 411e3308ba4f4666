import type { Break } from './break.ts';
import { commitAfterAck } from './commit-after-ack.ts';
import { componentMaximum } from './component-maximum.ts';
import { floatPrice } from './float-price.ts';
import { idempotentProducer } from './idempotent-producer.ts';
import { newestPrice } from './newest-price.ts';
import { noFencing } from './no-fencing.ts';
import { noGapCheck } from './no-gap-check.ts';
import { publishUnsynced } from './publish-unsynced.ts';
import { skipDedupe } from './skip-dedupe.ts';

/** Every break, in the order in which they are listed. */
export const allBreaks: readonly Break[] = [skipDedupe, commitAfterAck, idempotentProducer, noGapCheck, componentMaximum, publishUnsynced, noFencing, floatPrice, newestPrice];
