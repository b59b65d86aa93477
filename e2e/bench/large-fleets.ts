import { rack } from '#backend/hosts/simulated/built-in/rack.ts';
import { type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];

const drives = 16;
const functionsPerDrive = 999;

/** 16,000 controllers of one host. `used`: virtual functions of each drive that the host itself has in use. */
function oneHost(used: number): FleetFileInput {
  return {
    ...{ format: 'berth-fleet', version: 1, name: 'one-host', seed: 7 },
    hosts: [{ name: 'hv-a' }],
    subsystems: Array.from({ length: drives }, (_, drive): Subsystem => driveOf(drive, used)),
  };
}

function driveOf(drive: number, used: number): Subsystem {
  const digits = drive.toString(16).padStart(4, '0');
  return {
    nqn: `nqn.2014-08.org.nvmexpress:uuid:3c8e1b70-5d2f-4e66-9a10-00000000${digits}`,
    controllers: [
      {
        ...{ role: 'primary', cntlid: 0, host: 'hv-a', driver: 'nvme' },
        // A thousand functions take four buses.
        address: `0000:${(drive * 8 + 1).toString(16).padStart(2, '0')}:00.0`,
        identify: {
          kind: 'fields',
          identity: { serialNumber: `LARGE-${digits}`, modelNumber: 'Large', firmwareRevision: '1' },
        },
        sriov: { totalVfs: functionsPerDrive, numVfs: functionsPerDrive, driversAutoprobe: false },
        vq: { kind: 'flexible', total: 65_535, secondaryMaximum: 16, privateToPrimary: 17 },
        vi: { kind: 'flexible', total: 65_535, secondaryMaximum: 16, privateToPrimary: 17 },
        secondaries: Array.from({ length: used }, (_, index) => ({
          ...{ vfn: index + 1, vq: 9, vi: 9, online: true, driver: 'nvme' as const },
        })),
      },
    ],
  };
}

const text = (file: FleetFileInput) => () => JSON.stringify(fleetFileSchema.parse(file));

/** Correct fleet files as large as the program takes them. */
export const largeFleets: Readonly<Record<string, () => string>> = {
  rack: () => JSON.stringify(rack.build()),
  '16,000 controllers of one host': text(oneHost(4)),
  '16,000 controllers of one host, all in use': text(oneHost(functionsPerDrive)),
};
