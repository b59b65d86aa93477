import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import { runBerth } from '../../run-berth.ts';
import type { SentCommand } from '../sent-commands.ts';

/** What a line answered, as `berth exec --json` prints it. */
export interface AnsweredLine {
  readonly line: string;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly refusals?: readonly {
    readonly line: number;
    readonly cause: string;
    readonly fix: string;
    readonly lines: readonly string[];
  }[];
  readonly commands: readonly SentCommand[];
}

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
  const { out, err } = await runSource(file, lines);
  await rm(folder, { recursive: true });
  if (out === '') throw new Error(err);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function runSource(source: string, lines: readonly string[]): Promise<{ out: string; err: string }> {
  let out = '';
  let err = '';
  await runBerth(['exec', source, '--json'], {
    out: (text) => {
      out += String(text);
    },
    err: (text) => {
      err += text;
    },
    readStdin: async () => lines.join('\n'),
    version: async () => '',
  });
  return { out, err };
}
