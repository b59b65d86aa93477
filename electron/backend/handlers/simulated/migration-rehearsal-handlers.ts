import { succeed } from '#shared/result.ts';
import type { MigrationRehearsals } from '../../migration-rehearsal/migration-rehearsals.ts';
import type { Handlers } from '../handler.ts';

export type MigrationRehearsalChannel =
  | 'migration-rehearsal:start'
  | 'migration-rehearsal:stop'
  | 'migration-rehearsal:cell';

export function createMigrationRehearsalHandlers(
  rehearsals: MigrationRehearsals,
): Handlers<MigrationRehearsalChannel> {
  return {
    'migration-rehearsal:start': (wish) => rehearsals.start(wish),
    'migration-rehearsal:stop': async ({ id }) => {
      const stopped = rehearsals.stop(id);
      return stopped.ok ? succeed({}) : stopped;
    },
    'migration-rehearsal:cell': ({ id, ...at }) => rehearsals.cell(id, at),
  };
}
