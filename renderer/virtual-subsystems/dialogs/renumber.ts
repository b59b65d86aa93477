import { freeVirtualIds } from '#shared/fleet/rules/virtual-controller-ids.ts';
import type { VirtualSubsystem } from '#shared/fleet/schema.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { virtualIdOf } from '../create/new-subsystem.ts';

/** Members in the order of the list, each with the virtual id that stands beside it, as typed. */
export type Numbers = readonly { readonly secondaryId: string; readonly text: string }[];

/** The numbers as they are now. */
export function numbersOf(subsystem: VirtualSubsystem): Numbers {
  return subsystem.members.map(({ controllerId, virtualControllerId }) => ({
    secondaryId: controllerId,
    text: String(virtualControllerId),
  }));
}

/** Takes one controller to another place of the list. The ids stay where they are; the controllers move past them. */
export function moveMember(numbers: Numbers, from: number, to: number): Numbers {
  const order = numbers.map(({ secondaryId }) => secondaryId);
  const [taken] = order.splice(from, 1);
  if (taken === undefined || to < 0 || to >= numbers.length) return numbers;
  order.splice(to, 0, taken);
  return numbers.map((slot, index) => ({ ...slot, secondaryId: order[index] ?? slot.secondaryId }));
}

/** Counts up from the first id without gaps, past the id of the primary. */
export function closeGaps(numbers: Numbers, primaryVirtualId: number): Numbers {
  const first = virtualIdOf(numbers[0]?.text ?? '') ?? 0;
  const ids = freeVirtualIds({ primaryVirtualId, members: [] }, numbers.length, first);
  return numbers.map((one, index) => ({ ...one, text: String(ids[index]) }));
}

/** Whose id changes, from what to what. */
export function changesOf(
  subsystem: VirtualSubsystem,
  numbers: Numbers,
): readonly { readonly secondaryId: string; readonly from: number; readonly to: string }[] {
  return numbers.flatMap(({ secondaryId, text }) => {
    const from = subsystem.members.find(({ controllerId }) => controllerId === secondaryId);
    if (from === undefined || String(from.virtualControllerId) === text.trim()) return [];
    return [{ secondaryId, from: from.virtualControllerId, to: text.trim() }];
  });
}

/** The intent; null while a number is not whole. */
export function renumberIntent(subsystem: VirtualSubsystem, numbers: Numbers): Intent | null {
  const members = numbers.flatMap(({ secondaryId, text }) => {
    const virtualControllerId = virtualIdOf(text);
    return virtualControllerId === null ? [] : [{ secondaryId, virtualControllerId }];
  });
  if (members.length < numbers.length || members.length === 0) return null;
  return { kind: 'renumber-virtual-controllers', virtualSubsystemId: subsystem.id, members };
}
