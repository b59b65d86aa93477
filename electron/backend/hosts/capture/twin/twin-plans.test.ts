import { describe, expect, it } from 'vitest';
import { plan } from '#shared/procedure/plan/plan.ts';
import { createWorld } from '../../simulated/testing/test-kit.ts';
import { type DriveInput, exampleDrive as drive } from '../testing/drive-capture.ts';
import { fleetOf, openDriveTwin } from '../testing/open-drive-twin.ts';

/** The steps that hand VF 1 of the twin to a virtual machine of its host, by their kind. */
async function stepsToMachine(input: DriveInput): Promise<readonly string[]> {
  const { file } = await openDriveTwin(input);
  const machine = { name: 'guest', vcpus: 2, memoryBytes: 2 ** 30 };
  const [host] = file.hosts;
  const hosts = [{ ...host, name: 'drive', iommu: 'iommufd', virtualMachines: [machine] }];
  const { fleet, secondaries } = await fleetOf(createWorld({ ...file, hosts }).fleet.hosts, null);
  const planned = plan(fleet, {
    kind: 'assign',
    secondaryIds: [secondaries[0]?.id ?? ''],
    target: { kind: 'virtual-machine', virtualMachineId: 'drive:guest' },
  });
  if (!planned.ok) throw new Error([planned.error.message, ...(planned.error.details ?? [])].join('\n'));
  return planned.value.steps.map(({ step }) => step.kind);
}

describe('a plan for the twin', () => {
  it('enables the functions first where nothing else is known', async () => {
    const steps = await stepsToMachine(drive);
    expect(steps.indexOf('set-vf-count')).toBeLessThan(steps.indexOf('secondary-assign'));
  });

  it('assigns before the functions are enabled where the device wants it, and resets before online', async () => {
    const steps = await stepsToMachine({ ...drive, model: 'EXAMPLE PM173X 1.6TB' });
    const order = ['secondary-assign', 'set-vf-count', 'function-level-reset', 'secondary-online'];
    expect(steps.filter((kind) => order.includes(kind))).toEqual(['secondary-assign', ...order]);
  });

  it('neither assigns nor brings online where there is no virtualization management', async () => {
    const { capabilities: _pools, secondaries: _list, ...bare } = drive;
    const steps = await stepsToMachine({
      ...{ ...bare, vid: 0x15b3, identify: { oacs: 0x1e }, sriov: { totalVfs: 4, numVfs: 1 } },
      functions: [{ address: '0000:86:00.1', vfn: 1, driver: null }],
    });
    expect(steps).toEqual(['set-driver', 'vm-attach-device']);
  });
});
