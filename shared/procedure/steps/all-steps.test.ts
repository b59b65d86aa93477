import { describe, expect, it } from 'vitest';
import type { Fleet, PrimaryController } from '../../fleet/schema.ts';
import { defaultPreCopyOptions } from '../../migration/pre-copy/options.ts';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { definitionOf, type Step, type StepKind, type StepOf, stepDefinitions, stepSchema } from '../step.ts';
import { stepHostIds } from '../step-hosts.ts';

const primaryId = 'hv-b/0000:41:00.0';
const free = `${primaryId}/3`;
const used = 'hv-a/0000:41:00.0/1';
const virtualMachineId = 'hv-a:db-primary';
const nqn = 'nqn.2026-11.io.berth:sample';
const identity = { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' };

const create: Step = { kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId: 1, identity };
const member: Step = { kind: 'virtual-subsystem-add', secondaryId: free, nqn, virtualControllerId: 7 };
const resources: Step[] = [
  { kind: 'secondary-assign', secondaryId: free, resource: 'VI', count: 2 },
  { kind: 'secondary-assign', secondaryId: free, resource: 'VQ', count: 4 },
];
const online: Step[] = [...resources, { kind: 'secondary-online', secondaryId: free }];
const shown: Step = { kind: 'set-driver', controllerId: free, driver: 'vfio-pci' };
const narrowed: Step = {
  ...{ kind: 'virtual-subsystem-set-capabilities', primaryId, nqn },
  exposed: [{ structure: 'resources', offset: 0, size: 2, rule: 'at-most', value: '0x8' }],
};
const provisioned: Step = { kind: 'function-provision', primaryId, cntlid: 0x80 };
const provisionedId = `${primaryId}/128`;

/** One step of every kind, and the steps before it after which it can run on `sampleFleet`. */
const samples: { readonly [Kind in StepKind]: readonly [step: StepOf<Kind>, ...before: Step[]] } = {
  'secondary-offline': [{ kind: 'secondary-offline', secondaryId: free }, ...online],
  'secondary-assign': [{ kind: 'secondary-assign', secondaryId: free, resource: 'VQ', count: 4 }],
  'secondary-online': [{ kind: 'secondary-online', secondaryId: free }, ...resources],
  'primary-allocate': [{ kind: 'primary-allocate', primaryId, resource: 'VQ', count: 4 }],
  'set-vf-count': [{ kind: 'set-vf-count', primaryId, count: 0 }],
  'set-drivers-autoprobe': [{ kind: 'set-drivers-autoprobe', primaryId, enabled: true }],
  'function-level-reset': [{ kind: 'function-level-reset', controllerId: free }],
  'controller-reset': [{ kind: 'controller-reset', controllerId: primaryId }],
  'subsystem-reset': [{ kind: 'subsystem-reset', controllerId: primaryId }],
  'set-driver': [{ kind: 'set-driver', controllerId: free, driver: 'vfio-pci' }],
  'attach-namespace': [{ kind: 'attach-namespace', controllerId: free, nsid: 1 }],
  'detach-namespace': [
    { kind: 'detach-namespace', controllerId: free, nsid: 2 },
    { kind: 'attach-namespace', controllerId: free, nsid: 2 },
  ],
  'virtual-subsystem-create': [
    { kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId: 1, identity },
  ],
  'virtual-subsystem-set-identity': [
    {
      ...{ kind: 'virtual-subsystem-set-identity', primaryId, nqn },
      identity: { ...identity, modelNumber: 'N' },
    },
    create,
  ],
  'virtual-subsystem-set-capabilities': [
    { kind: 'virtual-subsystem-set-capabilities', primaryId, nqn, exposed: [] },
    create,
    narrowed,
  ],
  'virtual-subsystem-delete': [{ kind: 'virtual-subsystem-delete', primaryId, nqn }, create, narrowed],
  'virtual-subsystem-add': [
    { kind: 'virtual-subsystem-add', secondaryId: free, nqn, virtualControllerId: 7 },
    create,
  ],
  'virtual-subsystem-remove': [{ kind: 'virtual-subsystem-remove', secondaryId: free, nqn }, create, member],
  'function-provision': [{ kind: 'function-provision', primaryId, cntlid: 0x80 }],
  'function-destroy': [
    { kind: 'function-destroy', primaryId, cntlid: 0x80 },
    provisioned,
    { kind: 'secondary-assign', secondaryId: provisionedId, resource: 'VQ', count: 4 },
    { kind: 'attach-namespace', controllerId: provisionedId, nsid: 1 },
    { kind: 'function-set-migration', secondaryId: provisionedId, enabled: true },
  ],
  'function-set-migration': [
    { kind: 'function-set-migration', secondaryId: provisionedId, enabled: true },
    provisioned,
  ],
  'function-set-visible': [{ kind: 'function-set-visible', secondaryId: free, visible: false }],
  'vm-attach-device': [{ kind: 'vm-attach-device', virtualMachineId, controllerId: free }, shown],
  'vm-detach-device': [{ kind: 'vm-detach-device', virtualMachineId, controllerId: `${used.slice(0, -1)}2` }],
  'vm-create-incoming': [
    { kind: 'vm-create-incoming', hostId: 'hv-b', name: 'new', vcpus: 2, memoryBytes: 2 ** 30 },
  ],
  'vm-pause': [{ kind: 'vm-pause', virtualMachineId }],
  'vm-resume': [
    { kind: 'vm-resume', virtualMachineId },
    { kind: 'vm-pause', virtualMachineId },
  ],
  'vm-send-memory': [{ kind: 'vm-send-memory', virtualMachineId, destinationHostId: 'hv-b' }],
  'vm-track-memory': [{ kind: 'vm-track-memory', virtualMachineId, tracking: true }],
  'vm-pre-copy': [
    {
      ...{ kind: 'vm-pre-copy', virtualMachineId, destinationHostId: 'hv-b', earlyState: [], queues: [4] },
      ...{ downtimeBudgetMilliseconds: 300, options: defaultPreCopyOptions },
    },
  ],
  'user-data-log': [{ kind: 'user-data-log', controllerId: used, slots: 64, logging: true }],
  'user-data-send': [
    {
      ...{ kind: 'user-data-send', virtualMachineId, destinationHostId: 'hv-b' },
      devices: [
        {
          ...{ sourceId: used, destinationId: free },
          namespaces: [{ source: 1, destination: 1, blocks: 1000, blockSize: 512 }],
        },
      ],
      downtimeBudgetMilliseconds: 300,
    },
  ],
  'vm-destroy': [{ kind: 'vm-destroy', virtualMachineId }],
  'vfio-set-state': [{ kind: 'vfio-set-state', controllerId: used, state: 'STOP' }],
  'vfio-transfer-state': [
    { kind: 'vfio-transfer-state', sourceId: used, destinationId: free },
    shown,
    { kind: 'vfio-set-state', controllerId: free, state: 'RESUMING' },
  ],
  'migration-proof': [
    {
      ...{ kind: 'migration-proof', stage: 'loaded', virtualMachineId: 'hv-b:new' },
      controllerIds: [free],
    },
    { kind: 'vm-create-incoming', hostId: 'hv-b', name: 'new', vcpus: 2, memoryBytes: 2 ** 30 },
  ],
};

/** What no step can take back: everything else has an inverse that leads back. */
const final: readonly StepKind[] = ['controller-reset', 'subsystem-reset', 'vm-destroy'];
/** What leaves nothing that could be read afterwards. */
const traceless: readonly StepKind[] = [
  ...(['function-level-reset', 'controller-reset', 'subsystem-reset', 'primary-allocate'] as const),
  ...(['vm-send-memory', 'vm-pre-copy', 'vfio-transfer-state', 'migration-proof'] as const),
  'user-data-send',
];

function sampleFleet(): Fleet {
  const fleet = migrationFleet();
  for (const machine of Object.values(fleet.virtualMachines))
    Object.assign(machine, { tracksMemory: false, throttlePercent: 0 });
  const primary = fleet.controllers[primaryId] as PrimaryController;
  primary.functions = {
    ...{ manage: { available: true }, provision: { available: true } },
    ...{ maximumProvisioned: 4, firstCntlid: 0x80 },
  };
  return fleet;
}

const predicted = (fleet: Fleet, steps: readonly Step[]): Fleet =>
  steps.reduce((next, step) => definitionOf(step).predict(step, next), fleet);

/** Without what the kernel gives a function when it appears, which no plan can foresee. */
function essence(fleet: Fleet): unknown {
  const controllers = Object.values(fleet.controllers).map((controller) => ({
    ...controller,
    ...{ pciAddress: '', deviceName: '', iommuGroup: '', vfioOffer: '' },
  }));
  return { ...fleet, controllers };
}

describe('every kind of step', () => {
  const kinds = Object.keys(stepDefinitions) as StepKind[];

  it('has a sample, and stands in the table under its own kind', () => {
    expect(Object.keys(samples).sort()).toEqual([...kinds].sort());
    for (const kind of kinds) expect(stepDefinitions[kind].schema.shape.kind.value).toBe(kind);
    expect(stepSchema.options).toHaveLength(kinds.length);
  });

  it.each(kinds)('%s has every part, and its parts agree', (kind) => {
    const [step, ...before] = samples[kind] as readonly [Step, ...Step[]];
    const fleet = predicted(sampleFleet(), before);
    const definition = definitionOf(step);
    expect(stepSchema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
    expect(definition.blockers(step, fleet)).toEqual([]);

    const words = definition.words(step, fleet);
    expect(words).toMatch(/^[A-Z].{8,}$/);
    for (const nvmeCli of ['2.x', '3.x'] as const) {
      const lines = definition.commandLines(step, { fleet, nvmeCli });
      // QEMU begins and ends that with the migration itself.
      expect(lines.length > 0).toBe(kind !== 'vm-track-memory');
      expect([words, ...lines].join('\n')).not.toMatch(/undefined|null|unknown|\[object/);
    }

    // It is somewhere: on a host of the fleet, and what an admin command changes is read again.
    const hosts = stepHostIds(step, fleet);
    expect(hosts.length).toBeGreaterThan(0);
    for (const host of hosts) expect(Object.keys(fleet.hosts)).toContain(host);
    if (definition.command !== null) {
      expect(definition.command.build(step, fleet, 1)).toMatchObject({ ok: true });
      expect(definition.scope(step, fleet)).not.toBeNull();
    }

    // What it foresees is what it looks for afterwards.
    const after = definition.predict(step, fleet);
    expect(definition.effect(step, after)).toMatchObject({ holds: true });
    expect(definition.effect(step, after).readBack).not.toMatch(/undefined|null/);
    expect(definition.sets(step).length === 0).toBe(traceless.includes(kind));
    if (!traceless.includes(kind)) expect(definition.effect(step, fleet).holds).toBe(false);

    const inverse = definition.inverse(step, fleet);
    expect(inverse === null).toBe(final.includes(kind));
    if (inverse === null) return;
    for (const back of inverse) expect(() => stepSchema.parse(back)).not.toThrow();
    expect(essence(predicted(after, inverse))).toEqual(essence(fleet));
  });
});
