import { commands } from '#shared/commands/command-table.ts';
import { DataTable } from '../ui/content/data-table.tsx';
import { Kbd } from '../ui/content/small.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';

/** Keys that are no commands: they belong to the graph and the list. */
const topologyKeys = [
  { label: 'Move between objects', keys: 'Arrow keys' },
  { label: 'Select · add to the selection', keys: 'Enter · Ctrl+Enter' },
  { label: 'Pick secondary controllers up', keys: 'Space' },
  { label: 'While carrying: next or previous legal target', keys: 'Arrow keys' },
  { label: 'While carrying: drop · cancel', keys: 'Enter · Esc' },
  { label: 'Context menu of an object', keys: 'Shift+F10' },
  { label: 'Pan', keys: 'Shift+Arrow keys, wheel, drag, Space+drag' },
  { label: 'Zoom', keys: '+ − or Ctrl+wheel' },
  { label: 'Select by area', keys: 'Shift+drag' },
] as const;

/** Every key binding, from the command table. */
export function KeyboardHelp({ onClose }: { readonly onClose: () => void }) {
  const bound = commands.filter((command) => command.keys !== null);
  const rows = [...topologyKeys, ...bound.map(({ label, keys }) => ({ label, keys: keys ?? '' }))];
  return (
    <Dialog open reading onClose={onClose} title="Keyboard shortcuts">
      <DataTable
        label="Keyboard shortcuts"
        rows={rows}
        rowKey={(row) => row.label}
        columns={[
          { id: 'what', title: 'Action', cell: (row) => row.label },
          { id: 'keys', title: 'Keys', cell: (row) => <Kbd>{row.keys}</Kbd>, align: 'right' },
        ]}
      />
    </Dialog>
  );
}
