import { pciAddressPattern } from '#shared/fleet-file/host/pci-address.ts';
import { createEventLoopPause } from '../../fleet/read/event-loop-pause.ts';
import { mapLimited } from '../../fleet/read/map-limited.ts';
import { hostCommands } from '../outputs/structures.ts';
import { type CapturedDevice, readDevices, readSubsystemNumbers } from './captured-device.ts';
import { type CapturedFunction, readCapturedFunctions } from './captured-function.ts';
import { type ControllerRecord, readControllerRecord } from './controller-record.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** One controller of a snapshot: what the kernel knew of it and what it answered itself. */
export interface CapturedController {
  /** PCI address; device name of a fabrics controller. */
  readonly address: string;
  readonly function: CapturedFunction | null;
  readonly device: CapturedDevice | null;
  readonly record: ControllerRecord | null;
}

/** One recorded moment of a host. */
export interface Snapshot {
  readonly name: string;
  readonly controllers: readonly CapturedController[];
  /** N of `nvme-subsysN` by NQN. */
  readonly subsystemNumbers: ReadonlyMap<string, number>;
}

/** Reading waits for the disk most of the time; more at once would only queue. */
const recordsAtOnce = 8;

/** Reads all of one snapshot; whatever is damaged goes to `files.problems`. */
export async function readSnapshot(files: SnapshotFiles, name: string): Promise<Snapshot> {
  const functions = await readCapturedFunctions(files, name);
  const devices = await readDevices(files, name);
  const records = new Map<string, ControllerRecord>();
  const recorded = (await files.list(name)).filter((entry) => entry.isFolder && /^nvme\d+$/.test(entry.name));
  const read = await mapLimited(recorded, recordsAtOnce, createEventLoopPause(), async (entry) => {
    const part = files.part();
    return { part, record: await readControllerRecord(part, name, entry.name) };
  });
  for (const { part, record } of read) {
    files.take(part);
    records.set(record.deviceName, record);
  }

  const controllers: CapturedController[] = [];
  const deviceAt = new Map([...devices.values()].reverse().map((device) => [device.address, device]));
  const functionsAt = new Set(functions.map(({ address }) => address));
  for (const found of functions) {
    // The first one where several claim the same address.
    const device = deviceAt.get(found.address) ?? null;
    const record = device === null ? null : (records.get(device.name) ?? null);
    controllers.push({ address: found.address, function: found, device, record });
  }
  for (const device of devices.values()) {
    const record = records.get(device.name) ?? null;
    const isPci = pciAddressPattern.test(device.address);
    if (isPci && functionsAt.has(device.address)) continue;
    const address = isPci ? device.address : device.name;
    controllers.push({ address, function: null, device, record });
  }
  for (const [deviceName, record] of records)
    if (!devices.has(deviceName)) {
      files.notRecorded({
        source: record.folder,
        what: `the PCI function of ${deviceName}`,
        tellBy: hostCommands.devices,
      });
      controllers.push({ address: deviceName, function: null, device: null, record });
    }
  return { name, controllers, subsystemNumbers: await readSubsystemNumbers(files, name) };
}
