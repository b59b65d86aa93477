import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { twoHosts } from '#backend/hosts/simulated/built-in/two-hosts.ts';
import { projectRoot } from '../../electron/setup/paths.mjs';

/** What somebody could hand over to bring the program to a stop, by what is wrong with it. */
export type HostileSources = Readonly<Record<string, () => string>>;

const megabyte = 1024 * 1024;

// biome-ignore lint/suspicious/noExplicitAny: impossible values are written into a file on purpose.
const fleetFile = (spoil: (file: any) => void) => (): string => {
  const file = JSON.parse(JSON.stringify(twoHosts.build()));
  spoil(file);
  return JSON.stringify(file);
};

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const keys = (count: number) => Object.fromEntries(times(count, (index) => [`key ${index}`, 1]));
const machine = (index: number, more: object) => ({
  ...{ name: `vm ${index}`, vcpus: 1, memoryBytes: 4096 },
  ...more,
});
const begin = '{"format":"berth-fleet","version":1,"name":"a"';

export const hostileFleetFiles: HostileSources = {
  '10,000 wrong controllers': fleetFile((file) => {
    file.subsystems[0].controllers = times(10_000, () => ({ role: 'primary' }));
  }),
  '10,000 wrong virtual machines': fleetFile((file) => {
    file.hosts[0].virtualMachines = times(10_000, () => ({}));
  }),
  '100,000 unknown keys': fleetFile((file) => Object.assign(file, keys(100_000))),
  '100 times 1,000 unknown keys': fleetFile((file) => {
    file.hosts = times(100, () => keys(1000));
  }),
  'a million levels': () => `${begin},"a":${'['.repeat(megabyte)}${']'.repeat(megabyte)}}`,
  '100,000 strings': fleetFile((file) => {
    file.hosts[0].virtualMachines[0].devices = times(100_000, () => 'x');
  }),
  '1.6 million devices that exist': fleetFile((file) => {
    const devices = times(16_000, () => '0000:41:00.0');
    file.hosts[0].virtualMachines = times(100, (index) => machine(index, { devices }));
  }),
  '1,000 namespaces with unknown controllers': fleetFile((file) => {
    file.subsystems[0].namespaces = times(1000, (index) => ({
      nsid: index + 1,
      blocks: 1,
      attachedTo: [9999],
    }));
  }),
  'a name of 10 MB': fleetFile((file) => {
    file.name = 'x'.repeat(10 * megabyte);
  }),
  'three logs of 7 MB': fleetFile((file) => {
    const dirtyLog = 'AQEB'.repeat(1.8 * megabyte);
    file.hosts[0].virtualMachines = times(3, (index) => machine(index, { dirtyLog }));
  }),
  '10 million empty objects': () => `${begin},"a":[${'{},'.repeat(10 * megabyte)}{}]}`,
  '1.3 million wrong controllers': () => {
    const controllers = times(16_000, () => '{"role":"primary"}').join(',');
    const subsystems = times(80, () => `{"nqn":"a","controllers":[${controllers}]}`).join(',');
    return `${begin},"hosts":[{"name":"a"}],"subsystems":[${subsystems}]}`;
  },
};

const lines = (count: number, line: (index: number) => string) => times(count, line).join('');
const bus = '/sys/bus/pci/devices';
/** The first functions of a bus and those of the buses after it. */
const address = (index: number) =>
  `0000:${(index >> 8).toString(16).padStart(2, '0')}:${((index >> 3) & 31).toString(16).padStart(2, '0')}.${index & 7}`;

/** By the file of a recorded snapshot whose place it takes. */
export const hostileRecordings: Readonly<Record<string, HostileSources>> = {
  'nvme-list-v.json': {
    '60,000 wrong controllers': () =>
      JSON.stringify({ Devices: [{ Subsystems: [{ Controllers: times(60_000, () => ({})) }] }] }),
    '14 million levels': () => '['.repeat(14 * megabyte),
  },
  'nvme-list-subsys.json': { '5 million empty objects': () => `[${'{},'.repeat(5 * megabyte)}{}]` },
  'nvme0/id-ctrl.json': { '60,000 unknown fields': () => JSON.stringify(keys(60_000)) },
  'nvme0/list-secondary.json': {
    '60,000 wrong entries': () => JSON.stringify({ 'secondary-controllers': times(60_000, () => ({})) }),
  },
  'sysfs-pci.tsv': {
    '15 million empty lines': () => '\n'.repeat(15 * megabyte),
    '4 billion virtual functions': () =>
      lines(1, () =>
        [
          `${bus}/0000:00:00.0/class\t0x010802`,
          `${bus}/0000:00:00.0/sriov_totalvfs\t4294967295`,
          `${bus}/0000:00:00.0/sriov_numvfs\t4294967295\n`,
        ].join('\n'),
      ),
    '30,000 virtual functions that link each other': () =>
      `${bus}/0000:00:00.0/class\t0x010802\n${lines(
        30_000,
        (index) =>
          `${bus}/0000:00:00.0/virtfn${index}\t-> ../${address(index + 1)}\n${bus}/${address(index + 1)}/class\t0x010802\n${bus}/${address(index + 1)}/physfn\t-> ../0000:00:00.0\n`,
      )}`,
  },
  'sysfs-nvme.tsv': {
    '300,000 devices': () => lines(300_000, (index) => `/sys/class/nvme/nvme${index}/x\ty\n`),
  },
};

/** Calls `use` with the path of a file that has this text; it is removed after it. */
export async function withFleetFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'hostile.json');
    writeFileSync(file, text);
    await use(file);
  });
}

/** The snapshot of a recorded capture whose files are replaced. */
export const hostileSnapshot = '00-boot';

/** Calls `use` with the folder of a recorded capture in which one file of a snapshot has this text. */
export async function withRecording(
  file: string,
  text: string,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const capture = path.join(folder, 'capture');
    cpSync(path.join(projectRoot, 'e2e/captures/02-sriov-4vf'), capture, { recursive: true });
    writeFileSync(path.join(capture, hostileSnapshot, file), text);
    await use(capture);
  });
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-hostile-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
