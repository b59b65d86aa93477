import type { Fleet, VirtualSubsystem } from '../fleet/schema.ts';
import { controllerFullTitle, findSecondary, hostTitle, machineOf } from '../fleet/selectors.ts';
import { relationOf } from './relation.ts';

/**
 * What is wrong with a virtual subsystem over all its places (the same virtual NQN on several controlling functions), in
 * words; empty when nothing is.
 */
export function subsystemProblems(fleet: Fleet, places: readonly VirtualSubsystem[]): string[] {
  return [...differences(fleet, places), ...twoGuests(fleet, places), ...brokenMembers(fleet, places)];
}

/** A guest that moves would notice each of these. */
function differences(fleet: Fleet, places: readonly VirtualSubsystem[]): string[] {
  const hosts = [...new Set(places.map(({ hostId }) => hostTitle(fleet, hostId)))].join(' and ');
  const differs = (of: (subsystem: VirtualSubsystem) => unknown) =>
    new Set(places.map((subsystem) => JSON.stringify(of(subsystem)))).size > 1;
  const words: string[] = [];
  if (differs(({ identity }) => Object.entries(identity).sort()))
    words.push(`The identity is not the same on ${hosts}: a guest that moves would notice.`);
  if (differs(({ exposed }) => [...exposed].sort((a, b) => a.offset - b.offset)))
    words.push(`The exposed capabilities are not the same on ${hosts}.`);
  if (differs(({ primaryVirtualId }) => primaryVirtualId))
    words.push(`The primary controllers have different virtual ids on ${hosts}.`);
  return words;
}

function twoGuests(fleet: Fleet, places: readonly VirtualSubsystem[]): string[] {
  const running = places.filter(({ members }) =>
    members.some(({ controllerId }) => {
      const secondary = findSecondary(fleet, controllerId);
      return secondary !== undefined && machineOf(fleet, secondary)?.state === 'running';
    }),
  );
  if (running.length < 2) return [];
  const hosts = running.map(({ hostId }) => hostTitle(fleet, hostId)).join(' and ');
  return [`Guests with the same virtual NQN run on ${hosts} at the same time.`];
}

/** Members that a guest has and cannot use. */
function brokenMembers(fleet: Fleet, places: readonly VirtualSubsystem[]): string[] {
  return places.flatMap(({ members }) =>
    members.flatMap(({ controllerId }) => {
      const secondary = findSecondary(fleet, controllerId);
      if (secondary === undefined) return [`${controllerId} is a member, but the fleet does not list it.`];
      const machine = machineOf(fleet, secondary);
      const { lost } = relationOf(fleet, secondary);
      if (machine === undefined || lost.length === 0) return [];
      return [`${machine.name} cannot use ${controllerFullTitle(fleet, secondary)}: ${lost.join(', ')}.`];
    }),
  );
}
