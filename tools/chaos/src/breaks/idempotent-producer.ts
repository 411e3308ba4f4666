import type { Break } from './break.ts';

const file = 'apps/edge/src/usage-sink/kafka-sink.ts';

export const idempotentProducer: Break = {
  name: 'idempotent-producer',
  sentence: 'The producer is not idempotent: that of kafkajs acknowledges records that it loses.',
  replacements: [
    { file, from: 'idempotent: false, maxInFlightRequests: 1,', to: 'idempotent: true,' },
    { file, from: 'retry: { retries: 0 },', to: 'retry: { retries: 5 },' },
    { file, from: '        await forget();\n', to: '' },
  ],
  shownBy: ['--scenario', 'lost-acknowledgement'],
};
