import type { VfioState } from '#shared/fleet/schema.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { HostConnection, NvmeFunction } from '../hosts/host-connection.ts';
import { problemOf } from './admin-reader.ts';
import type { FunctionReading, HostReading } from './host-reading.ts';
import { mapLimited } from './map-limited.ts';
import { readController } from './read-controller.ts';

export interface DiscoveryOptions {
  /** How long one command may take, milliseconds. */
  readonly timeoutMilliseconds: number;
  /** How many controllers of one host are read at the same time. */
  readonly parallel: number;
}

export const defaultDiscovery: DiscoveryOptions = { timeoutMilliseconds: 5000, parallel: 8 };

/** Reads one host: what sysfs shows, what each controller answers, and which virtual machines run. */
export async function readHost(
  connection: HostConnection,
  options: DiscoveryOptions = defaultDiscovery,
): Promise<Result<HostReading>> {
  const described = await connection.describe();
  if (!described.ok) return described;
  const problems = [...described.value.problems];
  const listed = await connection.functions();
  if (!listed.ok) problems.push(problemOf(`${described.value.name} · PCI functions`, listed.error));
  const machines = await connection.virtualMachines.list();
  if (!machines.ok && described.value.capabilities.virtualMachines.available)
    problems.push(problemOf(`${described.value.name} · virtual machines`, machines.error));
  const functions = await mapLimited(listed.ok ? listed.value : [], options.parallel, (fn) =>
    readFunction(connection, fn, described.value.name, options),
  );
  return succeed({
    host: { ...described.value, id: connection.id, problems },
    functions,
    virtualMachines: machines.ok ? machines.value : [],
  });
}

async function readFunction(
  connection: HostConnection,
  fn: NvmeFunction,
  hostName: string,
  options: DiscoveryOptions,
): Promise<FunctionReading> {
  const vfioState = readVfioState(connection, fn);
  // Without the nvme driver the host has no queue to it: its guest or nobody talks to the controller.
  if (fn.driver !== 'nvme' || fn.deviceName === null)
    return { function: fn, controller: null, vfioState, problems: [] };
  const device = `${hostName}/${fn.deviceName}`;
  const queue = connection.adminQueue(fn.address);
  if (!queue.ok)
    return { function: fn, controller: null, vfioState, problems: [problemOf(device, queue.error)] };
  const isPrimary = fn.virtualFunction === null && (fn.sriov?.totalVfs ?? 0) > 0;
  const depth = fn.virtualFunction !== null ? 'secondary' : isPrimary ? 'primary' : 'plain';
  const controller = await readController(queue.value, {
    device,
    timeoutMilliseconds: options.timeoutMilliseconds,
    depth,
  });
  return { function: fn, controller, vfioState, problems: [] };
}

function readVfioState(connection: HostConnection, fn: NvmeFunction): VfioState | null {
  if (fn.driver !== 'vfio-pci') return null;
  const device = connection.vfioDevice(fn.address);
  return device.ok ? device.value.state() : null;
}
