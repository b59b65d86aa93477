import { z } from 'zod';
import { virtualSubsystemIdOf } from '../../fleet/ids.ts';
import { blockerWords } from '../../fleet/rules/blocker.ts';
import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { guestBlockers, hostDriverBlockers } from '../../fleet/rules/secondary-use.ts';
import { virtualIdBlockers } from '../../fleet/rules/virtual-controller-ids.ts';
import type { Fleet, SecondaryController } from '../../fleet/schema.ts';
import {
  controllerTitle,
  findSecondary,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../../fleet/selectors.ts';
import {
  addVirtualController,
  removeVirtualController,
} from '../../nvme/commands/proposal/virtual-subsystem-management.ts';
import { defineStep } from '../step-definition.ts';
import { sendsCommand, toManager } from './command.ts';
import { onSecondary } from './conditions.ts';
import { id, nqn, uint16 } from './fields.ts';
import { findNamedSubsystem, missingSubsystemWords, withSubsystem } from './named-subsystem.ts';
import { withSecondary } from './predictions.ts';
import { titleOf } from './titles.ts';

/** Who is a member of a virtual subsystem (Virtual Subsystem Management, C1h, a proposal). */

const addSchema = z.object({
  kind: z.literal('virtual-subsystem-add'),
  secondaryId: id,
  nqn,
  virtualControllerId: uint16,
});
const removeSchema = z.object({ kind: z.literal('virtual-subsystem-remove'), secondaryId: id, nqn });

type Add = z.infer<typeof addSchema>;
type Remove = z.infer<typeof removeSchema>;

const addMember = defineStep({
  schema: addSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: (step, fleet) =>
    `Add ${titleOf(fleet, step.secondaryId)} to ${virtualSubsystemTitle(step)} as virtual id ${step.virtualControllerId}`,
  ...sendsCommand<Add>({
    vsidOf: (step) => step.nqn,
    build: (step, fleet, vsid) =>
      toManager(fleet, step.secondaryId, (cntlid) =>
        addVirtualController.encode({ cntlid, vsid, vcid: step.virtualControllerId }),
      ),
  }),
  blockers: (step, fleet) =>
    onSecondary(fleet, step.secondaryId, (secondary) => {
      const subsystem = findNamedSubsystem(fleet, { primaryId: secondary.primaryId, nqn: step.nqn });
      if (subsystem === undefined) return [missingSubsystemWords(step)];
      const reasons: string[] = [];
      const current = virtualSubsystemOf(fleet, secondary);
      if (current !== undefined)
        reasons.push(`${controllerTitle(secondary)} is a member of ${virtualSubsystemTitle(current)}.`);
      const { virtualControllerId } = step;
      const wish = { virtualControllerId, who: controllerTitle(secondary) };
      reasons.push(...virtualIdBlockers(subsystem, [wish]).map(blockerWords));
      return [...reasons, ...runningBlockers(fleet, secondary)];
    }),
  predict: (step, fleet) => withMember(fleet, step, step.virtualControllerId),
  effect(step, fleet) {
    const { secondary, isMember, readBack } = membership(fleet, step);
    return { holds: isMember && secondary?.virtualControllerId === step.virtualControllerId, readBack };
  },
  inverse: ({ secondaryId, nqn: name }): Remove[] => [
    { kind: 'virtual-subsystem-remove', secondaryId, nqn: name },
  ],
  sets: (step) => [
    { object: step.secondaryId, aspect: 'virtual subsystem', value: step.nqn },
    { object: step.secondaryId, aspect: 'virtual controller id', value: step.virtualControllerId },
  ],
  scope: () => ({ virtualSubsystems: true }),
});

const removeMember = defineStep({
  schema: removeSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: (step, fleet) => `Remove ${titleOf(fleet, step.secondaryId)} from ${virtualSubsystemTitle(step)}`,
  ...sendsCommand<Remove>({
    vsidOf: (step) => step.nqn,
    build: (step, fleet, vsid) =>
      toManager(fleet, step.secondaryId, (cntlid) => removeVirtualController.encode({ cntlid, vsid })),
  }),
  blockers: (step, fleet) =>
    onSecondary(fleet, step.secondaryId, (secondary) =>
      secondary.virtualSubsystemId === virtualSubsystemIdOf(secondary.primaryId, step.nqn)
        ? runningBlockers(fleet, secondary)
        : [`${controllerTitle(secondary)} is not a member of ${virtualSubsystemTitle(step)}.`],
    ),
  predict: (step, fleet) => withMember(fleet, step, null),
  effect(step, fleet) {
    const { secondary, isMember, readBack } = membership(fleet, step);
    return { holds: secondary !== undefined && !isMember, readBack };
  },
  inverse({ secondaryId, nqn: name }, fleet): Add[] | null {
    const virtualControllerId = findSecondary(fleet, secondaryId)?.virtualControllerId ?? null;
    return virtualControllerId === null
      ? null
      : [{ kind: 'virtual-subsystem-add', secondaryId, nqn: name, virtualControllerId }];
  },
  sets: (step) => [
    { object: step.secondaryId, aspect: 'virtual subsystem', value: null },
    { object: step.secondaryId, aspect: 'virtual controller id', value: null },
  ],
  scope: () => ({ virtualSubsystems: true }),
});

export const virtualSubsystemMemberSteps = {
  'virtual-subsystem-add': addMember,
  'virtual-subsystem-remove': removeMember,
};

/** `virtualControllerId` null: no longer a member. */
function withMember(
  fleet: Fleet,
  { secondaryId, nqn: name }: { readonly secondaryId: string; readonly nqn: string },
  virtualControllerId: number | null,
): Fleet {
  const secondary = findSecondary(fleet, secondaryId);
  const subsystem = secondary && findNamedSubsystem(fleet, { primaryId: secondary.primaryId, nqn: name });
  if (subsystem === undefined) return fleet;
  const members = subsystem.members.filter((member) => member.controllerId !== secondaryId);
  if (virtualControllerId !== null) members.push({ controllerId: secondaryId, virtualControllerId });
  members.sort((left, right) => left.virtualControllerId - right.virtualControllerId);
  const virtualSubsystemId = virtualControllerId === null ? null : subsystem.id;
  const next = withSecondary(fleet, secondaryId, { virtualSubsystemId, virtualControllerId });
  return withSubsystem(next, { ...subsystem, members });
}

/** The host must be able to, and the device changes the membership only of a controller that nobody runs (Command Sequence Error). */
function runningBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  return [
    ...controllerChangeBlockers(fleet, secondary, 'virtualSubsystems'),
    ...guestBlockers(fleet, secondary),
    ...hostDriverBlockers(secondary),
  ];
}

function membership(fleet: Fleet, step: Add | Remove) {
  const secondary = findSecondary(fleet, step.secondaryId);
  const isMember =
    secondary !== undefined &&
    secondary.virtualSubsystemId === virtualSubsystemIdOf(secondary.primaryId, step.nqn);
  const readBack = isMember
    ? `Member of ${virtualSubsystemTitle(step)} as virtual id ${secondary.virtualControllerId}`
    : `Not a member of ${virtualSubsystemTitle(step)}`;
  return { secondary, isMember, readBack };
}
