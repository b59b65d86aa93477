import type { Host } from '#shared/fleet/schema.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import { isVfioDriver } from '#shared/vfio/drivers.ts';
import type { HostConnection, HostVirtualMachine, NvmeFunction } from '../../hosts/host-connection.ts';
import type { AnswerTimeout } from '../../nvme/ask-controller.ts';
import { systemClock } from '../../system-clock.ts';
import { createAdminReader, problemOf } from './admin-reader.ts';
import type { EventLoopPause } from './event-loop-pause.ts';
import type { FunctionReading, HostReading } from './host-reading.ts';
import { mapLimited } from './map-limited.ts';
import { readController } from './read-controller.ts';
import { readSuspended, workingGuestFunctions } from './read-suspended.ts';

export interface DiscoveryOptions extends AnswerTimeout {
  /** How many controllers of one host are read at the same time. */
  readonly parallel: number;
}

/** How one discovery reads; everything that it reads side by side gives way together. */
export interface ReadingOptions extends DiscoveryOptions {
  readonly pause: EventLoopPause;
}

export const defaultDiscovery: DiscoveryOptions = {
  timeoutMilliseconds: 5000,
  clock: systemClock,
  parallel: 8,
};

/** Reads one host: what sysfs shows, what each controller answers, and which virtual machines run. */
export async function readHost(
  connection: HostConnection,
  options: ReadingOptions,
): Promise<Result<HostReading>> {
  const outline = await readOutline(connection);
  if (!outline.ok) return outline;
  const { host, functions, virtualMachines } = outline.value;
  const { parallel, pause } = options;
  const read = (fn: NvmeFunction) => readFunction(connection, fn, host.name, options);
  const physical = functions.filter((fn) => fn.virtualFunction === null);
  const readings = new Map<NvmeFunction, FunctionReading>();
  for (const reading of await mapLimited(physical, parallel, pause, read))
    readings.set(reading.function, reading);
  // The primaries' lists say which secondaries are offline: those would not answer for many seconds.
  const virtual = functions.filter((fn) => fn.virtualFunction !== null);
  const known = [...readings.values()];
  const asked = await mapLimited(virtual, parallel, pause, (fn) =>
    isOffline(fn, known) ? Promise.resolve(functionNotRead(connection, fn)) : read(fn),
  );
  for (const reading of asked) readings.set(reading.function, reading);
  for (const reading of known) {
    const { function: fn, controller } = reading;
    const cntlids =
      controller === null ? [] : workingGuestFunctions(fn.address, controller, functions, virtualMachines);
    const queue = cntlids.length === 0 ? null : connection.adminQueue(fn.address);
    if (controller === null || controller.isSilent || queue?.ok !== true) continue;
    const reader = createAdminReader(queue.value, deviceTitle(host.name, fn), options);
    const suspended = await readSuspended(reader, controller, cntlids);
    readings.set(fn, { ...reading, controller: { ...controller, suspended } });
  }
  return succeed({
    host,
    functions: functions.flatMap((fn) => readings.get(fn) ?? []),
    virtualMachines,
  });
}

/** What a host shows without any admin command: itself, its PCI functions, its virtual machines. */
export async function readOutline(connection: HostConnection): Promise<
  Result<{
    readonly host: Host;
    readonly functions: readonly NvmeFunction[];
    readonly virtualMachines: readonly HostVirtualMachine[];
  }>
> {
  const described = await connection.describe();
  if (!described.ok) return described;
  const { name, capabilities } = described.value;
  const problems = [...described.value.problems];
  const listed = await connection.functions();
  if (!listed.ok) problems.push(problemOf(`${name} · PCI functions`, listed.error));
  const machines = await connection.virtualMachines.list();
  if (!machines.ok && capabilities.virtualMachines.available)
    problems.push(problemOf(`${name} · virtual machines`, machines.error));
  return succeed({
    host: { ...described.value, id: connection.id, problems },
    functions: listed.ok ? listed.value : [],
    virtualMachines: machines.ok ? machines.value : [],
  });
}

/** Whether the list of its primary says that this virtual function's controller is offline. */
export function isOffline(fn: NvmeFunction, readings: readonly FunctionReading[]): boolean {
  const primary = readings.find(
    (reading) => reading.function.address === fn.virtualFunction?.physicalFunction,
  );
  const entry = primary?.controller?.secondaries.find((one) => one.vfn === fn.virtualFunction?.vfn);
  return entry !== undefined && entry.scs === 0;
}

/** A function that was not sent any command. */
export function functionNotRead(connection: HostConnection, fn: NvmeFunction): FunctionReading {
  return { function: fn, controller: null, vfioState: readVfioState(connection, fn), problems: [] };
}

/** Asks one function everything, if the host has a queue to it. */
export async function readFunction(
  connection: HostConnection,
  fn: NvmeFunction,
  hostName: string,
  options: ReadingOptions,
): Promise<FunctionReading> {
  const blank = functionNotRead(connection, fn);
  // Without the nvme driver the host has no queue to it: its guest or nobody talks to the controller.
  if (fn.driver !== 'nvme' || fn.deviceName === null) return blank;
  const device = deviceTitle(hostName, fn);
  const queue = connection.adminQueue(fn.address);
  if (!queue.ok) return { ...blank, problems: [problemOf(device, queue.error)] };
  const isPrimary = fn.virtualFunction === null && isController(fn);
  const depth = fn.virtualFunction !== null ? 'secondary' : isPrimary ? 'primary' : 'plain';
  return {
    ...blank,
    controller: await readController(queue.value, { ...options, device, depth }),
  };
}

/** Whether the bus says that it controls functions: SR-IOV, or what provisions functions without it. */
export function isController(fn: NvmeFunction): boolean {
  return (fn.sriov?.totalVfs ?? 0) > 0 || fn.provisionsFunctions === true;
}

export function deviceTitle(hostName: string, fn: NvmeFunction): string {
  return `${hostName}/${fn.deviceName ?? fn.address}`;
}

function readVfioState(connection: HostConnection, fn: NvmeFunction): VfioState | null {
  if (!isVfioDriver(fn.driver)) return null;
  const device = connection.vfioDevice(fn.address);
  return device.ok ? device.value.state() : null;
}
