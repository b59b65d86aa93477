import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import { type AnsweredLine, execLines } from './exec-lines.ts';

type Host = FleetFileInput['hosts'][number];
type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];

/** A drive with 4 virtual functions at 0000:86:00.0, with the example identity of public reports about such drives. */
export function reportDrive(
  host: Partial<Host> = {},
  subsystem: Partial<Omit<Subsystem, 'controllers'>> = {},
): FleetFileInput {
  const resources = { kind: 'flexible', total: 256, secondaryMaximum: 16, privateToPrimary: 65 } as const;
  return {
    format: 'berth-fleet',
    version: 1,
    name: 'drive',
    hosts: [{ name: 'hv1', kernel: '6.8.0', ...host }],
    subsystems: [
      {
        nqn: 'nqn.1994-11.com.example:nvme:PM173X:S0EXAMPLE0001',
        profile: 'berth',
        capacityBytes: 1600321314816,
        namespaces: [{ nsid: 1, blocks: 3125627568, blockSize: 512, shared: true, attachedTo: [65] }],
        ...subsystem,
        controllers: [
          {
            role: 'primary',
            cntlid: 65,
            host: 'hv1',
            identify: {
              kind: 'fields',
              identity: {
                vid: 0x144d,
                ssvid: 0x144d,
                serialNumber: 'S0EXAMPLE0001',
                modelNumber: 'EXAMPLE PM173X 1.6TB',
                firmwareRevision: 'EX9GB5Q',
                ieee: 9528,
                version: 0x10300,
              },
              capabilities: { oacs: 0xdf },
            },
            pciDeviceId: 0xa824,
            address: '0000:86:00.0',
            sriov: { totalVfs: 4, vfOffset: 1, vfStride: 1, driversAutoprobe: true },
            vq: resources,
            vi: resources,
            firstSecondaryCntlid: 1,
            secondaries: [],
          },
        ],
      },
    ],
  };
}

/** Runs lines on a fleet as `berth exec FILE --json` does. */
export async function runLines(
  fleet: FleetFileInput,
  ...lines: readonly string[]
): Promise<readonly AnsweredLine[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-lines-'));
  const file = path.join(folder, 'drive.json');
  await writeFile(file, JSON.stringify(fleet));
  return execLines(file, lines)
    .then((answered) => answered.lines)
    .finally(() => rm(folder, { recursive: true }));
}
