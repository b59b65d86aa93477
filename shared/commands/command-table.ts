/**
 * Every command of the program, once. The native menu, the command palette, the key bindings, the tooltips and the help
 * are all made from this table; what a command does is registered under its id in the renderer.
 */

export type CommandSection = 'File' | 'Edit' | 'View' | 'Go' | 'Controller' | 'Simulation' | 'Help';

interface CommandDefinition {
  readonly id: string;
  /** In the imperative; `…` at the end when it asks for more before it does something. */
  readonly label: string;
  readonly section: CommandSection;
  /**
   * Default binding as in `Ctrl+Shift+K` (`Ctrl` is Cmd on macOS); null: none. One without a modifier works only while
   * the topology or the list has the focus and must not become a native accelerator.
   */
  readonly keys: string | null;
  /** Words that also find it in the palette. */
  readonly search?: string;
}

const commandTable = [
  { id: 'open', label: 'Open…', section: 'File', keys: 'Ctrl+O', search: 'capture fleet file recent source' },
  {
    id: 'new-fleet',
    label: 'New simulated fleet…',
    section: 'File',
    keys: 'Ctrl+N',
    search: 'fleet editor create file host drive',
  },
  {
    id: 'edit-fleet',
    label: 'Edit the open fleet…',
    section: 'File',
    keys: null,
    search: 'fleet editor change file',
  },
  {
    id: 'edit-fleet-file',
    label: 'Edit a fleet file…',
    section: 'File',
    keys: null,
    search: 'fleet editor change json',
  },
  {
    id: 'save-fleet',
    label: 'Save fleet file',
    section: 'File',
    keys: 'Ctrl+S',
    search: 'fleet editor write',
  },
  {
    id: 'rehearse',
    label: 'Rehearse a script…',
    section: 'File',
    keys: null,
    search: 'shell sh run copy dry step try',
  },
  {
    id: 'rehearse-step',
    label: 'Rehearsal: to the next line',
    section: 'Go',
    keys: 'F8',
    search: 'script step',
  },
  {
    id: 'export-topology',
    label: 'Export topology report…',
    section: 'File',
    keys: 'Ctrl+E',
    search: 'html json',
  },
  { id: 'undo', label: 'Undo', section: 'Edit', keys: 'Ctrl+Z', search: 'last procedure revert inverse' },
  { id: 'redo', label: 'Redo', section: 'Edit', keys: 'Ctrl+Shift+Z', search: 'undone procedure again' },
  { id: 'select-all', label: 'Select all shown controllers', section: 'Edit', keys: 'Ctrl+A' },
  { id: 'clear-selection', label: 'Clear selection', section: 'Edit', keys: 'Escape' },
  {
    id: 'copy-identity',
    label: 'Copy full identity',
    section: 'Edit',
    keys: 'Ctrl+Shift+C',
    search: 'nqn address',
  },
  { id: 'palette', label: 'Search and commands…', section: 'Go', keys: 'Ctrl+K', search: 'find palette' },
  { id: 'filter', label: 'Filter by text', section: 'Go', keys: 'Ctrl+F', search: 'find search' },
  { id: 'go-topology', label: 'Topology', section: 'Go', keys: 'Ctrl+1' },
  { id: 'go-virtual-subsystems', label: 'Virtual subsystems', section: 'Go', keys: 'Ctrl+2' },
  { id: 'go-migrations', label: 'Migrations', section: 'Go', keys: 'Ctrl+3' },
  { id: 'go-commands', label: 'Commands', section: 'Go', keys: 'Ctrl+4', search: 'trace admin' },
  { id: 'go-reports', label: 'Reports', section: 'Go', keys: 'Ctrl+5' },
  { id: 'go-history', label: 'History', section: 'Go', keys: 'Ctrl+6', search: 'journal procedures' },
  {
    id: 'go-settings',
    label: 'Settings',
    section: 'Go',
    keys: 'Ctrl+,',
    search: 'preferences theme contrast',
  },
  { id: 'go-fleet-editor', label: 'Fleet editor', section: 'Go', keys: 'Ctrl+7', search: 'edit fleet file' },
  {
    id: 'go-controlling',
    label: 'Go to the controlling function',
    section: 'Go',
    keys: null,
    search: 'primary relation controlled by',
  },
  {
    id: 'go-controlled',
    label: 'Go to the controlled functions',
    section: 'Go',
    keys: null,
    search: 'secondary relation members',
  },
  {
    id: 'go-virtual-subsystem',
    label: 'Go to its virtual subsystem',
    section: 'Go',
    keys: null,
    search: 'relation member nqn',
  },
  { id: 'toggle-view', label: 'Switch between graph and list', section: 'View', keys: 'Ctrl+L' },
  { id: 'zoom-in', label: 'Zoom topology in', section: 'View', keys: 'Ctrl+=' },
  { id: 'zoom-out', label: 'Zoom topology out', section: 'View', keys: 'Ctrl+-' },
  { id: 'zoom-reset', label: 'Topology at 100 %', section: 'View', keys: 'Ctrl+0' },
  { id: 'fit', label: 'Fit topology', section: 'View', keys: 'Ctrl+9' },
  { id: 'toggle-dock', label: 'Show or hide the command dock', section: 'View', keys: 'Ctrl+J' },
  {
    id: 'terminal',
    label: 'Terminal of the host',
    section: 'View',
    keys: 'Ctrl+`',
    search: 'shell console command line bash nvme',
  },
  { id: 'toggle-inspector', label: 'Show or hide the inspector', section: 'View', keys: 'Ctrl+I' },
  {
    id: 'assign',
    label: 'Assign to…',
    section: 'Controller',
    keys: 'A',
    search: 'virtual subsystem vm pool',
  },
  {
    id: 'resources',
    label: 'Resources…',
    section: 'Controller',
    keys: 'R',
    search: 'vq vi queues interrupts',
  },
  { id: 'online', label: 'Take online…', section: 'Controller', keys: null },
  { id: 'offline', label: 'Take offline…', section: 'Controller', keys: null },
  { id: 'namespaces', label: 'Namespaces…', section: 'Controller', keys: null, search: 'attach detach' },
  { id: 'vf-count', label: 'VF count…', section: 'Controller', keys: null, search: 'sriov_numvfs' },
  {
    id: 'reset',
    label: 'Reset…',
    section: 'Controller',
    keys: null,
    search: 'controller function subsystem',
  },
  { id: 'driver', label: 'Driver…', section: 'Controller', keys: null, search: 'bind vfio-pci nvme' },
  {
    id: 'new-virtual-subsystem',
    label: 'New virtual subsystem…',
    section: 'Controller',
    keys: 'N',
    search: 'create nqn',
  },
  { id: 'migrate', label: 'Migrate…', section: 'Controller', keys: 'Ctrl+M', search: 'move virtual machine' },
  {
    id: 'evacuate',
    label: 'Evacuate host…',
    section: 'Controller',
    keys: null,
    search: 'migrate move all virtual machines maintenance drain empty',
  },
  {
    id: 'resume-machine',
    label: 'Resume this VM here…',
    section: 'Controller',
    keys: null,
    search: 'virtual machine guest paused incoming stopped go on',
  },
  {
    id: 'inject-fault',
    label: 'Inject fault…',
    section: 'Controller',
    keys: null,
    search: 'simulation failure power loss reset',
  },
  {
    id: 'clock-pause',
    label: 'Pause or resume the simulated clock',
    section: 'Simulation',
    keys: 'Ctrl+P',
    search: 'time stop go on',
  },
  {
    id: 'clock-step',
    label: 'Step the simulated clock',
    section: 'Simulation',
    keys: 'F10',
    search: 'single time next',
  },
  {
    id: 'clock-advance',
    label: 'Let simulated time pass…',
    section: 'Simulation',
    keys: null,
    search: 'clock advance milliseconds',
  },
  { id: 'clock-real-time', label: 'Simulated clock: real time', section: 'Simulation', keys: null },
  { id: 'clock-ten-times', label: 'Simulated clock: ten times as fast', section: 'Simulation', keys: null },
  {
    id: 'clock-as-fast-as-possible',
    label: 'Simulated clock: as fast as possible',
    section: 'Simulation',
    keys: null,
  },
  {
    id: 'faults',
    label: 'Faults…',
    section: 'Simulation',
    keys: 'Ctrl+Shift+F',
    search: 'inject failure status delay silence power loss link',
  },
  { id: 'help-keys', label: 'Keyboard shortcuts', section: 'Help', keys: 'F1', search: 'help bindings' },
] as const satisfies readonly CommandDefinition[];

export type CommandId = (typeof commandTable)[number]['id'];
export type Command = CommandDefinition & { readonly id: CommandId };

/** The commands as one type, for code that does not care for the single rows. */
export const commands: readonly Command[] = commandTable;

/** The entry of one command. */
export function commandOf(id: CommandId): Command {
  const found = commands.find((command) => command.id === id);
  if (found === undefined) throw new Error(`No command ${id}`);
  return found;
}

/** Whether a text from outside (the native menu) names a command. */
export function isCommandId(text: string): text is CommandId {
  return commands.some((command) => command.id === text);
}

/** Whether the binding may be a native menu accelerator: it has a modifier or is a function key. */
export function isAccelerator(keys: string): boolean {
  return /^(?:Ctrl\+.+|F\d+)$/.test(keys);
}
