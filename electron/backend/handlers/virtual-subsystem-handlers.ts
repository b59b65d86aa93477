import { succeed } from '#shared/result.ts';
import { inTurns } from '../in-turns.ts';
import type { Store } from '../store/store.ts';
import { checkLeaks } from '../virtual-subsystem/leak-check.ts';
import type { FleetConnections } from '../virtual-subsystem/predict-answers.ts';
import { readSubsystemJournal } from '../virtual-subsystem/subsystem-journal.ts';
import type { Handlers } from './handler.ts';

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
    // Source and fleet are of one moment: another one may be opened while the runs are read.
    'virtual-subsystem:journal': async () =>
      succeed(await inTurns(readSubsystemJournal(deps.store, deps.source(), deps.surroundings().fleet))),
    'virtual-subsystem:leak-check': ({ controllerId, primaryIds }) =>
      checkLeaks(deps.surroundings(), controllerId, primaryIds),
  };
}
