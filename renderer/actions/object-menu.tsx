import { commandOf } from '#shared/commands/command-table.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../navigation.ts';
import { MenuAt } from '../ui/overlays/menu-at.tsx';
import { objectActions } from './object-actions.tsx';

/** The context menu of the selection. */
export function ObjectMenu({
  at,
  onClose,
}: {
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}) {
  const fleet = useFleetMirror((state) => state.fleet);
  const selection = useNavigation((state) => state.selection);
  if (fleet === null) return null;
  const entries = objectActions(fleet, selection).map((action) => ({
    id: action.id,
    label: action.label,
    keys: action.command === null ? undefined : (commandOf(action.command).keys ?? undefined),
    note: action.unavailable === null ? undefined : 'not available',
    disabled: action.unavailable !== null,
    danger: action.danger,
    onSelect: action.run,
  }));
  return <MenuAt at={at} entries={entries} onClose={onClose} />;
}
