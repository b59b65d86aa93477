import { create } from 'zustand';
import type { Fleet } from '#shared/fleet/schema.ts';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import { goTo, useNavigation } from '../navigation.ts';
import { useTraceView } from '../trace/trace-view-store.ts';

/** Which terminal is shown. */
export interface TerminalView {
  /** Chosen in the dock; null: the host of what is selected. */
  readonly hostId: string | null;
  /** Somebody asked for the terminal and wants to type. */
  readonly wantsFocus: boolean;
}

export const useTerminalView = create<TerminalView>(() => ({ hostId: null, wantsFocus: false }));

/** Shows the terminal in the dock, ready to type in. */
export function showTerminal(): void {
  const { screen } = useNavigation.getState();
  if (screen !== 'commands') goTo('topology');
  if (!useSettings.getState().dockOpen && screen !== 'commands') void changeSettings({ dockOpen: true });
  useTraceView.setState({ tab: 'terminal' });
  useTerminalView.setState({ wantsFocus: true });
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
