import { create } from 'zustand';
import type { Fleet } from '#shared/fleet/schema.ts';
import { type NvmeCliRelease, usualRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import { goTo, useNavigation } from '../navigation.ts';
import { useRehearsal } from '../rehearsal/rehearsal-store.ts';
import { useTraceView } from '../trace/trace-view-store.ts';

/** Which terminal is shown. */
export interface TerminalView {
  /** Chosen in the dock; null: the host of what is selected. */
  readonly hostId: string | null;
  /** The release of nvme-cli that `nvme` is. */
  readonly nvme: NvmeCliRelease;
  /** Somebody asked for the terminal and wants to type. */
  readonly wantsFocus: boolean;
}

export const useTerminalView = create<TerminalView>(() => ({
  hostId: null,
  nvme: usualRelease,
  wantsFocus: false,
}));

/** Shows the terminal in the dock, ready to type in; beside a rehearsal, the one on its copy. */
export function showTerminal(): void {
  const { screen } = useNavigation.getState();
  useTerminalView.setState({ wantsFocus: true });
  const { isShown, rehearsal } = useRehearsal.getState();
  if (screen === 'commands' && isShown && rehearsal !== null) {
    useRehearsal.setState({ terminal: true });
    return;
  }
  // On that screen the terminal is a tab of what the rehearsal hides.
  if (screen === 'commands') useRehearsal.setState({ isShown: false });
  else goTo('topology');
  if (!useSettings.getState().dockOpen && screen !== 'commands') void changeSettings({ dockOpen: true });
  useTraceView.setState({ tab: 'terminal' });
}

/** The host that the terminal is on: the one that was chosen, else that of the last selected object, else the first. */
export function terminalHost(
  fleet: Fleet,
  chosen: string | null,
  selection: readonly string[],
): string | null {
  if (chosen !== null && chosen in fleet.hosts) return chosen;
  for (const id of [...selection].reverse()) {
    const found = hostOf(fleet, id);
    if (found !== null && found in fleet.hosts) return found;
  }
  return Object.keys(fleet.hosts)[0] ?? null;
}

function hostOf(fleet: Fleet, id: string): string | null {
  if (id in fleet.hosts) return id;
  return fleet.controllers[id]?.hostId ?? fleet.virtualMachines[id]?.hostId ?? null;
}
