import { unreachable } from '#shared/result.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { AdvanceDialog } from '../simulation/advance-dialog.tsx';
import { FaultsDialog } from '../simulation/faults-dialog.tsx';
import { CreateDialog } from '../virtual-subsystems/create/create-dialog.tsx';
import { ProvisionDialog } from '../virtual-subsystems/provision/provision-dialog.tsx';
import { type Action, closeAction } from './action-store.ts';
import { AssignDialog } from './assign-dialog.tsx';
import { DriverDialog } from './driver-dialog.tsx';
import { NamespacesDialog } from './namespaces-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { ResourcesDialog } from './resources-dialog.tsx';
import { VfCountDialog } from './vf-count-dialog.tsx';

/** The dialog of the action that is open. Most end in an intent whose plan is then shown for review. */
export function ActionDialogs({ action }: { readonly action: Action }) {
  const fleet = useFleetMirror((state) => state.fleet);
  if (fleet === null) return null;
  switch (action.kind) {
    case 'assign':
      return <AssignDialog fleet={fleet} secondaryIds={action.secondaryIds} />;
    case 'resources':
      return <ResourcesDialog fleet={fleet} controllerId={action.controllerId} />;
    case 'namespaces':
      return <NamespacesDialog fleet={fleet} controllerId={action.controllerId} />;
    case 'vf-count':
      return <VfCountDialog fleet={fleet} primaryId={action.primaryId} />;
    case 'reset':
      return <ResetDialog fleet={fleet} controllerId={action.controllerId} />;
    case 'driver':
      return <DriverDialog fleet={fleet} controllerId={action.controllerId} />;
    case 'provision':
      return <ProvisionDialog fleet={fleet} primaryId={action.primaryId} onClose={closeAction} />;
    case 'advance':
      return <AdvanceDialog />;
    case 'faults':
      return <FaultsDialog fleet={fleet} objectId={action.objectId} />;
    case 'new-virtual-subsystem':
      return <CreateDialog hostId={action.hostId} primaryId={action.primaryId} onClose={closeAction} />;
    default:
      return unreachable(action);
  }
}
