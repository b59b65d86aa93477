import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { ExposedCapability } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import type { TwinScenario } from '../../migration-rehearsal/live-through.ts';
import { requestFor } from '../../test-support/migration-request.ts';
import { twoDrives } from '../../test-support/two-drives.ts';
import { folderOnDisk } from './folder-on-disk.ts';
import { busyFleet, smallFleet, throttledFleet } from './small-fleet.ts';

const primaryId = 'hv-a/0000:41:00.0';
const subsystemOf = (name: string) => `${primaryId}|nqn.2026-11.io.berth:${name}`;
const identity = { serialNumber: 'BERTH-V9', modelNumber: 'Berth Virtual Drive', firmwareRevision: '2.0' };
const narrowed: ExposedCapability[] = [
  { structure: 'resources', offset: 0, size: 2, rule: 'at-most', value: '0x8' },
];

function free(fleet: Fleet, count: number): string[] {
  return Object.values(fleet.controllers)
    .flatMap((one) =>
      one.role === 'secondary' && one.primaryId === primaryId && isInPool(one) && one.pciAddress !== null
        ? [one.id]
        : [],
    )
    .slice(0, count);
}

function scenario(
  name: string,
  intent: TwinScenario['intent'],
  more: Pick<TwinScenario, 'abortAt' | 'folder'> = {},
): TwinScenario {
  return { name, fleet: smallFleet, intent, ...more };
}

export const assignments: readonly TwinScenario[] = [
  scenario(
    'assign to a virtual subsystem, with a namespace',
    (fleet) => ({
      kind: 'assign',
      secondaryIds: free(fleet, 1),
      target: { kind: 'virtual-subsystem', virtualSubsystemId: subsystemOf('my_v_nqn_1') },
      attach: [1],
    }),
    { abortAt: 4 },
  ),
  scenario(
    'assign two to a virtual machine',
    (fleet) => ({
      kind: 'assign',
      secondaryIds: free(fleet, 2),
      target: { kind: 'virtual-machine', virtualMachineId: 'hv-a:web-07' },
    }),
    { abortAt: 10 },
  ),
  scenario(
    'give a function of a virtual machine back to the pool',
    () => ({ kind: 'assign', secondaryIds: [`${primaryId}/9`], target: { kind: 'pool' } }),
    { abortAt: 3 },
  ),
  scenario(
    'take a secondary offline',
    () => ({ kind: 'set-online', secondaryIds: [`${primaryId}/5`], online: false }),
    { folder: folderOnDisk },
  ),
];

export const virtualSubsystems: readonly TwinScenario[] = [
  scenario(
    'create a virtual subsystem with a mask and two members',
    (fleet) => ({
      ...{
        kind: 'create-virtual-subsystem',
        primaryId,
        nqn: 'nqn.2026-11.io.berth:new',
        primaryVirtualId: 1,
      },
      identity,
      exposed: narrowed,
      members: free(fleet, 2).map((secondaryId, index) => ({ secondaryId, virtualControllerId: 40 + index })),
    }),
    { abortAt: 10 },
  ),
  scenario('change the identity of a virtual subsystem', () => ({
    kind: 'set-virtual-identity',
    virtualSubsystemIds: [subsystemOf('idle')],
    identity,
  })),
  scenario('narrow what a virtual subsystem exposes', () => ({
    kind: 'set-exposed-capabilities',
    virtualSubsystemIds: [subsystemOf('idle')],
    exposed: narrowed,
  })),
  scenario(
    'exchange the virtual ids of two members',
    () => ({
      kind: 'renumber-virtual-controllers',
      virtualSubsystemId: subsystemOf('idle'),
      members: [
        { secondaryId: `${primaryId}/5`, virtualControllerId: 31 },
        { secondaryId: `${primaryId}/6`, virtualControllerId: 30 },
      ],
    }),
    { abortAt: 2 },
  ),
  scenario('delete a virtual subsystem', () => ({
    kind: 'delete-virtual-subsystem',
    virtualSubsystemIds: [subsystemOf('empty')],
  })),
  scenario(
    'provision a function for a virtual machine in a new virtual subsystem',
    (fleet) => ({
      kind: 'provision',
      functions: { kind: 'existing', secondaryIds: free(fleet, 1) },
      into: {
        ...{ kind: 'new', nqn: 'nqn.2026-11.io.berth:new', primaryVirtualId: 1 },
        ...{ identity, exposed: narrowed },
      },
      ...{ attach: [1], enableMigration: true, visible: true, virtualMachineId: 'hv-a:web-07' },
    }),
    { abortAt: 10 },
  ),
];

function migration(name: string, virtualMachineId: string, abortAt: number): TwinScenario {
  return scenario(
    name,
    (fleet) => ({
      kind: 'migrate',
      request: requestFor(fleet, { virtualMachineId }),
    }),
    { abortAt },
  );
}

/** Each is aborted when its last device resumes at the destination: everything is to be taken back then. */
export const migrations: readonly TwinScenario[] = [
  migration('migrate a virtual machine with one function', 'hv-a:web-07', 18),
  migration('migrate a virtual machine with two functions', 'hv-a:db-primary', 36),
];

function preCopyMigration(name: string, fleet: TwinScenario['fleet'], budget: number): TwinScenario {
  return {
    ...{ name, fleet, abortAt: 38 },
    intent: (open) => ({
      kind: 'migrate',
      request: requestFor(open, {
        virtualMachineId: 'hv-a:db-primary',
        options: { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: budget },
      }),
    }),
  };
}

/** The same while the guest goes on, and writes. */
export const preCopyMigrations: readonly TwinScenario[] = [
  preCopyMigration('migrate a virtual machine with two functions while it goes on', busyFleet, 300),
];

/** The same with a guest that must be slowed down for it. */
export const throttledMigrations: readonly TwinScenario[] = [
  preCopyMigration('migrate a virtual machine that writes too much', throttledFleet, 60),
];

/** The same to a host with another drive: user data is copied too. */
export const userDataMigrations: readonly TwinScenario[] = [
  {
    name: 'migrate a virtual machine with its user data while it goes on',
    fleet: twoDrives,
    intent: (fleet) => ({
      kind: 'migrate',
      request: requestFor(fleet, {
        virtualMachineId: 'hv-a:db-primary',
        options: { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300 },
      }),
    }),
    abortAt: 40,
  },
];

/** Undoing is a procedure like any other. */
export const undos: readonly TwinScenario[] = [
  ...assignments.slice(1, 3),
  ...virtualSubsystems.slice(0, 1),
].map(({ name, fleet, intent }) => ({ name: `undo: ${name}`, fleet, intent, isUndone: true, abortAt: 3 }));
