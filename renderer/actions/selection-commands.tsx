import type { CommandId } from '#shared/commands/command-table.ts';
import { useCommand } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../navigation.ts';
import { objectActions, selectionCommands } from './object-actions.tsx';
import { RelationCommands } from './relation-commands.tsx';

/** Registers what the palette, the native menu and the keys do with the selection. Shows nothing. */
export function SelectionCommands() {
  return (
    <>
      {selectionCommands.map((id) => (
        <SelectionCommand key={id} id={id} />
      ))}
      <RelationCommands />
    </>
  );
}

function SelectionCommand({ id }: { readonly id: CommandId }) {
  const fleet = useFleetMirror((state) => state.fleet);
  const selection = useNavigation((state) => state.selection);
  const action =
    fleet === null
      ? undefined
      : objectActions(fleet, selection).find((candidate) => candidate.command === id);
  const reason =
    selection.length === 0 ? 'Select something first.' : 'This is not available for the selection.';
  useCommand(id, () => action?.run(), action === undefined ? reason : action.unavailable);
  return null;
}
