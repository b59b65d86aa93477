import { z } from 'zod';
import { namespaceIdOf, virtualSubsystemIdOf } from '../../fleet/ids.ts';
import {
  type Fleet,
  type SecondaryController,
  type VirtualIdentity,
  type VirtualSubsystem,
  virtualIdentitySchema,
} from '../../fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  findSecondary,
  machineOf,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../../fleet/selectors.ts';
import {
  addVirtualController,
  createVirtualSubsystem,
  deleteVirtualSubsystem,
  removeVirtualController,
  setExposedCapabilities,
  setVirtualIdentity,
} from '../../nvme/commands/proposal/virtual-subsystem-management.ts';
import { encodeExposedCapabilities } from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { encodeVirtualSubsystemIdentity } from '../../nvme/layouts/proposal/virtual-subsystem-identity.ts';
import type { Result } from '../../result.ts';
import { identityToWire, pciWords, sameIdentity } from '../../virtual-subsystem/identity/identity-wire.ts';
import { maskBlockers } from '../../virtual-subsystem/mask/check-mask.ts';
import {
  exposedMaskSchema,
  exposedToWire,
  sameMask,
} from '../../virtual-subsystem/mask/exposed-capability.ts';
import { defineStep, type StepEffect } from '../step-definition.ts';
import { sends, toManager } from './command.ts';
import { guestBlockers, onPrimary, onSecondary } from './conditions.ts';
import { id, nqn, uint16 } from './fields.ts';
import { withSecondary } from './predictions.ts';
import { titleOf } from './titles.ts';

/** Virtual Subsystem Management (C1h), vendor specific: a proposal, not in the ratified specification. */

const createSchema = z.object({
  kind: z.literal('virtual-subsystem-create'),
  primaryId: id,
  nqn,
  primaryVirtualId: uint16,
  identity: virtualIdentitySchema,
});
const setIdentitySchema = z.object({
  kind: z.literal('virtual-subsystem-set-identity'),
  primaryId: id,
  nqn,
  identity: virtualIdentitySchema,
});
const setCapabilitiesSchema = z.object({
  kind: z.literal('virtual-subsystem-set-capabilities'),
  primaryId: id,
  nqn,
  exposed: exposedMaskSchema,
});
const deleteSchema = z.object({ kind: z.literal('virtual-subsystem-delete'), primaryId: id, nqn });
const addSchema = z.object({
  kind: z.literal('virtual-subsystem-add'),
  secondaryId: id,
  nqn,
  virtualControllerId: uint16,
});
const removeSchema = z.object({ kind: z.literal('virtual-subsystem-remove'), secondaryId: id, nqn });

type Create = z.infer<typeof createSchema>;
type SetIdentity = z.infer<typeof setIdentitySchema>;
type SetCapabilities = z.infer<typeof setCapabilitiesSchema>;
type Delete = z.infer<typeof deleteSchema>;
type Add = z.infer<typeof addSchema>;
type Remove = z.infer<typeof removeSchema>;

/** A virtual subsystem by its name on a primary controller. */
interface Named {
  readonly primaryId: string;
  readonly nqn: string;
}

const create = defineStep({
  schema: createSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: (step, fleet) =>
    `Create virtual subsystem ${virtualSubsystemTitle(step)} on ${titleOf(fleet, step.primaryId)}`,
  ...sends<Create>({
    build(step, fleet) {
      const data = encodedIdentity(step.nqn, step.identity);
      if (!data.ok) return data;
      return toManager(fleet, step.primaryId, () =>
        createVirtualSubsystem.encode({ vcid: step.primaryVirtualId }, { data: data.value }),
      );
    },
  }),
  blockers: (step, fleet) =>
    onPrimary(fleet, step.primaryId, (primary) =>
      named(fleet, step) === undefined
        ? []
        : [`${controllerFullTitle(fleet, primary)} has a virtual subsystem ${step.nqn} already.`],
    ),
  predict(step, fleet) {
    const { primaryId, primaryVirtualId, identity } = step;
    const hostId = findPrimary(fleet, primaryId)?.hostId ?? '';
    return withSubsystem(fleet, {
      ...{ id: idOf(step), hostId, primaryId, nqn: step.nqn, primaryVirtualId, identity },
      ...{ exposed: [], members: [] },
    });
  },
  effect: (step, fleet) => existenceEffect(fleet, step, true),
  inverse: ({ primaryId, nqn: name }): Delete[] => [
    { kind: 'virtual-subsystem-delete', primaryId, nqn: name },
  ],
  sets: (step) => [{ object: idOf(step), aspect: 'existence', value: true }],
  scope: () => ({ virtualSubsystems: true }),
});

