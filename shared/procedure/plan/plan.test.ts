import { describe, expect, it } from 'vitest';
import type { Fleet, SecondaryController } from '../../fleet/schema.ts';
import { guestNqn, migrationFleet } from '../../test-support/migration-fleet.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { plan } from './plan.ts';

const fleet = migrationFleet();
const primaryId = 'hv-a/0000:41:00.0';
const inUse = `${primaryId}/1`;
const free = `${primaryId}/3`;
const virtualSubsystemId = `${primaryId}|${guestNqn}`;

function planned(intent: Intent, from: Fleet = fleet): Plan {
  const answer = plan(from, intent);
  if (!answer.ok) throw new Error(answer.error.details?.join('\n') ?? answer.error.message);
  return answer.value;
}

function refusal(intent: Intent, from: Fleet = fleet): string {
  const answer = plan(from, intent);
  if (answer.ok) throw new Error('not refused');
  expect(answer.error).toMatchObject({
    code: 'refused',
    object: expect.any(String),
    fix: expect.any(String),
  });
  return answer.error.details?.join('\n') ?? '';
}

const kinds = (of: Plan) => of.steps.map(({ step }) => step.kind);
const lines = (of: Plan) => of.steps.flatMap((step) => step.commandLines);

describe('assignment', () => {
  it('hands a free secondary to a virtual machine, with the shell lines that do the same', () => {
    const target = { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' } as const;
    const to = planned({ kind: 'assign', secondaryIds: [free], target, attach: [2] });
    expect(to.title).toBe('Assign VF 3 to db-primary');
    expect(lines(to)).toEqual([
      'nvme virt-mgmt /dev/nvme1 --cntlid=3 --rt=1 --act=8 --nr=2',
      'nvme virt-mgmt /dev/nvme1 --cntlid=3 --rt=0 --act=8 --nr=4',
      'echo 1 > /sys/bus/pci/devices/0000:41:00.3/reset',
      'nvme virt-mgmt /dev/nvme1 --cntlid=3 --rt=0 --act=9 --nr=0',
      'nvme attach-ns /dev/nvme1 --namespace-id=2 --controllers=3',
      'echo vfio-pci > /sys/bus/pci/devices/0000:41:00.3/driver_override',
      'echo 0000:41:00.3 > /sys/bus/pci/drivers/vfio-pci/bind',
      `virsh qemu-monitor-command "db-primary" --hmp 'device_add vfio-pci,id=nvme-0000-41-00.3,host=0000:41:00.3,enable-migration=on'`,
    ]);
    expect(kinds(to).at(-1)).toBe('vm-attach-device');
    expect(to.steps.every((step) => step.inverse !== null)).toBe(true);
    expect(to.consequences).toEqual([]);
  });

  it('warns of an empty drive', () => {
    const target = { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' } as const;
    expect(planned({ kind: 'assign', secondaryIds: [free], target }).consequences.join()).toContain(
      'empty drive',
    );
  });

  it('takes one back to the pool, kindest step first, and says who loses what', () => {
    const back = planned({ kind: 'assign', secondaryIds: [inUse], target: { kind: 'pool' } });
    expect(kinds(back)).toEqual([
      'vm-detach-device',
      'set-driver',
      'virtual-subsystem-remove',
      'detach-namespace',
      'detach-namespace',
      'secondary-offline',
    ]);
    expect(back.consequences).toEqual([
      'db-primary loses the drive behind VF 1 while it runs.',
      'VF 1 no longer reaches namespace 1, 2; the data stays on the drive.',
    ]);
    expect(back.steps.at(-1)?.inverse?.map((step) => step.kind)).toEqual([
      'secondary-assign',
      'secondary-assign',
      'function-level-reset',
      'secondary-online',
    ]);
  });

  it('enables missing virtual functions with drivers kept away, when none is in use', () => {
    const controllers = Object.fromEntries(
      Object.entries(fleet.controllers).map(([id, one]) => {
        if (one.role === 'primary') return [id, { ...one, numVfs: 0, driversAutoprobe: true }];
        const gone: Partial<SecondaryController> = {
          ...{ online: false, nvq: 0, nvi: 0, driver: null, pciAddress: null, vfioState: null },
          ...{ virtualMachineId: null, virtualSubsystemId: null, virtualControllerId: null },
        };
        return [id, { ...one, ...gone } as SecondaryController];
      }),
    );
    const subsystem = { ...fleet.virtualSubsystems[virtualSubsystemId]!, members: [] };
    const none = { ...fleet, controllers, virtualSubsystems: { [virtualSubsystemId]: subsystem } };
    const target = { kind: 'virtual-subsystem', virtualSubsystemId } as const;
    const to = planned({ kind: 'assign', secondaryIds: [free], target }, none);
    expect(lines(to).slice(0, 3)).toEqual([
      'echo 0 > /sys/bus/pci/devices/0000:41:00.0/sriov_drivers_autoprobe',
      'echo 3 > /sys/bus/pci/devices/0000:41:00.0/sriov_numvfs',
      'echo 1 > /sys/bus/pci/devices/0000:41:00.0/sriov_drivers_autoprobe',
    ]);
    expect(lines(to)).toContain('echo 1 > /sys/bus/pci/devices/0000:41:00.0/virtfn2/reset');
    expect(lines(to).at(-1)).toBe(
      `nvme virtual_subsys_add --dev=/dev/nvme1 --virtual_nqn="${guestNqn}" --secondary_cntlid=3 --secondary_dev_vcid=2`,
    );
  });
});

describe('refusals', () => {
  it('give every reason, not the first one only', () => {
    const identity = { serialNumber: 'x'.repeat(21), modelNumber: 'ü', firmwareRevision: '' };
    const reasons = refusal({
      ...{ kind: 'create-virtual-subsystem', primaryId, identity },
      ...{ nqn: `nqn.2026-11.io.berth:${'x'.repeat(223)}`, primaryVirtualId: 0xfff0 },
    });
    expect(reasons).toContain('223 are allowed');
    expect(reasons).toContain('serial number has 21 characters; at most 20 fit');
    expect(reasons).toContain('not printable ASCII');
    expect(reasons).toContain('Virtual id 65520 is reserved');
  });

  it('protect guests: no removal and no new driver while a virtual machine has it', () => {
    expect(refusal({ kind: 'remove-from-virtual-subsystem', secondaryIds: [inUse] })).toContain(
      'is in db-primary',
    );
    expect(refusal({ kind: 'set-driver', controllerIds: [inUse], driver: 'nvme' })).toContain(
      'is in db-primary',
    );
    expect(refusal({ kind: 'set-resources', secondaryIds: [inUse], vq: 4, vi: 2 })).toContain(
      'is in db-primary',
    );
    expect(
      refusal({ kind: 'delete-virtual-subsystem', virtualSubsystemIds: [virtualSubsystemId] }),
    ).toContain('still has 2 members');
  });

  it('know the limits of the device', () => {
    expect(refusal({ kind: 'set-vf-count', primaryIds: [primaryId], count: 7 })).toContain('TotalVFs');
    expect(refusal({ kind: 'allocate-to-primary', primaryIds: [primaryId], vq: 65, vi: 0 })).toContain(
      'only 64 flexible VQ in total; 65 were requested',
    );
    expect(refusal({ kind: 'set-online', secondaryIds: [free], online: true })).toContain('at least 2 VQ');
    expect(refusal({ kind: 'set-driver', controllerIds: [free], driver: 'nvme' })).toContain('is offline');
    expect(refusal({ kind: 'set-namespaces', controllerIds: [free], attach: [9], detach: [] })).toContain(
      'no namespace 9',
    );
    expect(refusal({ kind: 'set-online', secondaryIds: [free], online: false })).toContain('already offline');
  });

  it('a physical NQN is not taken for a virtual one', () => {
    const identity = { serialNumber: '', modelNumber: '', firmwareRevision: '' };
    const nqn = 'nqn.2024-01.org.example:A';
    expect(
      refusal({ kind: 'create-virtual-subsystem', primaryId, nqn, primaryVirtualId: 1, identity }),
    ).toContain('physical NVM subsystem');
  });
});

describe('consequences', () => {
  it('of a reset name every guest that loses its drive, and it cannot be undone', () => {
    const reset = planned({ kind: 'reset', controllerIds: [primaryId], reset: 'controller' });
    expect(reset.consequences[0]).toBe(
      '2 secondary controllers of nvme1 go offline and lose their resources.',
    );
    expect(reset.consequences.join()).toContain('db-primary loses the drive behind VF 1');
    expect(reset.steps[0]?.inverse).toBeNull();
  });

  it('of a VF count are steps of their own, so that all of it can be undone', () => {
    const less = planned({ kind: 'set-vf-count', primaryIds: [primaryId], count: 2 });
    expect(kinds(less)).toEqual([
      'vm-detach-device',
      'vm-detach-device',
      'set-driver',
      'set-driver',
      'secondary-offline',
      'secondary-offline',
      'set-vf-count',
      'set-vf-count',
    ]);
    expect(less.steps.every((step) => step.inverse !== null)).toBe(true);
  });
});
