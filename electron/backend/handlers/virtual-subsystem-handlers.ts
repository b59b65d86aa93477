import { virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import { succeed } from '#shared/result.ts';
import { deletionsOf, releasesOf } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import { migrationRemains } from '#shared/virtual-subsystem/life-cycle/remains.ts';
import type { Store } from '../store/store.ts';
import { checkLeaks } from '../virtual-subsystem/leak-check.ts';
import type { FleetConnections } from '../virtual-subsystem/predict-answers.ts';
import type { Handlers } from './handler.ts';

/** Procedures that are looked at; what is older is found in the history. */
const runLimit = 300;

export type VirtualSubsystemChannel = 'virtual-subsystem:journal' | 'virtual-subsystem:leak-check';

/** What the journal knows of the virtual subsystems of the open source, and what their guests could notice. */
export function createVirtualSubsystemHandlers(deps: {
  readonly store: Store;
  /** The fleet as it is now, and the way to its hosts. */
  readonly surroundings: () => FleetConnections;
  /** Key of the source that is open. */
  readonly source: () => string;
}): Handlers<VirtualSubsystemChannel> {
  return {
    'virtual-subsystem:journal': async () => {
      const source = deps.source();
      const runs = deps.store
        .runs(runLimit)
        .filter((stored) => stored.source === source)
        .map(({ run }) => run);
      const { fleet } = deps.surroundings();
      return succeed({
        deletions: deletionsOf(runs).filter(
          ({ primaryId, nqn }) => !(virtualSubsystemIdOf(primaryId, nqn) in fleet.virtualSubsystems),
        ),
        releases: [...releasesOf(runs).values()],
        remains: migrationRemains(fleet, runs),
      });
    },
    'virtual-subsystem:leak-check': ({ controllerId, primaryIds }) =>
      checkLeaks(deps.surroundings(), controllerId, primaryIds),
  };
}
