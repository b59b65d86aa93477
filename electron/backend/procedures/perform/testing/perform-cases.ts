// More than 400 lines: one case for each kind of step, in one table that does not compile while a kind lacks its case.

import { expect } from 'vitest';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { Step, StepKind, StepOf } from '#shared/procedure/step.ts';
import type { BerthError } from '#shared/result.ts';

/** A step that applies, what comes before and behind it, and the same kind of step as it is refused. */
export interface PerformCase<S extends Step = Step> {
  readonly before?: readonly Step[];
  readonly step: S;
  /** What it leaves behind for the report of a migration; left out: nothing. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Steps without which nothing could be read of what this one did. */
  readonly after?: readonly Step[];
  readonly refused: {
    readonly before?: readonly Step[];
    readonly step: S;
    /** What somebody else does between the last reading of the fleet and the step. */
    readonly meanwhile?: readonly Step[];
    readonly error: { readonly code: BerthError['code']; readonly object: string; readonly message: RegExp };
  };
}

const drive = 'hv-a/0000:41:00.0';
/** Online, without a driver, in no virtual machine. */
const free = `${drive}/1`;
const inGuest = `${drive}/3`;
const nqnInUse = 'nqn.2026-11.io.berth:my_v_nqn_1';
const fixed = 'hv-b/0000:81:00.0';
/** A drive behind a primary on each host; that of hv-b has no function yet. */
const unused = 'hv-b/0000:91:00.0';
const provisioning = 'hv-a/0000:91:00.0';
const shownId = `${provisioning}/256`;
const newCntlid = 0x101;
const newId = `${provisioning}/${newCntlid}`;
const virtualMachineId = 'hv-a:db-primary';
const memoryBytes = 32 * 2 ** 30;
const otherMachineId = 'hv-a:web-07';
const sysfs = '/sys/bus/pci';
const nqn = 'nqn.2026-11.io.berth:sample';
const identity = { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' };

const create: Step = {
  kind: 'virtual-subsystem-create',
  primaryId: drive,
  nqn,
  primaryVirtualId: 1,
  identity,
};
const online: Step[] = [
  { kind: 'secondary-assign', secondaryId: free, resource: 'VI', count: 2 },
  { kind: 'secondary-assign', secondaryId: free, resource: 'VQ', count: 4 },
  { kind: 'secondary-online', secondaryId: free },
];
const shown: Step = { kind: 'set-driver', controllerId: free, driver: 'vfio-pci' };
const provision: Step = { kind: 'function-provision', primaryId: provisioning, cntlid: newCntlid };
const destroy: Step = { kind: 'function-destroy', primaryId: provisioning, cntlid: newCntlid };
const incoming: Step = {
  ...{ kind: 'vm-create-incoming', hostId: 'hv-b', name: 'db-primary' },
  ...{ vcpus: 8, memoryBytes },
};
const preCopy: StepOf<'vm-pre-copy'> = {
  ...{ kind: 'vm-pre-copy', virtualMachineId, destinationHostId: 'hv-b' },
  ...{ earlyState: [], queues: [8, 8], downtimeBudgetMilliseconds: 300, options: defaultPreCopyOptions },
};
/** Onto itself: both hosts have the same drive. */
const sendUserData: StepOf<'user-data-send'> = {
  ...{ kind: 'user-data-send', virtualMachineId, destinationHostId: 'hv-b', downtimeBudgetMilliseconds: 300 },
  devices: [
    {
      ...{ sourceId: inGuest, destinationId: 'hv-b/0000:01:00.0/70' },
      namespaces: [{ source: 2, destination: 2, blocks: 100, blockSize: 4096 }],
    },
  ],
};
const withoutFunctions: Step = { kind: 'set-vf-count', primaryId: fixed, count: 0 };

/** One of every kind, on the two hosts of the built-in fleet with a drive that provisions functions; a kind without a case does not compile. */
export const performCases: { readonly [Kind in StepKind]: PerformCase<StepOf<Kind>> } = {
  'secondary-offline': {
    before: online,
    step: { kind: 'secondary-offline', secondaryId: free },
    refused: {
      before: [provision],
      step: { kind: 'secondary-offline', secondaryId: newId },
      meanwhile: [destroy],
      error: { code: 'device-status', object: 'hv-a/nvme9', message: /Invalid Controller Identifier/ },
    },
  },
  'secondary-assign': {
    step: { kind: 'secondary-assign', secondaryId: free, resource: 'VQ', count: 4 },
    refused: {
      step: { kind: 'secondary-assign', secondaryId: free, resource: 'VQ', count: 17 },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Number of Controller/ },
    },
  },
  'secondary-online': {
    before: online.slice(0, 2),
    step: { kind: 'secondary-online', secondaryId: free },
    refused: {
      step: { kind: 'secondary-online', secondaryId: free },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Secondary Controller State/ },
    },
  },
  'primary-allocate': {
    step: { kind: 'primary-allocate', primaryId: unused, resource: 'VQ', count: 4 },
    // In force from then on.
    after: [{ kind: 'function-level-reset', controllerId: unused }],
    refused: {
      step: { kind: 'primary-allocate', primaryId: drive, resource: 'VQ', count: 999 },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Number of Controller/ },
    },
  },
  'set-vf-count': {
    step: { kind: 'set-vf-count', primaryId: fixed, count: 0 },
    refused: {
      step: { kind: 'set-vf-count', primaryId: fixed, count: 17 },
      error: {
        code: 'invalid-request',
        object: `${sysfs}/devices/0000:81:00.0/sriov_numvfs`,
        message: /out of range/,
      },
    },
  },
  'set-drivers-autoprobe': {
    step: { kind: 'set-drivers-autoprobe', primaryId: drive, enabled: true },
    refused: {
      step: { kind: 'set-drivers-autoprobe', primaryId: provisioning, enabled: true },
      error: {
        code: 'not-supported',
        object: `${sysfs}/devices/0000:91:00.0/sriov_drivers_autoprobe`,
        message: /Permission denied/,
      },
    },
  },
  'function-level-reset': {
    before: [...online, shown, { kind: 'vfio-set-state', controllerId: free, state: 'STOP' }],
    step: { kind: 'function-level-reset', controllerId: free },
    refused: {
      step: { kind: 'function-level-reset', controllerId: `${fixed}/8` },
      meanwhile: [withoutFunctions],
      error: { code: 'not-found', object: `${sysfs}/devices/0000:81:00.1/reset`, message: /No such file/ },
    },
  },
  'controller-reset': {
    step: { kind: 'controller-reset', controllerId: fixed },
    refused: {
      step: { kind: 'controller-reset', controllerId: free },
      error: { code: 'refused', object: '0000:41:00.2', message: /not bound to the nvme driver/ },
    },
  },
  'subsystem-reset': {
    step: { kind: 'subsystem-reset', controllerId: fixed },
    refused: {
      step: { kind: 'subsystem-reset', controllerId: `${fixed}/8` },
      meanwhile: [withoutFunctions],
      error: { code: 'not-found', object: '0000:81:00.1', message: /no NVMe function/ },
    },
  },
  'set-driver': {
    step: { kind: 'set-driver', controllerId: free, driver: 'vfio-pci' },
    refused: {
      step: { kind: 'set-driver', controllerId: inGuest, driver: 'nvme' },
      error: { code: 'busy', object: `${sysfs}/drivers/vfio-pci/unbind`, message: /db-primary uses/ },
    },
  },
  'attach-namespace': {
    step: { kind: 'attach-namespace', controllerId: free, nsid: 1 },
    refused: {
      step: { kind: 'attach-namespace', controllerId: free, nsid: 4 },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Namespace Is Private/ },
    },
  },
  'detach-namespace': {
    before: [{ kind: 'attach-namespace', controllerId: free, nsid: 2 }],
    step: { kind: 'detach-namespace', controllerId: free, nsid: 2 },
    refused: {
      step: { kind: 'detach-namespace', controllerId: free, nsid: 2 },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Namespace Not Attached/ },
    },
  },
  'virtual-subsystem-create': {
    step: { kind: 'virtual-subsystem-create', primaryId: drive, nqn, primaryVirtualId: 1, identity },
    refused: {
      step: {
        ...{ kind: 'virtual-subsystem-create', primaryId: drive, nqn: nqnInUse },
        ...{ primaryVirtualId: 1, identity },
      },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid NVM Subsystem/ },
    },
  },
  'virtual-subsystem-set-identity': {
    before: [create],
    step: {
      ...{ kind: 'virtual-subsystem-set-identity', primaryId: drive, nqn },
      identity: { ...identity, modelNumber: 'N' },
    },
    refused: {
      step: { kind: 'virtual-subsystem-set-identity', primaryId: drive, nqn, identity },
      error: { code: 'not-found', object: nqn, message: /no virtual subsystem/ },
    },
  },
  'virtual-subsystem-set-capabilities': {
    before: [create],
    step: {
      ...{ kind: 'virtual-subsystem-set-capabilities', primaryId: drive, nqn },
      exposed: [{ structure: 'resources', offset: 0, size: 2, rule: 'at-most', value: '0x8' }],
    },
    refused: {
      before: [create],
      step: {
        ...{ kind: 'virtual-subsystem-set-capabilities', primaryId: drive, nqn },
        // A guest without a queue could do nothing.
        exposed: [{ structure: 'resources', offset: 0, size: 2, rule: 'at-most', value: '0x0' }],
      },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Field/ },
    },
  },
  'virtual-subsystem-delete': {
    before: [create],
    step: { kind: 'virtual-subsystem-delete', primaryId: drive, nqn },
    refused: {
      step: { kind: 'virtual-subsystem-delete', primaryId: drive, nqn: nqnInUse },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Command Sequence Error/ },
    },
  },
  'virtual-subsystem-add': {
    before: [create],
    step: { kind: 'virtual-subsystem-add', secondaryId: free, nqn, virtualControllerId: 7 },
    refused: {
      step: { kind: 'virtual-subsystem-add', secondaryId: free, nqn: nqnInUse, virtualControllerId: 20 },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Controller Identifier/ },
    },
  },
  'virtual-subsystem-remove': {
    before: [create, { kind: 'virtual-subsystem-add', secondaryId: free, nqn, virtualControllerId: 7 }],
    step: { kind: 'virtual-subsystem-remove', secondaryId: free, nqn },
    refused: {
      step: { kind: 'virtual-subsystem-remove', secondaryId: free, nqn: nqnInUse },
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Controller Identifier/ },
    },
  },
  'function-provision': {
    step: { kind: 'function-provision', primaryId: provisioning, cntlid: newCntlid },
    refused: {
      step: { kind: 'function-provision', primaryId: provisioning, cntlid: 0x100 },
      error: { code: 'device-status', object: 'hv-a/nvme9', message: /Invalid Controller Identifier/ },
    },
  },
  'function-destroy': {
    before: [provision],
    step: { kind: 'function-destroy', primaryId: provisioning, cntlid: newCntlid },
    refused: {
      step: { kind: 'function-destroy', primaryId: provisioning, cntlid: 0x100 },
      error: { code: 'device-status', object: 'hv-a/nvme9', message: /Command Sequence Error/ },
    },
  },
  'function-set-migration': {
    before: [provision],
    step: { kind: 'function-set-migration', secondaryId: newId, enabled: true },
    refused: {
      step: { kind: 'function-set-migration', secondaryId: shownId, enabled: false },
      error: { code: 'device-status', object: 'hv-a/nvme9', message: /Command Sequence Error/ },
    },
  },
  'function-set-visible': {
    before: [provision],
    step: { kind: 'function-set-visible', secondaryId: newId, visible: true },
    refused: {
      before: [{ kind: 'vm-attach-device', virtualMachineId, controllerId: shownId }],
      step: { kind: 'function-set-visible', secondaryId: shownId, visible: false },
      error: { code: 'device-status', object: 'hv-a/nvme9', message: /Command Sequence Error/ },
    },
  },
  'vm-attach-device': {
    before: [shown],
    step: { kind: 'vm-attach-device', virtualMachineId, controllerId: free },
    refused: {
      step: { kind: 'vm-attach-device', virtualMachineId: otherMachineId, controllerId: inGuest },
      error: { code: 'busy', object: '0000:41:00.4', message: /belongs to virtual machine db-primary/ },
    },
  },
  'vm-detach-device': {
    step: { kind: 'vm-detach-device', virtualMachineId, controllerId: inGuest },
    refused: {
      step: { kind: 'vm-detach-device', virtualMachineId: otherMachineId, controllerId: inGuest },
      error: { code: 'not-found', object: 'web-07', message: /does not own/ },
    },
  },
  'vm-create-incoming': {
    step: { kind: 'vm-create-incoming', hostId: 'hv-b', name: 'new', vcpus: 2, memoryBytes: 2 ** 30 },
    refused: {
      step: { kind: 'vm-create-incoming', hostId: 'hv-b', name: 'build-03', vcpus: 2, memoryBytes: 2 ** 30 },
      error: { code: 'conflict', object: 'build-03', message: /already has/ },
    },
  },
  'vm-pause': {
    step: { kind: 'vm-pause', virtualMachineId },
    refused: {
      before: [incoming],
      step: { kind: 'vm-pause', virtualMachineId: 'hv-b:db-primary' },
      error: { code: 'refused', object: 'db-primary', message: /is incoming/ },
    },
  },
  'vm-resume': {
    before: [{ kind: 'vm-pause', virtualMachineId }],
    step: { kind: 'vm-resume', virtualMachineId },
    refused: {
      before: [incoming],
      step: { kind: 'vm-resume', virtualMachineId: 'hv-b:db-primary' },
      error: { code: 'refused', object: 'db-primary', message: /has not received its memory/ },
    },
  },
  'vm-send-memory': {
    before: [incoming, { kind: 'vm-pause', virtualMachineId }],
    step: { kind: 'vm-send-memory', virtualMachineId, destinationHostId: 'hv-b' },
    facts: {
      memory: {
        ...{ bytes: memoryBytes, sentBytes: memoryBytes },
        ...{
          checksum: expect.stringMatching(/^[0-9a-f]{16}$/),
          arrived: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
    },
    // A machine without its memory does not run.
    after: [{ kind: 'vm-resume', virtualMachineId: 'hv-b:db-primary' }],
    refused: {
      before: [{ kind: 'vm-pause', virtualMachineId }],
      step: { kind: 'vm-send-memory', virtualMachineId, destinationHostId: 'hv-b' },
      error: { code: 'not-found', object: 'db-primary', message: /hv-b has no virtual machine/ },
    },
  },
  'vm-track-memory': {
    step: { kind: 'vm-track-memory', virtualMachineId, tracking: true },
    refused: {
      step: { kind: 'vm-track-memory', virtualMachineId, tracking: true },
      meanwhile: [
        { kind: 'vm-pause', virtualMachineId },
        { kind: 'vm-destroy', virtualMachineId },
      ],
      error: { code: 'not-found', object: 'db-primary', message: /no virtual machine/ },
    },
  },
  'vm-pre-copy': {
    before: [incoming, { kind: 'vm-track-memory', virtualMachineId, tracking: true }],
    step: preCopy,
    facts: { words: expect.stringMatching(/^After 2 rounds/) },
    // A machine that received memory shows that only when it has all.
    after: [
      { kind: 'vm-pause', virtualMachineId },
      { kind: 'vm-send-memory', virtualMachineId, destinationHostId: 'hv-b', rest: true },
    ],
    refused: {
      before: [{ kind: 'vm-track-memory', virtualMachineId, tracking: true }],
      step: preCopy,
      error: { code: 'not-found', object: 'db-primary', message: /hv-b has no virtual machine/ },
    },
  },
  'user-data-log': {
    step: { kind: 'user-data-log', controllerId: inGuest, slots: 64, logging: true },
    refused: {
      step: { kind: 'user-data-log', controllerId: inGuest, slots: 64, logging: true },
      meanwhile: [{ kind: 'user-data-log', controllerId: inGuest, slots: 32, logging: true }],
      error: { code: 'device-status', object: 'hv-a/nvme1', message: /Invalid Field/ },
    },
  },
  'user-data-send': {
    before: [
      { kind: 'vm-pause', virtualMachineId },
      { kind: 'vfio-set-state', controllerId: inGuest, state: 'STOP' },
    ],
    step: sendUserData,
    facts: {
      userData: [
        expect.objectContaining({ nsid: 2, destinationNsid: 2, bytes: 409_600, sentBytes: 409_600 }),
      ],
    },
    // What a namespace holds the fleet does not say.
    after: [{ kind: 'vfio-set-state', controllerId: inGuest, state: 'RUNNING' }],
    refused: {
      step: sendUserData,
      error: { code: 'refused', object: 'hv-a', message: /Controller 3 of hv-a is not suspended/ },
    },
  },
  'vm-destroy': {
    before: [{ kind: 'vm-pause', virtualMachineId }],
    step: { kind: 'vm-destroy', virtualMachineId },
    refused: {
      step: { kind: 'vm-destroy', virtualMachineId },
      error: { code: 'refused', object: 'db-primary', message: /is running/ },
    },
  },
  'vfio-set-state': {
    step: { kind: 'vfio-set-state', controllerId: inGuest, state: 'STOP' },
    refused: {
      step: { kind: 'vfio-set-state', controllerId: free, state: 'STOP' },
      error: { code: 'not-supported', object: '0000:41:00.2', message: /not bound to vfio-pci/ },
    },
  },
  'vfio-transfer-state': {
    before: [
      { kind: 'vfio-set-state', controllerId: inGuest, state: 'STOP_COPY' },
      // As much as the source has, or it could not take the state in; and the namespace that the state names.
      { kind: 'attach-namespace', controllerId: free, nsid: 2 },
      { kind: 'secondary-assign', secondaryId: free, resource: 'VI', count: 4 },
      { kind: 'secondary-assign', secondaryId: free, resource: 'VQ', count: 8 },
      { kind: 'secondary-online', secondaryId: free },
      shown,
      { kind: 'vfio-set-state', controllerId: free, state: 'RESUMING' },
    ],
    step: { kind: 'vfio-transfer-state', sourceId: inGuest, destinationId: free },
    facts: { state: { sourceId: inGuest, bytes: expect.any(Uint8Array) } },
    // The device takes the state in, which it refuses when none came.
    after: [{ kind: 'vfio-set-state', controllerId: free, state: 'STOP' }],
    refused: {
      before: [{ kind: 'vfio-set-state', controllerId: inGuest, state: 'STOP_COPY' }, shown],
      step: { kind: 'vfio-transfer-state', sourceId: inGuest, destinationId: free },
      error: { code: 'refused', object: '0000:41:00.2', message: /no state can be written/ },
    },
  },
  'migration-proof': {
    step: {
      ...{ kind: 'migration-proof', stage: 'running', virtualMachineId },
      controllerIds: [inGuest],
    },
    // It only reads.
    after: [{ kind: 'vm-pause', virtualMachineId }],
    refused: {
      before: [{ kind: 'vm-pause', virtualMachineId }],
      step: {
        ...{ kind: 'migration-proof', stage: 'running', virtualMachineId },
        controllerIds: [inGuest],
      },
      error: { code: 'effect-missing', object: 'db-primary', message: /is paused/ },
    },
  },
};
