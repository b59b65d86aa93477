import type { FleetFileInput } from '#shared/fleet-file/schema.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];
type Primary = Extract<Subsystem['controllers'][number], { role: 'primary' }>;

const address = '0000:51:00.0';
/** CNTLID of the controlling function of either drive. */
const cntlid = 0x10;
/** VF that a guest has on the first host. */
const used = 1;
const pool = { kind: 'flexible', total: 32, secondaryMaximum: 8, privateToPrimary: 9 } as const;

/** Where the first host shows the function that a guest has. */
export const localFunctionAddress = '0000:51:00.1';

/**
 * A drive of its own for each of two hosts. The guest's namespace is on the first one; on the second one a namespace is
 * prepared for it: as large, with the same identifiers, and with nothing in it. So its user data is copied when it moves.
 */
export function localDrives(first: string, second: string): Subsystem[] {
  const drive = (host: string, number: 1 | 2): Subsystem => {
    const isFirst = host === first;
    const primary: Primary = {
      role: 'primary',
      ...{ cntlid, host, address, driver: 'nvme', deviceInstance: 5, iommuGroup: 25, pciDeviceId: 0x0a05 },
      identify: {
        kind: 'fields',
        identity: {
          serialNumber: `ZOO5-000${number}`,
          modelNumber: 'Berth Simulated LD5',
          firmwareRevision: '5.0.1',
        },
      },
      sriov: { totalVfs: 8, numVfs: 8, driversAutoprobe: false },
      vq: pool,
      vi: pool,
      secondaries: isFirst
        ? [{ vfn: used, vq: 4, vi: 3, online: true, driver: 'vfio-pci', driverOverride: 'vfio-pci' }]
        : [],
      virtualSubsystems: isFirst
        ? [
            {
              nqn: 'nqn.2026-11.io.berth:zoo-local',
              primaryVirtualId: 1,
              identity: {
                serialNumber: 'ZOO-V5',
                modelNumber: 'Berth Virtual Drive',
                firmwareRevision: '1.0',
              },
              members: [{ cntlid: cntlid + used, virtualControllerId: 20 }],
            },
          ]
        : [],
    };
    return {
      nqn: `nqn.2014-08.org.nvmexpress:uuid:2006a000-0000-4000-8000-0000000000${number}5`,
      profile: 'berth',
      capacityBytes: 960_000_000_000,
      controllers: [primary],
      namespaces: [
        {
          nsid: 1,
          blocks: 2 ** 19,
          nguid: '2006a000000040008000050000000001',
          eui64: '0025385e00000501',
          attachedTo: isFirst ? [cntlid + used] : [],
        },
      ],
    };
  };
  return [drive(first, 1), drive(second, 2)];
}
