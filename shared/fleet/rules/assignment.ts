import { countWords } from '../../count-words.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../schema.ts';
import {
  controllerTitle,
  controllingPrimary,
  findSecondary,
  hostTitle,
  isInPool,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../selectors.ts';
import { machineBlockers, poolBlockers, virtualSubsystemBlockers } from './assignment-blockers.ts';
import type { AssignmentTarget } from './assignment-target.ts';
import { secondaryChangeBlockers } from './change-blockers.ts';
import {
  defaultResources,
  onlineBlockers,
  resourceBlockers,
  type SecondaryResources,
  vfCountNeed,
} from './resources.ts';
import { togetherBlockers } from './together.ts';
import { virtualControllerIdsFor } from './virtual-controller-ids.ts';

/** Whether a drop is possible: what it will do, or every reason against it. */
export type AssignmentVerdict =
  | {
      readonly allowed: true;
      /** What the drop will do: `add as virtual id 22, 4 VQ 2 VI`. */
      readonly words: string;
      /** Virtual controller ids in the order of the secondaries; empty unless the target is a virtual subsystem. */
      readonly virtualControllerIds: readonly number[];
      /** Flexible resources for each secondary; 0 where the primary has none to give. */
      readonly vq: number;
      readonly vi: number;
    }
  | { readonly allowed: false; readonly reasons: readonly string[] };

/** What the person may fix beforehand; everything left out takes its default. */
export interface AssignmentWishes {
  readonly vq?: number | undefined;
  readonly vi?: number | undefined;
  readonly firstVirtualControllerId?: number | undefined;
}

/** May these secondary controllers be dropped on this target, and what would it do? */
export function canAssign(
  fleet: Fleet,
  secondaryIds: readonly string[],
  target: AssignmentTarget,
  wishes: AssignmentWishes = {},
): AssignmentVerdict {
  if (secondaryIds.length === 0) return refused(['Select at least one secondary controller.']);
  // Before anything is looked up: a selection of thousands is judged against every target of its hosts.
  const tooManyChosen = target.kind === 'pool' ? [] : togetherBlockers(secondaryIds.length);
  if (tooManyChosen.length > 0) return refused(tooManyChosen);
  const found = secondaryIds.map((id) => findSecondary(fleet, id));
  const secondaries = found.filter((secondary) => secondary !== undefined);
  if (secondaries.length < found.length)
    return refused(
      secondaryIds
        .filter((_, index) => found[index] === undefined)
        .map((id) => `${id} is not a secondary controller of this fleet.`),
    );
  // What is in the pool stays there; taking the rest of a selection back must not depend on it.
  const moved = target.kind === 'pool' ? outsidePool(secondaries) : secondaries;
  if (moved.length === 0)
    return refused([
      secondaries.length === 1
        ? `${secondaries.map(controllerTitle)} is already in the pool.`
        : `All ${secondaries.length.toLocaleString('en-US')} are already in the pool.`,
    ]);
  const tooMany = togetherBlockers(moved.length);
  if (tooMany.length > 0) return refused(tooMany);
  const reasons = moved.flatMap((secondary) => secondaryChangeBlockers(fleet, secondary));
  switch (target.kind) {
    case 'pool':
      reasons.push(...poolBlockers(fleet, moved));
      return reasons.length > 0
        ? refused(reasons)
        : { ...poolWords(moved, secondaries.length - moved.length), virtualControllerIds: [] };
    case 'virtual-subsystem': {
      const subsystem = fleet.virtualSubsystems[target.virtualSubsystemId];
      if (subsystem === undefined) return refused(['That virtual subsystem no longer exists.']);
      reasons.push(...virtualSubsystemBlockers(fleet, secondaries, subsystem));
      const ids = virtualControllerIdsFor(subsystem, secondaries.length, wishes.firstVirtualControllerId);
      if (typeof ids === 'string') return refused([...reasons, ids]);
      const number = ids.length === 1 ? `virtual id ${ids[0]}` : `virtual ids ${rangeWords(ids)}`;
      return configured(fleet, secondaries, wishes, reasons, `add as ${number}`, ids);
    }
    case 'virtual-machine': {
      const machine = fleet.virtualMachines[target.virtualMachineId];
      if (machine === undefined) return refused(['That virtual machine no longer exists.']);
      reasons.push(...machineBlockers(fleet, secondaries, machine));
      const only = secondaries.length === 1 ? secondaries[0] : undefined;
      const subsystem = only && virtualSubsystemOf(fleet, only);
      const as = subsystem
        ? ` as virtual id ${only?.virtualControllerId} of ${virtualSubsystemTitle(subsystem)}`
        : '';
      return configured(fleet, secondaries, wishes, reasons, `hand to ${machine.name}${as}`, []);
    }
  }
}

/** How many reasons one sentence gives; the planner's refusal lists them all. */
const reasonsInOneLine = 3;

/** Why a target is refused, short enough for one place on the screen, whatever the size of the selection. */
export function refusalWords(reasons: readonly string[]): string {
  const others = reasons.length - reasonsInOneLine;
  const first = reasons.slice(0, reasonsInOneLine).join(' ');
  return others > 0 ? `${first} And ${countWords(others, 'more reason')}.` : first;
}

function refused(reasons: readonly string[]): AssignmentVerdict {
  return { allowed: false, reasons: [...new Set(reasons)] };
}

/** Those of them that can go back to the pool. */
export function outsidePool(secondaries: readonly SecondaryController[]): SecondaryController[] {
  return secondaries.filter((secondary) => !isInPool(secondary));
}

function poolWords(secondaries: readonly SecondaryController[], thereAlready: number) {
  const vq = secondaries.reduce((sum, secondary) => sum + secondary.nvq, 0);
  const vi = secondaries.reduce((sum, secondary) => sum + secondary.nvi, 0);
  return {
    allowed: true as const,
    words:
      `back to the pool, frees ${resourceWords({ vq, vi })}` +
      (thereAlready > 0 ? `; ${thereAlready.toLocaleString('en-US')} are already there` : ''),
    vq: 0,
    vi: 0,
  };
}

/** The verdict for a target that needs the secondaries configured and online. */
function configured(
  fleet: Fleet,
  secondaries: readonly SecondaryController[],
  wishes: AssignmentWishes,
  reasons: readonly string[],
  action: string,
  virtualControllerIds: readonly number[],
): AssignmentVerdict {
  const all = [...reasons];
  const given: SecondaryResources[] = [];
  const raised: number[] = [];
  for (const [primary, members] of byPrimary(fleet, secondaries)) {
    const requests = members.map((secondary) => ({
      secondary,
      resources: wishedResources(fleet, secondary, members.length, wishes),
    }));
    all.push(...resourceBlockers(fleet, primary, requests));
    for (const { secondary, resources } of requests)
      all.push(...onlineBlockers(primary, secondary, resources));
    const need = vfCountNeed(fleet, primary, members);
    if (need.kind === 'blocked') all.push(need.reason);
    if (need.kind === 'raise') raised.push(need.count);
    given.push(...requests.map((request) => request.resources));
  }
  if (all.length > 0) return refused(all);
  const { vq, vi } = given[0] ?? { vq: 0, vi: 0 };
  const each = secondaries.length > 1 ? ' each' : '';
  const vfs = raised.length > 0 ? `, after raising the VF count to ${Math.max(...raised)}` : '';
  return {
    allowed: true,
    words: `${action}, ${resourceWords({ vq, vi })}${vq + vi > 0 ? each : ''}${vfs}`,
    virtualControllerIds,
    vq,
    vi,
  };
}

/** The resources that an assignment gives to one of `sharing` secondaries of a primary that are configured together. */
function wishedResources(
  fleet: Fleet,
  secondary: SecondaryController,
  sharing: number,
  wishes: AssignmentWishes,
): SecondaryResources {
  const defaults = defaultResources(fleet, secondary.id, sharing);
  return { vq: wishes.vq ?? defaults.vq, vi: wishes.vi ?? defaults.vi };
}

/** What an assignment gives to each of these secondaries, in their order. */
export function resourcesTogether(
  fleet: Fleet,
  secondaries: readonly SecondaryController[],
  wishes: AssignmentWishes = {},
): { readonly secondaryId: string; readonly resources: SecondaryResources }[] {
  const sharing = new Map<string, number>();
  for (const { primaryId } of secondaries) sharing.set(primaryId, (sharing.get(primaryId) ?? 0) + 1);
  return secondaries.map((secondary) => ({
    secondaryId: secondary.id,
    resources: wishedResources(fleet, secondary, sharing.get(secondary.primaryId) ?? 1, wishes),
  }));
}

function resourceWords({ vq, vi }: SecondaryResources): string {
  return vq + vi > 0 ? `${vq} VQ ${vi} VI` : 'no flexible resources';
}

/** Those of each primary controller; a secondary whose primary cannot be read is in none of them. */
export function byPrimary(
  fleet: Fleet,
  secondaries: readonly SecondaryController[],
): Map<PrimaryController, SecondaryController[]> {
  const groups = new Map<PrimaryController, SecondaryController[]>();
  for (const secondary of secondaries) {
    const primary = controllingPrimary(fleet, secondary);
    if (primary === undefined) continue;
    const group = groups.get(primary);
    if (group === undefined) groups.set(primary, [secondary]);
    else group.push(secondary);
  }
  return groups;
}

/** `22–25` where they follow each other, otherwise `22, 24`. */
function rangeWords(ids: readonly number[]): string {
  const [first = 0] = ids;
  const follow = ids.length > 1 && ids.every((id, index) => id === first + index);
  return follow ? `${first}–${ids.at(-1)}` : ids.join(', ');
}

export interface AssignmentOption {
  readonly target: AssignmentTarget;
  readonly title: string;
  readonly verdict: AssignmentVerdict;
}

/** Every target on the hosts of these secondaries, legal or not, each with its verdict: pool, virtual subsystems, VMs. */
export function assignmentTargets(fleet: Fleet, secondaryIds: readonly string[]): AssignmentOption[] {
  const hosts = new Set(secondaryIds.flatMap((id) => findSecondary(fleet, id)?.hostId ?? []));
  const several = hosts.size > 1;
  const title = (name: string, hostId: string) => (several ? `${hostTitle(fleet, hostId)} · ${name}` : name);
  const targets: { target: AssignmentTarget; title: string }[] = [
    { target: { kind: 'pool' }, title: 'Pool' },
    ...Object.values(fleet.virtualSubsystems)
      .filter((subsystem) => hosts.has(subsystem.hostId))
      .map((subsystem) => ({
        target: { kind: 'virtual-subsystem' as const, virtualSubsystemId: subsystem.id },
        title: title(virtualSubsystemTitle(subsystem), subsystem.hostId),
      })),
    ...Object.values(fleet.virtualMachines)
      .filter((machine) => hosts.has(machine.hostId))
      .map((machine) => ({
        target: { kind: 'virtual-machine' as const, virtualMachineId: machine.id },
        title: title(machine.name, machine.hostId),
      })),
  ];
  return targets.map((option) => ({ ...option, verdict: canAssign(fleet, secondaryIds, option.target) }));
}
