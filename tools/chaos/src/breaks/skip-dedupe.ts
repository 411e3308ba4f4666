import type { Break } from './break.ts';

const file = 'libs/database/migrations/main/0101_billing_apply.sql';

export const skipDedupe: Break = {
  name: 'skip-dedupe',
  sentence: 'A record that was applied before is known again, by its place in the sequence and by its request.',
  replacements: [
    { file, from: 'skipped := greatest(done + 1 - p_seq[k], 0);', to: 'skipped := 0;' },
    {
      file,
      from: 'LEFT JOIN billing.usage_request u ON u.request_id = p_request[t.i] AND u.request_id BETWEEN p_low AND p_high',
      to: 'LEFT JOIN billing.usage_request u ON u.request_id = p_request[t.i] AND u.request_id BETWEEN p_low AND p_high AND u.seq < p_seq[t.i]',
    },
  ],
  shownBy: ['--kills', '8', '--seed', '1', '--rest-every', '4', '--faults', 'kill,answers lost,sockets cut'],
};
