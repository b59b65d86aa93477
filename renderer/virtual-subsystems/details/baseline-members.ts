import { create } from 'zustand';
import type { Fleet, PrimaryController, SecondaryController } from '#shared/fleet/schema.ts';
import { findPrimary, isUnassigned, secondariesOf } from '#shared/fleet/selectors.ts';
import { likelyMembers } from '#shared/virtual-subsystem/baseline/suggestions.ts';
import type { SubsystemGroup } from '../subsystem-groups.ts';

/** Primary controllers that the person chose as places where the guests may ever run, by virtual NQN. */
const useChosenMembers = create<{ readonly byNqn: Readonly<Record<string, readonly string[]>> }>(() => ({
  byNqn: {},
}));

/** Chooses the primary controllers of a baseline; it is kept until the page closes. */
export function chooseMembers(nqn: string, primaryIds: readonly string[]): void {
  useChosenMembers.setState(({ byNqn }) => ({ byNqn: { ...byNqn, [nqn]: primaryIds } }));
}

/** The members of the baseline: what was chosen, otherwise the primaries that reach the same drive. */
export function useBaselineMembers(fleet: Fleet, group: SubsystemGroup): readonly PrimaryController[] {
  const chosen = useChosenMembers(({ byNqn }) => byNqn[group.nqn]);
  if (chosen !== undefined) return chosen.flatMap((id) => findPrimary(fleet, id) ?? []);
  const members = new Map<string, PrimaryController>();
  for (const { subsystem } of group.instances) {
    const primary = findPrimary(fleet, subsystem.primaryId);
    if (primary === undefined) continue;
    members.set(primary.id, primary);
    for (const other of likelyMembers(fleet, primary)) members.set(other.id, other);
  }
  return [...members.values()];
}

/**
 * Changes when what a guest reads may have changed. Asking again at every revision would fill the command trace while a
 * migration or a long procedure runs elsewhere.
 */
export function answersVersion(
  fleet: Fleet,
  group: SubsystemGroup,
  member: SecondaryController | undefined,
  places: readonly PrimaryController[],
): string {
  // The free secondary that would answer for the place; null: none can.
  const askable = places.map(
    (place) =>
      secondariesOf(fleet, place).find((secondary) => secondary.online && isUnassigned(secondary))?.id ??
      null,
  );
  const subsystems = group.instances.map(({ subsystem }) => subsystem);
  return JSON.stringify([subsystems, member ?? null, places, askable]);
}
