import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useSettings } from '../../fleet-mirror/settings-store.ts';
import { useMigrationView } from '../migration-view-store.ts';
import { reduceWizard } from './wizard-reducer.ts';
import { startWizard } from './wizard-state.ts';

/** Opens the wizard: with what was entered before, unless another virtual machine is meant now. */
export function openWizard(virtualMachineId: string | null): void {
  const { draft } = useMigrationView.getState();
  const fresh = draft ?? startWizard(useSettings.getState().downtimeBudgetMilliseconds);
  // Whoever says "Migrate…" on a machine has chosen the source already.
  const chosen =
    virtualMachineId === null
      ? fresh
      : reduceWizard(reduceWizard(fresh, { kind: 'choose-source', virtualMachineId }), {
          kind: 'go',
          step: 'destination',
        });
  const source = useFleetMirror.getState().fleet?.source.name ?? null;
  useMigrationView.setState({ view: { kind: 'wizard' }, draft: chosen, draftSource: source });
}
