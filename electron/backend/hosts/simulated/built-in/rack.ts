import { type FleetFile, type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import type { BuiltInFleet } from './built-in-fleet.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];
type Host = FleetFileInput['hosts'][number];

const hostCount = 25;
const drivesPerHost = 4;
const functionsPerDrive = 100;
/** Virtual functions of each drive that are handed out and online. */
const usedPerDrive = 4;
const gib = 2 ** 30;

/** `hv-01`. */
function hostName(index: number): string {
  return `hv-${String(index + 1).padStart(2, '0')}`;
}

/** Bus of a host's drive: 10, 20, 30, 40 in hexadecimal. */
function bus(drive: number): string {
  return ((drive + 1) * 0x10).toString(16);
}

function driveOf(host: number, drive: number): Subsystem {
  const number = host * drivesPerHost + drive;
  const digits = number.toString(16).padStart(4, '0');
  return {
    nqn: `nqn.2014-08.org.nvmexpress:uuid:3c8e1b70-5d2f-4e66-9a10-00000000${digits}`,
    capacityBytes: 15_360_000_000_000,
    controllers: [
      {
        role: 'primary',
        cntlid: 0,
        host: hostName(host),
        address: `0000:${bus(drive)}:00.0`,
        driver: 'nvme',
        deviceInstance: drive,
        iommuGroup: drive + 1,
        identify: {
          kind: 'fields',
          identity: {
            serialNumber: `BR9-R${digits.toUpperCase()}`,
            modelNumber: 'Berth Simulated DP9',
            firmwareRevision: '9.0.1',
          },
        },
        sriov: { totalVfs: functionsPerDrive, numVfs: functionsPerDrive, driversAutoprobe: false },
        vq: { kind: 'flexible', total: 512, secondaryMaximum: 16, privateToPrimary: 17 },
        vi: { kind: 'flexible', total: 256, secondaryMaximum: 8, privateToPrimary: 17 },
        secondaries: Array.from({ length: usedPerDrive }, (_, index) => ({
          vfn: index + 1,
          vq: 4,
          vi: 2,
          online: true,
          driver: 'vfio-pci' as const,
          driverOverride: 'vfio-pci',
        })),
      },
    ],
    namespaces: [
      { nsid: 1, blocks: 937_500_000, nguid: `3c8e1b705d2f4e669a100001${`0000${digits}`}`, attachedTo: [0] },
      {
        nsid: 2,
        blocks: 468_750_000,
        nguid: `3c8e1b705d2f4e669a100002${`0000${digits}`}`,
        attachedTo: Array.from({ length: usedPerDrive }, (_, index) => index + 1),
      },
    ],
  };
}

function hostOf(host: number): Host {
  return {
    name: hostName(host),
    virtualMachines: Array.from({ length: usedPerDrive }, (_, machine) => ({
      name: `vm-${String(host + 1).padStart(2, '0')}-${machine + 1}`,
      vcpus: 4,
      memoryBytes: 8 * gib,
      devices: Array.from(
        { length: drivesPerHost },
        (_drive, drive) => `0000:${bus(drive)}:00.${machine + 1}`,
      ),
    })),
  };
}

export const rack: BuiltInFleet = {
  name: 'rack',
  title: 'A rack',
  description:
    '25 hypervisors, 100 primary and 10,000 secondary controllers: how the program behaves at size',
  build: (): FleetFile =>
    fleetFileSchema.parse({
      format: 'berth-fleet',
      version: 1,
      name: rack.name,
      title: rack.title,
      description: rack.description,
      seed: 7,
      hosts: Array.from({ length: hostCount }, (_, host) => hostOf(host)),
      subsystems: Array.from({ length: hostCount * drivesPerHost }, (_, number) =>
        driveOf(Math.floor(number / drivesPerHost), number % drivesPerHost),
      ),
    } satisfies FleetFileInput),
};
