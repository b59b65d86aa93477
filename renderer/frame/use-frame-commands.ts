import { useCommand } from '../commands/command-registry.ts';
import { edit } from '../fleet-editor/edit.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import { goTo, startMigration, startMigrations, useNavigation } from '../navigation.ts';
import { useNamedMenu, useUndoRedoCommands } from '../procedures/use-undo-redo.ts';
import { showRehearsal } from '../rehearsal/rehearsal-store.ts';
import { exportReport } from '../reports/export-report.ts';
import { pauseOrResume, setClockMode, stepClock } from '../simulation/clock-actions.ts';
import { showAdvance, showFaults } from '../simulation/simulation-dialogs.tsx';
import { showTerminal } from '../terminal/terminal-view-store.ts';

/** Registers the commands that work on every screen. */
export function useFrameCommands(): void {
  const readOnly = useFleetMirror((state) => state.fleet?.source.readOnly ?? null);
  const hasMachines = useFleetMirror(
    (state) => state.fleet !== null && Object.keys(state.fleet.virtualMachines).length > 0,
  );
  const simulated = useFleetMirror((state) => state.fleet?.source.simulated ?? false);
  useCommand('open', () => useNavigation.setState({ openDialog: true }));
  useCommand('new-fleet', () => edit({ kind: 'new' }));
  useCommand('edit-fleet', () => edit({ kind: 'open' }), simulated ? null : 'A capture is not a fleet file.');
  useCommand('edit-fleet-file', () => edit({ kind: 'file' }));
  useCommand('go-fleet-editor', () => goTo('fleet-editor'));
  useCommand('export-topology', () => void exportReport({ kind: 'topology' }, 'html'));
  useUndoRedoCommands();
  useNamedMenu();
  useCommand('palette', () => useNavigation.setState({ palette: true }));
  useCommand('help-keys', () => useNavigation.setState({ help: true }));
  useCommand('go-topology', () => goTo('topology'));
  useCommand('go-virtual-subsystems', () => goTo('virtual-subsystems'));
  useCommand('go-migrations', () => goTo('migrations'));
  useCommand('go-commands', () => goTo('commands'));
  useCommand('go-reports', () => goTo('reports'));
  useCommand('go-history', () => goTo('history'));
  useCommand('go-settings', () => goTo('settings'));
  useCommand('toggle-view', () => {
    const { topologyView } = useSettings.getState();
    void changeSettings({ topologyView: topologyView === 'graph' ? 'list' : 'graph' });
  });
  useCommand('toggle-dock', () => void changeSettings({ dockOpen: !useSettings.getState().dockOpen }));
  useCommand('terminal', showTerminal);
  useCommand('rehearse', showRehearsal);
  useCommand(
    'toggle-inspector',
    () => void changeSettings({ inspectorOpen: !useSettings.getState().inspectorOpen }),
  );
  useCommand(
    'migrate',
    migrateSelected,
    readOnly ?? (hasMachines ? null : 'This fleet has no virtual machine.'),
  );
}

/** The clock and the faults of a simulated fleet. */
export function useSimulationCommands(): void {
  const source = useFleetMirror((state) => state.fleet?.source);
  const reason =
    source === undefined || source.simulated
      ? null
      : `${source.label} is not simulated: it runs in real time, and faults cannot be injected.`;
  useCommand('clock-pause', () => void pauseOrResume(), reason);
  useCommand('clock-step', () => void stepClock(), reason);
  useCommand('clock-advance', showAdvance, reason);
  useCommand('clock-real-time', () => void setClockMode('real-time'), reason);
  useCommand('clock-ten-times', () => void setClockMode('ten-times'), reason);
  useCommand('clock-as-fast-as-possible', () => void setClockMode('as-fast-as-possible'), reason);
  useCommand('faults', () => showFaults(null), reason);
}

/** Several virtual machines that are selected move in one go. */
function migrateSelected(): void {
  const { fleet } = useFleetMirror.getState();
  const machines = useNavigation
    .getState()
    .selection.filter((id) => fleet !== null && id in fleet.virtualMachines);
  if (machines.length > 1) startMigrations({ kind: 'machines', virtualMachineIds: machines });
  else startMigration(selectedMachine());
}

/** The virtual machine that is selected, or that a selected controller belongs to. */
function selectedMachine(): string | null {
  const { fleet } = useFleetMirror.getState();
  const { selection } = useNavigation.getState();
  const id = selection.at(-1);
  if (fleet === null || id === undefined) return null;
  if (id in fleet.virtualMachines) return id;
  const controller = fleet.controllers[id];
  return controller?.role === 'secondary' ? controller.virtualMachineId : null;
}
