import type { Break } from './break.ts';

export const idempotentProducer: Break = {
  name: 'idempotent-producer',
  sentence: 'The producer is not idempotent: that of kafkajs acknowledges records that it loses.',
  replacements: [],
  shownBy: ['--scenario', 'lost-acknowledgement'],
};
