import { lazy } from 'react';
import { showDialog } from '../actions/shown-dialog.ts';

const AdvanceDialog = lazy(async () => ({ default: (await import('./advance-dialog.tsx')).AdvanceDialog }));
const FaultsDialog = lazy(async () => ({ default: (await import('./faults-dialog.tsx')).FaultsDialog }));

/** Asks how much simulated time is to pass. */
export function showAdvance(): void {
  showDialog(() => <AdvanceDialog />);
}

/** `objectId`: the object of the fleet that a fault was asked for; null: nothing in particular. */
export function showFaults(objectId: string | null): void {
  showDialog((fleet) => <FaultsDialog fleet={fleet} objectId={objectId} />);
}
