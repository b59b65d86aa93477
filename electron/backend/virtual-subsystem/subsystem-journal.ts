import type { Pieces } from '#shared/bounds/pieces.ts';
import { virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { deletionsOf, releasesOf } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import { migrationRemains } from '#shared/virtual-subsystem/life-cycle/remains.ts';
import type { Store } from '../store/store.ts';

/** Procedures that are looked at; what is older is found in the history. */
const runLimit = 300;

/**
 * What the journal knows of the virtual subsystems of a source. In pieces of one procedure, because each may have thousands
 * of steps to be read.
 */
export function* readSubsystemJournal(
  store: Pick<Store, 'heads' | 'run'>,
  source: string,
  fleet: Fleet,
): Pieces<ResponseOf<'virtual-subsystem:journal'>> {
  const runs: ProcedureRun[] = [];
  for (const head of store.heads(runLimit)) {
    if (head.source !== source) continue;
    const stored = store.run(head.run.id);
    if (stored !== null) runs.push(stored.run);
    yield;
  }
  return {
    deletions: deletionsOf(runs).filter(
      ({ primaryId, nqn }) => !(virtualSubsystemIdOf(primaryId, nqn) in fleet.virtualSubsystems),
    ),
    releases: [...releasesOf(runs).values()],
    remains: migrationRemains(fleet, runs),
  };
}
