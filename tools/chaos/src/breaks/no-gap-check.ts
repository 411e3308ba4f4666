import type { Break } from './break.ts';

export const noGapCheck: Break = {
  name: 'no-gap-check',
  sentence: 'What is beyond a gap waits until the gap is filled.',
  replacements: [
    {
      file: 'libs/database/migrations/main/0101_billing_apply.sql',
      from: 'CONTINUE WHEN p_seq[k] > done + 1 OR skipped >= p_length[k];',
      to: 'CONTINUE WHEN skipped >= p_length[k];',
    },
  ],
  shownBy: ['--scenario', 'unread-truncation'],
};
