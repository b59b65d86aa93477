import { lazy } from 'react';
import { closeDialog, showDialog } from '../../actions/shown-dialog.ts';

const CreateDialog = lazy(async () => ({ default: (await import('./create-dialog.tsx')).CreateDialog }));

/** Asks for a new virtual subsystem on a host; `primaryId`: the primary controller that it is to belong to, if one was meant. */
export function showCreateDialog(hostId: string, primaryId: string | null): void {
  showDialog(() => <CreateDialog hostId={hostId} primaryId={primaryId} onClose={closeDialog} />);
}
