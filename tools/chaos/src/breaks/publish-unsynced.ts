import type { Break } from './break.ts';

export const publishUnsynced: Break = {
  name: 'publish-unsynced',
  sentence: 'Only records that are on the disk are published.',
  replacements: [{ file: 'apps/edge/src/spool/spool.ts', from: 'return this.#commit.synced;', to: 'return this.outbox.end;' }],
  shownBy: ['--scenario', 'power-loss'],
};