const setIdentity = defineStep({
  schema: setIdentitySchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: (step, fleet) =>
    `Give ${virtualSubsystemTitle(step)} on ${titleOf(fleet, step.primaryId)} the identity ${identityWords(step.identity)}`,
  ...sends<SetIdentity>({
    vsidOf: (step) => step.nqn,
    build(step, fleet, vsid) {
      const data = encodedIdentity(step.nqn, step.identity);
      if (!data.ok) return data;
      return toManager(fleet, step.primaryId, () =>
        setVirtualIdentity.encode({ vsid }, { data: data.value }),
      );
    },
  }),
  blockers: (step, fleet) =>
    onPrimary(fleet, step.primaryId, () => {
      const subsystem = named(fleet, step);
      return subsystem === undefined ? [goneWords(step)] : readersBlockers(fleet, subsystem);
    }),
  predict: (step, fleet) => changed(fleet, step, { identity: step.identity }),
  effect(step, fleet) {
    const identity = named(fleet, step)?.identity;
    return {
      holds: identity !== undefined && sameIdentity(identity, step.identity),
      readBack: `It reports ${identity === undefined ? 'nothing' : JSON.stringify(identity)}`,
    };
  },
  inverse(step, fleet) {
    const before = named(fleet, step);
    return before === undefined ? null : [{ ...step, identity: before.identity }];
  },
  sets: (step) => [{ object: idOf(step), aspect: 'identity', value: JSON.stringify(step.identity) }],
  scope: () => ({ virtualSubsystems: true }),
});

const setCapabilities = defineStep({
  schema: setCapabilitiesSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: (step, fleet) =>
    step.exposed.length === 0
      ? `Let ${virtualSubsystemTitle(step)} on ${titleOf(fleet, step.primaryId)} show every capability of its controllers`
      : `Narrow what ${virtualSubsystemTitle(step)} on ${titleOf(fleet, step.primaryId)} exposes, ${step.exposed.length} field${step.exposed.length === 1 ? '' : 's'}`,
  ...sends<SetCapabilities>({
    vsidOf: (step) => step.nqn,
    build(step, fleet, vsid) {
      const data = encodeExposedCapabilities({ entries: step.exposed.map(exposedToWire), reserved: [] });
      if (!data.ok) return data;
      return toManager(fleet, step.primaryId, () =>
        setExposedCapabilities.encode({ vsid }, { data: data.value }),
      );
    },
  }),
  blockers: (step, fleet) =>
    onPrimary(fleet, step.primaryId, (primary) => {
      const subsystem = named(fleet, step);
      if (subsystem === undefined) return [goneWords(step)];
      const attached = membersOf(fleet, subsystem).flatMap((member) =>
        member.attachedNamespaces.map((nsid) => ({
          nsid,
          formatIndex: fleet.namespaces[namespaceIdOf(member.subsystemId, nsid)]?.formatIndex,
        })),
      );
      return [...maskBlockers(primary, step.exposed, attached), ...readersBlockers(fleet, subsystem)];
    }),
  predict: (step, fleet) => changed(fleet, step, { exposed: step.exposed }),
  effect(step, fleet) {
    const exposed = named(fleet, step)?.exposed;
    return {
      holds: exposed !== undefined && sameMask(exposed, step.exposed),
      readBack: `It reports ${exposed?.length ?? 'no'} narrowed fields`,
    };
  },
  inverse(step, fleet) {
    const before = named(fleet, step);
    return before === undefined ? null : [{ ...step, exposed: before.exposed }];
  },
  sets: (step) => [{ object: idOf(step), aspect: 'mask', value: JSON.stringify(step.exposed) }],
  scope: () => ({ virtualSubsystems: true }),
});

