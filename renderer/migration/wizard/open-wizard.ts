import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useSettings } from '../../fleet-mirror/settings-store.ts';
import { useNavigation } from '../../navigation.ts';
import { useMigrationView } from '../migration-view-store.ts';
import { sourceRefusals, underWay } from './steps/source-refusals.ts';
import { reduceWizard } from './wizard-reducer.ts';
import { startWizard, type WizardEvent, type WizardState } from './wizard-state.ts';

/**
 * Opens the wizard: with what was entered before, unless another virtual machine is meant now. Of several that are selected
 * it proposes the first that can move, and stays where the others can be chosen instead.
 */
export function openWizard(virtualMachineId: string | null): void {
  const { draft } = useMigrationView.getState();
  const fresh = draft ?? startWizard(useSettings.getState().downtimeBudgetMilliseconds);
  const { fleet } = useFleetMirror.getState();
  const several = fleet === null ? [] : selectedMachines(fleet);
  const wanted = virtualMachineId ?? (draft === null ? firstMovable(fleet, several) : null);
  // Whoever says "Migrate…" on a machine has chosen the source already.
  const isMeant = virtualMachineId !== null && !several.includes(virtualMachineId);
  show(
    reduceAll(fresh, [
      ...(wanted === null ? [] : [{ kind: 'choose-source', virtualMachineId: wanted } as const]),
      ...(virtualMachineId === null && wanted === null
        ? []
        : [{ kind: 'go', step: isMeant ? 'destination' : 'source' } as const]),
    ]),
  );
}

/** Opens the wizard anew with the choices of a request; without devices they are proposed. */
export function openWizardFor({
  virtualMachineId,
  destinationHostId,
  devices,
  options,
}: MigrationRequest): void {
  show(
    reduceAll(startWizard(options.downtimeBudgetMilliseconds), [
      { kind: 'choose-source', virtualMachineId },
      { kind: 'choose-destination', hostId: destinationHostId },
      { kind: 'set-options', options },
      ...(devices.length === 0
        ? []
        : [{ kind: 'proposed', virtualMachineId, destinationHostId, devices, unmapped: [] } as const]),
      { kind: 'go', step: devices.length === 0 ? 'mapping' : 'checks' },
    ]),
  );
}

/** The virtual machines that are selected, where they are several. */
export function selectedMachines(fleet: Fleet): readonly string[] {
  const ids = useNavigation.getState().selection.filter((id) => id in fleet.virtualMachines);
  return ids.length > 1 ? ids : [];
}

function firstMovable(fleet: Fleet | null, ids: readonly string[]): string | null {
  return (
    ids.find((id) => {
      const machine = fleet?.virtualMachines[id];
      return (
        fleet !== null && machine !== undefined && sourceRefusals(fleet, machine, underWay()).length === 0
      );
    }) ?? null
  );
}

function reduceAll(state: WizardState, events: readonly WizardEvent[]): WizardState {
  return events.reduce(reduceWizard, state);
}

function show(draft: WizardState): void {
  const source = useFleetMirror.getState().fleet?.source.name ?? null;
  useMigrationView.setState({ view: { kind: 'wizard' }, draft, draftSource: source });
}
