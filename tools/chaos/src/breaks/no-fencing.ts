import type { Break } from './break.ts';

const leases = 'libs/database/migrations/main/0102_billing_leases.sql';

export const noFencing: Break = {
  name: 'no-fencing',
  sentence: 'A session that is over is over: its edge forwards nothing more, and billing grants it nothing more.',
  replacements: [
    { file: 'apps/edge/src/money/edge-session.ts', from: 'if (this.#age < this.#times.cutAgeMs) return false;', to: 'if (this.#age < Infinity) return false;' },
    { file: leases, from: "WHEN t.epoch < s.epoch OR s.released THEN 'fenced' ELSE 'set' END AS outcome", to: "ELSE 'set' END AS outcome" },
    { file: leases, from: 'ELSIF p_epoch < known.epoch OR known.released THEN', to: 'ELSIF false THEN' },
  ],
  shownBy: ['--scenario', 'stands-still'],
};