const remove = defineStep({
  schema: deleteSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: (step) => `Delete virtual subsystem ${virtualSubsystemTitle(step)}`,
  ...sends<Delete>({
    vsidOf: (step) => step.nqn,
    build: (step, fleet, vsid) =>
      toManager(fleet, step.primaryId, () => deleteVirtualSubsystem.encode({ vsid })),
  }),
  blockers(step, fleet) {
    const subsystem = named(fleet, step);
    if (subsystem === undefined) return [goneWords(step)];
    const count = subsystem.members.length;
    return count === 0
      ? []
      : [
          `${virtualSubsystemTitle(subsystem)} still has ${count} member${count === 1 ? '' : 's'}. Remove them first.`,
        ];
  },
  predict(step, fleet) {
    const { [idOf(step)]: _gone, ...rest } = fleet.virtualSubsystems;
    return { ...fleet, virtualSubsystems: rest };
  },
  effect: (step, fleet) => existenceEffect(fleet, step, false),
  inverse(step, fleet): (Create | SetCapabilities)[] | null {
    const subsystem = named(fleet, step);
    if (subsystem === undefined) return null;
    const { primaryId, nqn: name, primaryVirtualId, identity, exposed } = subsystem;
    const again: Create = {
      ...{ kind: 'virtual-subsystem-create', primaryId, nqn: name, primaryVirtualId, identity },
    };
    return exposed.length === 0
      ? [again]
      : [again, { kind: 'virtual-subsystem-set-capabilities', primaryId, nqn: name, exposed }];
  },
  sets: (step) => [{ object: idOf(step), aspect: 'existence', value: false }],
  scope: () => ({ virtualSubsystems: true }),
});

