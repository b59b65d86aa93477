import { useMemo } from 'react';
import type { CommandId } from '#shared/commands/command-table.ts';
import { useCommand } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../navigation.ts';
import { type ObjectAction, objectActions, selectionCommands } from './object-actions.tsx';
import { RelationCommands } from './relation-commands.tsx';

/** Registers what the palette, the native menu and the keys do with the selection. Shows nothing. */
export function SelectionCommands() {
  const fleet = useFleetMirror((state) => state.fleet);
  const selection = useNavigation((state) => state.selection);
  // Once for all commands: the selection may be a whole fleet.
  const actions = useMemo(() => (fleet === null ? [] : objectActions(fleet, selection)), [fleet, selection]);
  const none =
    selection.length === 0 ? 'Select something first.' : 'This is not available for the selection.';
  return (
    <>
      {selectionCommands.map((id) => (
        <SelectionCommand
          key={id}
          id={id}
          action={actions.find((candidate) => candidate.command === id)}
          none={none}
        />
      ))}
      <RelationCommands />
    </>
  );
}

function SelectionCommand({
  id,
  action,
  none,
}: {
  readonly id: CommandId;
  readonly action: ObjectAction | undefined;
  /** Why there is no action. */
  readonly none: string;
}) {
  useCommand(id, () => action?.run(), action === undefined ? none : action.unavailable);
  return null;
}
