import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Captures of made-up drives for tests, in the form in which nvme-cli and sysfs put them. */

/** One entry of the Secondary Controller List: SCID, VFN, SCS, NVQ, NVI; `pcid` where it is not the drive's own. */
export interface EntryInput {
  readonly scid: number;
  readonly vfn: number;
  readonly scs?: number;
  readonly nvq?: number;
  readonly nvi?: number;
  readonly pcid?: number;
}

/** One drive; what is left out was not recorded. */
export interface DriveInput {
  readonly address: string;
  /** `/dev/nvmeN`. */
  readonly instance: number;
  readonly cntlid: number;
  readonly model?: string;
  readonly vid?: number;
  /** Further fields of Identify Controller; null: it was not recorded. */
  readonly identify?: Readonly<Record<string, number | string>> | null;
  readonly secondaries?: readonly EntryInput[];
  readonly capabilities?: Readonly<Record<string, number>>;
  readonly sriov?: {
    readonly totalVfs: number;
    readonly numVfs: number;
    readonly offset?: number;
    readonly stride?: number;
  };
  /** The virtual functions that the host has, with their drivers. */
  readonly functions?: readonly {
    readonly address: string;
    readonly vfn: number;
    readonly driver: string | null;
  }[];
}

const serial = 'S0EXAMPLE0001';
/** NQN of all drives that a capture has; two ports of one drive share it. */
export const driveNqn = `nqn.1994-11.com.example:nvme:${serial}`;

/** Pools of 256 VQ and VI, of which one secondary can have 16. */
export const usualCapabilities = {
  ...{ cntlid: 65, portid: 0, crt: 3, vqfrt: 256, vqrfa: 0, vqrfap: 0, vqprt: 65, vqfrsm: 16, vqgran: 1 },
  ...{ vifrt: 256, virfa: 0, virfap: 0, viprt: 65, vifrsm: 16, vigran: 1 },
} as const;

/** A drive with four virtual functions, none of them enabled. */
export const exampleDrive: DriveInput = {
  ...{ address: '0000:86:00.0', instance: 0, cntlid: 65, sriov: { totalVfs: 4, numVfs: 0 } },
  secondaries: [1, 2, 3, 4].map((vfn) => ({ scid: vfn, vfn })),
  capabilities: usualCapabilities,
};

/** Writes a capture of one host with these drives and returns its folder, called `drive`. */
export async function writeDriveCapture(drives: readonly DriveInput[]): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'berth-drive-')), 'drive');
  const snapshot = path.join(folder, '00-boot');
  await mkdir(snapshot, { recursive: true });
  const pci: string[] = [];
  const nvme: string[] = [];
  for (const drive of drives) {
    const name = `nvme${drive.instance}`;
    const record = path.join(snapshot, name);
    await mkdir(record);
    const write = (file: string, value: unknown) => writeFile(path.join(record, file), JSON.stringify(value));
    if (drive.identify !== null) await write('id-ctrl.json', identifyJson(drive));
    if (drive.secondaries !== undefined) await write('list-secondary.json', listJson(drive));
    if (drive.capabilities !== undefined) await write('primary-ctrl-caps.json', drive.capabilities);
    pci.push(...pciLines(drive));
    nvme.push(...nvmeLines(drive));
  }
  await writeFile(path.join(snapshot, 'sysfs-pci.tsv'), `${pci.join('\n')}\n`);
  await writeFile(path.join(snapshot, 'sysfs-nvme.tsv'), `${nvme.join('\n')}\n`);
  return folder;
}

function identifyJson({ vid = 0x144d, model = 'EXAMPLE DRIVE 1.6TB', cntlid, identify }: DriveInput) {
  return {
    ...{ vid, ssvid: vid, sn: serial.padEnd(20), mn: model.padEnd(40), fr: 'EX9GB5Q ', rab: 6 },
    ...{ cmic: 3, mdts: 7, cntlid, ver: 66_304, oaes: 256, ctratt: 32_768, cntrltype: 1 },
    ...{ oacs: 223, acl: 3, aerl: 3, frmw: 3, lpa: 7, sqes: 102, cqes: 68, nn: 64, oncs: 349, vwc: 7 },
    ...{ tnvmcap: 1_600_321_314_816, unvmcap: 0, sgls: 1, mnan: 0, subnqn: driveNqn },
    ...identify,
  };
}

function listJson({ cntlid, secondaries = [] }: DriveInput) {
  return {
    num: secondaries.length,
    'secondary-controllers': secondaries.map(({ scid, vfn, scs = 0, nvq = 0, nvi = 0, pcid = cntlid }) => ({
      'secondary-controller-identifier': scid,
      'primary-controller-identifier': pcid,
      'secondary-controller-state': scs,
      'virtual-function-number': vfn,
      'num-virtual-queues': nvq,
      'num-virtual-interrupts': nvi,
    })),
  };
}

function pciLines({ address, vid = 0x144d, sriov, functions = [] }: DriveInput): string[] {
  const of = (fn: string, attributes: Readonly<Record<string, string>>) =>
    Object.entries(attributes).map(([name, value]) => `/sys/bus/pci/devices/${fn}/${name}\t${value}`);
  const common = { vendor: `0x${vid.toString(16)}`, device: '0xa824', class: '0x010802' };
  const capability: Record<string, string> =
    sriov === undefined
      ? {}
      : {
          sriov_totalvfs: `${sriov.totalVfs}`,
          sriov_numvfs: `${sriov.numVfs}`,
          sriov_offset: `${sriov.offset ?? 1}`,
          sriov_stride: `${sriov.stride ?? 1}`,
          sriov_drivers_autoprobe: '1',
        };
  const links = Object.fromEntries(
    functions.map((fn) => [`virtfn${fn.vfn - 1}`, `-> ../${fn.address}`] as const),
  );
  const driver = (name: string | null) =>
    name === null ? {} : { driver: `-> ../../bus/pci/drivers/${name}` };
  return [
    ...of(address, { ...common, ...capability, ...driver('nvme'), ...links }),
    ...functions.flatMap((fn) =>
      of(fn.address, { ...common, physfn: `-> ../${address}`, ...driver(fn.driver) }),
    ),
  ];
}

function nvmeLines({ address, instance, cntlid, model = 'EXAMPLE DRIVE 1.6TB' }: DriveInput): string[] {
  const attributes = {
    ...{ address, cntlid, model, serial, firmware_rev: 'EX9GB5Q', state: 'live', subsysnqn: driveNqn },
    transport: 'pcie',
  };
  return Object.entries(attributes).map(
    ([name, value]) => `/sys/class/nvme/nvme${instance}/${name}\t${value}`,
  );
}
