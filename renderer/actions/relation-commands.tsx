import type { Fleet } from '#shared/fleet/schema.ts';
import { findPrimary, findSecondary, virtualSubsystemOf } from '#shared/fleet/selectors.ts';
import { useCommand } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { reveal, select, useNavigation } from '../navigation.ts';
import { showSubsystem } from '../virtual-subsystems/chosen-subsystem.ts';

/** The relation controlling to controlled, walked from the selection in both directions. Shows nothing. */
export function RelationCommands() {
  const fleet = useFleetMirror((state) => state.fleet);
  const id = useNavigation((state) => state.selection.at(-1) ?? null);
  const ways = fleet === null || id === null ? null : waysFrom(fleet, id);
  const { controlling = null, controlled = [], nqn = null } = ways ?? {};
  const nothing = ways === null ? 'Select a controller first.' : null;
  useCommand(
    'go-controlling',
    () => controlling !== null && reveal(controlling),
    nothing ?? (controlling === null ? 'The selection has no controlling function.' : null),
  );
  useCommand(
    'go-controlled',
    () => {
      reveal(controlled[0] ?? '');
      select(controlled);
    },
    nothing ?? (controlled.length === 0 ? 'The selection does not control other controllers.' : null),
  );
  useCommand(
    'go-virtual-subsystem',
    () => nqn !== null && showSubsystem(nqn),
    nothing ?? (nqn === null ? 'The selection is not in a virtual subsystem.' : null),
  );
  return null;
}

/** Where the relation leads from an object of the fleet. */
export function waysFrom(
  fleet: Fleet,
  id: string,
): {
  readonly controlling: string | null;
  readonly controlled: readonly string[];
  readonly nqn: string | null;
} {
  const subsystem = fleet.virtualSubsystems[id];
  if (subsystem !== undefined)
    return {
      controlling: subsystem.primaryId,
      controlled: subsystem.members.map(({ controllerId }) => controllerId),
      nqn: subsystem.nqn,
    };
  const secondary = findSecondary(fleet, id);
  if (secondary !== undefined)
    return {
      controlling: findPrimary(fleet, secondary.primaryId) === undefined ? null : secondary.primaryId,
      controlled: [],
      nqn: virtualSubsystemOf(fleet, secondary)?.nqn ?? null,
    };
  return { controlling: null, controlled: findPrimary(fleet, id)?.secondaryIds ?? [], nqn: null };
}
