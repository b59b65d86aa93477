import type { AssignmentOption } from '#shared/fleet/rules/assignment.ts';
import { type Carry, targetKey } from '../../carry/carry.ts';
import type { SubsystemGroup } from '../subsystem-groups.ts';

/** What dropping on a group means: the instance that takes the carried ones, otherwise the one that says why not. */
export function dropOption(carry: Carry, group: SubsystemGroup): AssignmentOption | null {
  if (carry.mode === 'idle') return null;
  const ids = group.instances.map(({ subsystem }) => subsystem.id);
  const options = carry.options.filter(({ target }) => ids.includes(targetKey(target)));
  return options.find(({ verdict }) => verdict.allowed) ?? options[0] ?? null;
}

/** Attributes of an element that takes drops on a group. */
export function dropAttributes(carry: Carry, option: AssignmentOption | null) {
  if (option === null || carry.mode === 'idle') return {};
  const key = targetKey(option.target);
  return {
    'data-target': key,
    'data-allowed': option.verdict.allowed,
    'data-chosen': carry.chosen === key,
  };
}
