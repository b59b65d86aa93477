import { create } from 'zustand';

/** A screen; `go-<id>` is the command that shows it. */
export type ScreenId =
  | 'topology'
  | 'virtual-subsystems'
  | 'migrations'
  | 'commands'
  | 'reports'
  | 'history'
  | 'settings'
  | 'fleet-editor';

/** The filter that the graph and the list share. */
export type TopologyFilter = 'all' | 'unassigned' | 'offline' | 'migrating';

/** Virtual machines that are to move in one go: those that are named, or all of a host. */
export type SeveralMigrations =
  | { readonly kind: 'machines'; readonly virtualMachineIds: readonly string[] }
  | { readonly kind: 'evacuate'; readonly hostId: string };

/** Where the person is, and what is selected. */
export interface NavigationState {
  readonly screen: ScreenId;
  /** Fleet ids of anything; the last one is what the inspector shows. */
  readonly selection: readonly string[];
  readonly filter: TopologyFilter;
  /** Text filter of the topology. */
  readonly search: string;
  /** Whether the Open dialog, the palette or the keyboard help lies over the screen. */
  readonly openDialog: boolean;
  readonly palette: boolean;
  readonly help: boolean;
  /**
   * Virtual machine that the migration wizard starts with, '' when the person chooses it there; null: the wizard was
   * not asked for. The wizard clears it when it has taken it.
   */
  readonly migrateVirtualMachineId: string | null;
  /** What the wizard for several migrations starts with; null: it was not asked for. */
  readonly migrateSeveral: SeveralMigrations | null;
  /** Run that the migrations, history or reports screen shows first. */
  readonly runId: string | null;
}

/** Where the person is. It imports nothing of the page, so that everything may import it. */
export const useNavigation = create<NavigationState>(() => ({
  screen: 'topology',
  selection: [],
  filter: 'all',
  search: '',
  openDialog: false,
  palette: false,
  help: false,
  migrateVirtualMachineId: null,
  migrateSeveral: null,
  runId: null,
}));

/** Shows a screen; the selection stays. */
export function goTo(screen: ScreenId): void {
  useNavigation.setState({ screen });
}

/** Selects objects of the fleet; the last one is the one in the inspector. */
export function select(ids: readonly string[]): void {
  useNavigation.setState({ selection: [...new Set(ids)] });
}

/** Adds an object to the selection or takes it out. */
export function toggleSelected(id: string): void {
  useNavigation.setState(({ selection }) => ({
    selection: selection.includes(id) ? selection.filter((other) => other !== id) : [...selection, id],
  }));
}

/** Shows an object in the topology. */
export function reveal(id: string): void {
  useNavigation.setState({ screen: 'topology', selection: [id], filter: 'all', search: '' });
}

/** Opens the migration wizard, with a virtual machine where one is meant. */
export function startMigration(virtualMachineId: string | null): void {
  useNavigation.setState({
    screen: 'migrations',
    migrateVirtualMachineId: virtualMachineId ?? '',
    runId: null,
  });
}

/** Opens the wizard for several migrations. */
export function startMigrations(several: SeveralMigrations): void {
  useNavigation.setState({ screen: 'migrations', migrateSeveral: several, runId: null });
}

/** Shows a run: the live migration or its result on the migrations screen, anything else in the history. */
export function showRun(runId: string, isMigration: boolean): void {
  useNavigation.setState({ screen: isMigration ? 'migrations' : 'history', runId });
}
