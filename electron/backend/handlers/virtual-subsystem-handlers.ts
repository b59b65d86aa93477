import { virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { succeed } from '#shared/result.ts';
import { deletionsOf, releasesOf } from '#shared/virtual-subsystem/journal.ts';
import { migrationRemains } from '#shared/virtual-subsystem/remains.ts';
import type { Store } from '../store/store.ts';
import type { Handlers } from './handler.ts';

/** Procedures that are looked at; what is older is found in the history. */
const runLimit = 300;

/** What the journal knows of the virtual subsystems of the open source. */
export function createJournalHandlers(deps: {
  readonly store: Store;
  readonly fleet: () => Fleet;
  /** Key of the source that is open. */
  readonly source: () => string;
}): Handlers<'virtual-subsystem:journal'> {
  return {
    'virtual-subsystem:journal': async () => {
      const source = deps.source();
      const runs = deps.store
        .runs(runLimit)
        .filter((stored) => stored.source === source)
        .map(({ run }) => run);
      const fleet = deps.fleet();
      return succeed({
        deletions: deletionsOf(runs).filter(
          ({ primaryId, nqn }) => !(virtualSubsystemIdOf(primaryId, nqn) in fleet.virtualSubsystems),
        ),
        releases: [...releasesOf(runs).values()],
        remains: migrationRemains(fleet, runs),
      });
    },
  };
}