const addMember = defineStep({
  schema: addSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: (step, fleet) =>
    `Add ${titleOf(fleet, step.secondaryId)} to ${virtualSubsystemTitle(step)} as virtual id ${step.virtualControllerId}`,
  ...sends<Add>({
    vsidOf: (step) => step.nqn,
    build: (step, fleet, vsid) =>
      toManager(fleet, step.secondaryId, (cntlid) =>
        addVirtualController.encode({ cntlid, vsid, vcid: step.virtualControllerId }),
      ),
  }),
  blockers: (step, fleet) =>
    onSecondary(fleet, step.secondaryId, (secondary) => {
      const subsystem = named(fleet, { primaryId: secondary.primaryId, nqn: step.nqn });
      if (subsystem === undefined) return [goneWords(step)];
      const reasons: string[] = [];
      const current = virtualSubsystemOf(fleet, secondary);
      if (current !== undefined)
        reasons.push(`${controllerTitle(secondary)} is a member of ${virtualSubsystemTitle(current)}.`);
      const taken =
        subsystem.primaryVirtualId === step.virtualControllerId ||
        subsystem.members.some((member) => member.virtualControllerId === step.virtualControllerId);
      if (taken)
        reasons.push(
          `Virtual id ${step.virtualControllerId} is taken in ${virtualSubsystemTitle(subsystem)}.`,
        );
      return [...reasons, ...guestBlockers(fleet, secondary)];
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
  ...sends<Remove>({
    vsidOf: (step) => step.nqn,
    build: (step, fleet, vsid) =>
      toManager(fleet, step.secondaryId, (cntlid) => removeVirtualController.encode({ cntlid, vsid })),
  }),
  blockers: (step, fleet) =>
    onSecondary(fleet, step.secondaryId, (secondary) =>
      secondary.virtualSubsystemId === virtualSubsystemIdOf(secondary.primaryId, step.nqn)
        ? guestBlockers(fleet, secondary)
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

export const virtualSubsystemSteps = {
  'virtual-subsystem-create': create,
  'virtual-subsystem-set-identity': setIdentity,
  'virtual-subsystem-set-capabilities': setCapabilities,
  'virtual-subsystem-delete': remove,
  'virtual-subsystem-add': addMember,
  'virtual-subsystem-remove': removeMember,
};

function encodedIdentity(name: string, identity: VirtualIdentity): Result<Uint8Array> {
  return encodeVirtualSubsystemIdentity(identityToWire(name, identity));
}

function idOf({ primaryId, nqn: name }: Named): string {
  return virtualSubsystemIdOf(primaryId, name);
}

function named(fleet: Fleet, of: Named): VirtualSubsystem | undefined {
  return fleet.virtualSubsystems[idOf(of)];
}

function goneWords(step: { readonly nqn: string }): string {
  return `The virtual subsystem ${step.nqn} is gone.`;
}

function membersOf(fleet: Fleet, { members }: VirtualSubsystem): SecondaryController[] {
  return members.flatMap(({ controllerId }) => findSecondary(fleet, controllerId) ?? []);
}

/** Who has read the old answers must not find others: the device refuses with Command Sequence Error. */
function readersBlockers(fleet: Fleet, subsystem: VirtualSubsystem): string[] {
  return membersOf(fleet, subsystem).flatMap((member) => {
    const machine = machineOf(fleet, member);
    if (machine !== undefined && machine.state !== 'stopped')
      return [
        `${controllerTitle(member)} is used by ${machine.name} (${machine.state}), which has read the present answers. Take it out of the virtual machine first.`,
      ];
    return member.driver === 'nvme' && member.online
      ? [`${controllerTitle(member)} is used by the host's nvme driver. Unbind it first.`]
      : [];
  });
}

function withSubsystem(fleet: Fleet, subsystem: VirtualSubsystem): Fleet {
  return { ...fleet, virtualSubsystems: { ...fleet.virtualSubsystems, [subsystem.id]: subsystem } };
}

function changed(fleet: Fleet, of: Named, change: Partial<VirtualSubsystem>): Fleet {
  const subsystem = named(fleet, of);
  return subsystem === undefined ? fleet : withSubsystem(fleet, { ...subsystem, ...change });
}

/** `virtualControllerId` null: no longer a member. */
function withMember(
  fleet: Fleet,
  { secondaryId, nqn: name }: { readonly secondaryId: string; readonly nqn: string },
  virtualControllerId: number | null,
): Fleet {
  const secondary = findSecondary(fleet, secondaryId);
  const subsystem = secondary && named(fleet, { primaryId: secondary.primaryId, nqn: name });
  if (subsystem === undefined) return fleet;
  const members = subsystem.members.filter((member) => member.controllerId !== secondaryId);
  if (virtualControllerId !== null) members.push({ controllerId: secondaryId, virtualControllerId });
  members.sort((left, right) => left.virtualControllerId - right.virtualControllerId);
  const virtualSubsystemId = virtualControllerId === null ? null : subsystem.id;
  const next = withSecondary(fleet, secondaryId, { virtualSubsystemId, virtualControllerId });
  return withSubsystem(next, { ...subsystem, members });
}

function existenceEffect(fleet: Fleet, step: Named, wanted: boolean): StepEffect {
  const exists = named(fleet, step) !== undefined;
  return {
    holds: exists === wanted,
    readBack: `${virtualSubsystemTitle(step)} is ${exists ? '' : 'not '}listed`,
  };
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

function identityWords(identity: VirtualIdentity): string {
  const { serialNumber, modelNumber, firmwareRevision, ieee, fguid, pci } = identity;
  const parts = [
    serialNumber === '' ? '' : `SN ${serialNumber}`,
    modelNumber === '' ? '' : `MN ${modelNumber}`,
    firmwareRevision === '' ? '' : `FR ${firmwareRevision}`,
    ieee === undefined ? '' : `IEEE ${ieee.toString(16).padStart(6, '0')}`,
    fguid === undefined ? '' : `FGUID ${fguid}`,
    pci === undefined ? '' : `PCI ${pciWords(pci)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'of the hardware' : parts.join(', ');
}
