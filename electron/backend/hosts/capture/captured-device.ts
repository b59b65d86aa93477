import { z } from 'zod';
import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { fleetSizes } from '#shared/bounds/sizes.ts';
import { inTurns } from '../../in-turns.ts';
import { hostCommands } from '../outputs/structures.ts';
import { checkRecorded, readRecordedJson } from './recorded-output.ts';
import type { SnapshotFiles } from './snapshot-files.ts';
import { numberAttribute, readSysfsDump, type SysfsEntry } from './sysfs-dump.ts';

/** One controller device of the nvme driver (`/sys/class/nvme/nvme0`). */
export interface CapturedDevice {
  readonly name: string;
  /** PCI address, or the connection parameters of a fabrics controller. */
  readonly address: string;
  readonly transport: string;
  /** `live`, `resetting`, `connecting`, …; empty when unknown. */
  readonly state: string;
  readonly cntlid: number | null;
  readonly subsystemNqn: string;
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  readonly queueCount: number | null;
  /** By NSID: what sysfs says of the namespaces that the driver sees. */
  readonly namespaces: ReadonlyMap<number, CapturedIdentifiers>;
}

export interface CapturedIdentifiers {
  readonly uuid: string;
  readonly nguid: string;
  readonly eui64: string;
  /** Size in bytes and bytes per logical block; null when the dump does not tell. */
  readonly sizeBytes: number | null;
  readonly blockSize: number | null;
}

const root = '/sys/class/nvme';

/** As many as the largest simulated fleet has controllers. */
const mostDevices = fleetSizes.controllers;
/** Attributes that are looked at between two pauses. */
const attributesOfPiece = 2000;

const subsystemsRoot = '/sys/class/nvme-subsystem';

/** N of `nvme-subsysN` by NQN, from `sysfs-nvme.tsv`; a missing dump is told by `readDevices`. */
export async function readSubsystemNumbers(
  files: SnapshotFiles,
  snapshot: string,
): Promise<ReadonlyMap<string, number>> {
  const entries = await readSysfsDump(files, `${snapshot}/sysfs-nvme.tsv`, subsystemsRoot);
  const numbers = new Map<string, number>();
  for (const [name, entry] of entries ?? []) {
    const number = /^nvme-subsys(\d{1,6})$/.exec(name)?.[1];
    const nqn = entry.attributes.get('subsysnqn');
    if (number !== undefined && nqn) numbers.set(nqn, Number(number));
  }
  return numbers;
}

/** Devices from `sysfs-nvme.tsv`, completed by what `nvme list` recorded where the dump left some out. */
export async function readDevices(
  files: SnapshotFiles,
  snapshot: string,
): Promise<ReadonlyMap<string, CapturedDevice>> {
  const devices = new Map<string, CapturedDevice>();
  const file = `${snapshot}/sysfs-nvme.tsv`;
  const entries = await readSysfsDump(files, file, root);
  if (entries === null)
    files.notRecorded({
      source: file,
      what: 'the states and addresses of the controllers',
      tellBy: hostCommands.devices,
    });
  for (const [name, entry] of entries ?? [])
    if (/^nvme\d+$/.test(name) && devices.size <= mostDevices)
      devices.set(name, await inTurns(deviceOf(files, file, name, entry)));
  const listed = [
    ...(await readListedDevices(files, `${snapshot}/nvme-list-v.json`)),
    ...(await readSubsystemPaths(files, `${snapshot}/nvme-list-subsys.json`)),
  ];
  for (const device of listed)
    if (!devices.has(device.name) && devices.size <= mostDevices) devices.set(device.name, device);
  if (devices.size > mostDevices)
    files.problem(file, `There are more than ${mostDevices} controllers; the rest is left out`, {
      field: root,
      fix: 'Record fewer controllers',
    });
  return devices;
}

