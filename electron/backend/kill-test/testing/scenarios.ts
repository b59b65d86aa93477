import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { twoHosts } from '../../hosts/simulated/built-in/two-hosts.ts';
import type { Scenario } from './kill-case.ts';

const primaryId = 'hv-a/0000:41:00.0';
const virtualSubsystemId = `${primaryId}|nqn.2026-11.io.berth:my_v_nqn_1`;

/** Two hypervisors and the drive between them, with few functions, so that each case takes little time to read. */
export function smallFleet(): FleetFile {
  const file = twoHosts.build();
  const subsystems = file.subsystems.flatMap((subsystem) => {
    const { controllers } = subsystem;
    if (!controllers.some(({ cntlid }) => cntlid === 0x41)) return [];
    return [
      {
        ...subsystem,
        controllers: controllers.map((controller) => {
          if (controller.role !== 'primary' || !controller.sriov) return controller;
          const count = controller.cntlid === 0x41 ? 12 : 8;
          return { ...controller, sriov: { ...controller.sriov, totalVfs: count + 2, numVfs: count } };
        }),
      },
    ];
  });
  return { ...file, name: 'small', subsystems };
}

function free(fleet: Fleet, count: number): string[] {
  return Object.values(fleet.controllers)
    .flatMap((one) =>
      one.role === 'secondary' && one.primaryId === primaryId && isInPool(one) && one.pciAddress !== null
        ? [one.id]
        : [],
    )
    .slice(0, count);
}

export const assignments: readonly Scenario[] = [
  {
    name: 'assign to a virtual subsystem, with a namespace',
    fleet: smallFleet,
    intent: (fleet) => ({
      kind: 'assign',
      secondaryIds: free(fleet, 1),
      target: { kind: 'virtual-subsystem', virtualSubsystemId },
      attach: [1],
    }),
  },
  {
    name: 'assign two to a virtual machine',
    fleet: smallFleet,
    intent: (fleet) => ({
      kind: 'assign',
      secondaryIds: free(fleet, 2),
      target: { kind: 'virtual-machine', virtualMachineId: 'hv-a:web-07' },
    }),
  },
  {
    name: 'give a function of a virtual machine back to the pool',
    fleet: smallFleet,
    intent: () => ({ kind: 'assign', secondaryIds: [`${primaryId}/9`], target: { kind: 'pool' } }),
  },
];
