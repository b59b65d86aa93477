import { provisionedAddress, provisionedUuid } from '#shared/fleet-file/controller/provisioned-functions.ts';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];
type Primary = Extract<Subsystem['controllers'][number], { role: 'primary' }>;

const nqn = 'nqn.2014-08.org.nvmexpress:uuid:2006a000-0000-4000-8000-000000000009';
const address = '0000:91:00.0';
/** CNTLID of the function that a guest has. */
const used = 0x100;
const pool = { kind: 'flexible', total: 32, secondaryMaximum: 8, privateToPrimary: 9 } as const;

/** Where the host shows the function that a guest has. */
export const siovFunctionAddress = provisionedAddress(address, provisionedUuid(nqn, used));

/**
 * A drive without SR-IOV behind a primary on each of two hosts. The functions exist only after they are provisioned: on
 * the first host one is, for a guest; on the second none.
 */
export function siovPair(first: string, second: string): Subsystem {
  const primary = (host: string, cntlid: number, firstCntlid: number): Primary => ({
    role: 'primary',
    cntlid,
    host,
    address,
    driver: 'nvme',
    deviceInstance: 9,
    iommuGroup: 29,
    pciDeviceId: 0x0a09,
    identify: {
      kind: 'fields',
      identity: { serialNumber: 'ZOO9-0042', modelNumber: 'Berth Simulated SF9', firmwareRevision: '9.0.1' },
    },
    sriov: { totalVfs: 0 },
    vq: pool,
    vi: pool,
    provisioned: { maximum: 8, firstCntlid },
  });
  return {
    nqn,
    profile: 'siov-like',
    capacityBytes: 3_840_000_000_000,
    controllers: [
      {
        ...primary(first, 0x10, used),
        provisioned: {
          maximum: 8,
          firstCntlid: used,
          nextHandle: 0x8001,
          functions: [{ cntlid: used, vq: 4, vi: 3, online: true, migrationEnabled: true, visible: true }],
        },
        virtualSubsystems: [
          {
            nqn: 'nqn.2026-11.io.berth:zoo-siov',
            primaryVirtualId: 1,
            identity: {
              serialNumber: 'ZOO-V9',
              modelNumber: 'Berth Virtual Drive',
              firmwareRevision: '1.0',
            },
            members: [{ cntlid: used, virtualControllerId: 20 }],
          },
        ],
      },
      primary(second, 0x40, 0x200),
    ],
    namespaces: [
      {
        nsid: 1,
        blocks: 24_414_062,
        nguid: '2006a000000040008000090000000001',
        eui64: '0025385e00000901',
        attachedTo: [used],
      },
    ],
  };
}