function* deviceOf(
  files: SnapshotFiles,
  file: string,
  name: string,
  entry: SysfsEntry,
): Pieces<CapturedDevice> {
  const text = (attribute: string) => entry.attributes.get(attribute) ?? '';
  const number = (attribute: string) => numberAttribute(files, file, `${root}/${name}`, entry, attribute);
  const namespaces = new Map<number, CapturedIdentifiers>();
  const pacer = new Pacer(attributesOfPiece);
  for (const [path, value] of entry.attributes) {
    yield* pacer.did();
    const head = /^(nvme\w+)\/nsid$/.exec(path)?.[1];
    if (head === undefined || !/^\d+$/.test(value)) continue;
    namespaces.set(Number(value), {
      uuid: text(`${head}/uuid`),
      nguid: text(`${head}/nguid`).replaceAll('-', ''),
      eui64: text(`${head}/eui`).replaceAll(' ', ''),
      // The kernel counts sizes of block devices in sectors of 512 bytes, whatever the logical block is.
      sizeBytes: multiple(number(`${head}/size`), 512),
      blockSize: number(`${head}/queue/logical_block_size`),
    });
  }
  for (const wanted of ['address', 'transport', 'state'])
    if (text(wanted) === '')
      files.notRecorded({
        source: file,
        field: `${root}/${name}/${wanted}`,
        what: `the ${wanted} of ${name}`,
        tellBy: hostCommands.attribute(name, wanted),
      });
  return {
    name,
    address: text('address'),
    transport: text('transport') || 'pcie',
    state: text('state'),
    cntlid: number('cntlid'),
    subsystemNqn: text('subsysnqn'),
    serial: text('serial'),
    model: text('model'),
    firmware: text('firmware_rev'),
    queueCount: number('queue_count'),
    namespaces,
  };
}

function multiple(count: number | null, unit: number): number | null {
  return count === null ? null : count * unit;
}

const unknown = {
  state: '',
  cntlid: null,
  serial: '',
  model: '',
  firmware: '',
  queueCount: null,
  namespaces: new Map<number, CapturedIdentifiers>(),
};

const deviceName = z.string().regex(/^nvme\d+$/, 'Expected a device name such as nvme0');

const listSchema = z.looseObject({
  Devices: z.array(
    z.looseObject({
      Subsystems: z
        .array(
          z.looseObject({
            SubsystemNQN: z.string().default(''),
            Controllers: z
              .array(
                z.looseObject({
                  Controller: deviceName,
                  Transport: z.string(),
                  Address: z.string(),
                  SerialNumber: z.string().default(''),
                  ModelNumber: z.string().default(''),
                  Firmware: z.string().default(''),
                }),
              )
              .default([]),
          }),
        )
        .default([]),
    }),
  ),
});

async function readListedDevices(files: SnapshotFiles, file: string): Promise<readonly CapturedDevice[]> {
  const output = await readRecordedJson(files, file);
  if (output?.kind !== 'value') return [];
  const list = await inTurns(checkRecorded(files, file, listSchema, output.value));
  const subsystems = list?.Devices.flatMap((host) => host.Subsystems) ?? [];
  return subsystems.flatMap((subsystem) =>
    subsystem.Controllers.map((controller) => ({
      ...unknown,
      name: controller.Controller,
      address: controller.Address,
      transport: controller.Transport,
      subsystemNqn: subsystem.SubsystemNQN,
      serial: controller.SerialNumber,
      model: controller.ModelNumber,
      firmware: controller.Firmware,
    })),
  );
}

const path = z.looseObject({
  Name: deviceName,
  Transport: z.string(),
  Address: z.string(),
  State: z.string().default(''),
});
const subsystemsSchema = z.array(
  z.looseObject({
    Subsystems: z.array(z.looseObject({ NQN: z.string(), Paths: z.array(path).default([]) })).default([]),
  }),
);

async function readSubsystemPaths(files: SnapshotFiles, file: string): Promise<readonly CapturedDevice[]> {
  const output = await readRecordedJson(files, file);
  if (output?.kind !== 'value') return [];
  const hosts = (await inTurns(checkRecorded(files, file, subsystemsSchema, output.value))) ?? [];
  return hosts
    .flatMap((host) => host.Subsystems)
    .flatMap((subsystem) =>
      subsystem.Paths.map((device) => ({
        ...unknown,
        name: device.Name,
        address: device.Address,
        transport: device.Transport,
        state: device.State,
        subsystemNqn: subsystem.NQN,
      })),
    );
}
