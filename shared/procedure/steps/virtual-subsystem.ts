import { z } from 'zod';
import { countWords } from '../../count-words.ts';
import { namespaceIdOf } from '../../fleet/ids.ts';
import { answersInUseBlockers } from '../../fleet/rules/secondary-use.ts';
import {
  type Fleet,
  type SecondaryController,
  type VirtualIdentity,
  type VirtualSubsystem,
  virtualIdentitySchema,
} from '../../fleet/schema.ts';
import {
  controllerFullTitle,
  findPrimary,
  findSecondary,
  virtualSubsystemTitle,
} from '../../fleet/selectors.ts';
import {
  createVirtualSubsystem,
  deleteVirtualSubsystem,
  setExposedCapabilities,
  setVirtualIdentity,
} from '../../nvme/commands/proposal/virtual-subsystem-management.ts';
import { encodeExposedCapabilities } from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { encodeVirtualSubsystemIdentity } from '../../nvme/layouts/proposal/virtual-subsystem-identity.ts';
import type { Result } from '../../result.ts';
import { tableWithout } from '../../tables.ts';
import { identityToWire, pciWords, sameIdentity } from '../../virtual-subsystem/identity/identity-wire.ts';
import { maskBlockers } from '../../virtual-subsystem/mask/check-mask.ts';
import {
  exposedMaskSchema,
  exposedToWire,
  sameMask,
} from '../../virtual-subsystem/mask/exposed-capability.ts';
import { defineStep, type StepEffect } from '../step-definition.ts';
import { sendsCommand, toManager } from './command.ts';
import { onPrimary } from './conditions.ts';
import { id, nqn, uint16 } from './fields.ts';
import {
  findNamedSubsystem,
  idOf,
  missingSubsystemWords,
  type Named,
  withSubsystem,
} from './named-subsystem.ts';
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

type Create = z.infer<typeof createSchema>;
type SetIdentity = z.infer<typeof setIdentitySchema>;
type SetCapabilities = z.infer<typeof setCapabilitiesSchema>;
type Delete = z.infer<typeof deleteSchema>;

const create = defineStep({
  schema: createSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: (step, fleet) =>
    `Create virtual subsystem ${virtualSubsystemTitle(step)} on ${titleOf(fleet, step.primaryId)}`,
  ...sendsCommand<Create>({
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
      findNamedSubsystem(fleet, step) === undefined
        ? []
        : [`${controllerFullTitle(fleet, primary)} already has a virtual subsystem ${step.nqn}.`],
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
  ...sendsCommand<SetIdentity>({
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
      const subsystem = findNamedSubsystem(fleet, step);
      return subsystem === undefined ? [missingSubsystemWords(step)] : readersBlockers(fleet, subsystem);
    }),
  predict: (step, fleet) => changed(fleet, step, { identity: step.identity }),
  effect(step, fleet) {
    const identity = findNamedSubsystem(fleet, step)?.identity;
    return {
      holds: identity !== undefined && sameIdentity(identity, step.identity),
      readBack: `It reports ${identity === undefined ? 'nothing' : JSON.stringify(identity)}`,
    };
  },
  inverse(step, fleet) {
    const before = findNamedSubsystem(fleet, step);
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
      : `Narrow what ${virtualSubsystemTitle(step)} on ${titleOf(fleet, step.primaryId)} exposes, ${countWords(step.exposed.length, 'field')}`,
  ...sendsCommand<SetCapabilities>({
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
      const subsystem = findNamedSubsystem(fleet, step);
      if (subsystem === undefined) return [missingSubsystemWords(step)];
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
    const exposed = findNamedSubsystem(fleet, step)?.exposed;
    return {
      holds: exposed !== undefined && sameMask(exposed, step.exposed),
      readBack: `It reports ${countWords(exposed?.length ?? 0, 'narrowed field')}`,
    };
  },
  inverse(step, fleet) {
    const before = findNamedSubsystem(fleet, step);
    return before === undefined ? null : [{ ...step, exposed: before.exposed }];
  },
  sets: (step) => [{ object: idOf(step), aspect: 'mask', value: JSON.stringify(step.exposed) }],
  scope: () => ({ virtualSubsystems: true }),
});

const remove = defineStep({
  schema: deleteSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: (step) => `Delete virtual subsystem ${virtualSubsystemTitle(step)}`,
  ...sendsCommand<Delete>({
    vsidOf: (step) => step.nqn,
    build: (step, fleet, vsid) =>
      toManager(fleet, step.primaryId, () => deleteVirtualSubsystem.encode({ vsid })),
  }),
  blockers(step, fleet) {
    const subsystem = findNamedSubsystem(fleet, step);
    if (subsystem === undefined) return [missingSubsystemWords(step)];
    const count = subsystem.members.length;
    return count === 0
      ? []
      : [
          `${virtualSubsystemTitle(subsystem)} still has ${countWords(count, 'member')}. Remove ${count === 1 ? 'it' : 'them'} first.`,
        ];
  },
  predict(step, fleet) {
    return { ...fleet, virtualSubsystems: tableWithout(fleet.virtualSubsystems, idOf(step)) };
  },
  effect: (step, fleet) => existenceEffect(fleet, step, false),
  inverse(step, fleet): (Create | SetCapabilities)[] | null {
    const subsystem = findNamedSubsystem(fleet, step);
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

export const virtualSubsystemSteps = {
  'virtual-subsystem-create': create,
  'virtual-subsystem-set-identity': setIdentity,
  'virtual-subsystem-set-capabilities': setCapabilities,
  'virtual-subsystem-delete': remove,
};

function encodedIdentity(name: string, identity: VirtualIdentity): Result<Uint8Array> {
  return encodeVirtualSubsystemIdentity(identityToWire(name, identity));
}

function membersOf(fleet: Fleet, { members }: VirtualSubsystem): SecondaryController[] {
  return members.flatMap(({ controllerId }) => findSecondary(fleet, controllerId) ?? []);
}

function readersBlockers(fleet: Fleet, subsystem: VirtualSubsystem): string[] {
  return membersOf(fleet, subsystem).flatMap((member) => answersInUseBlockers(fleet, member));
}

function changed(fleet: Fleet, of: Named, change: Partial<VirtualSubsystem>): Fleet {
  const subsystem = findNamedSubsystem(fleet, of);
  return subsystem === undefined ? fleet : withSubsystem(fleet, { ...subsystem, ...change });
}

function existenceEffect(fleet: Fleet, step: Named, wanted: boolean): StepEffect {
  const exists = findNamedSubsystem(fleet, step) !== undefined;
  return {
    holds: exists === wanted,
    readBack: `${virtualSubsystemTitle(step)} is ${exists ? '' : 'not '}listed`,
  };
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
