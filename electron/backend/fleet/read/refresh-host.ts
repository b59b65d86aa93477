import type { Problem } from '#shared/fleet/schema.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { HostConnection, HostVirtualMachine, NvmeFunction } from '../../hosts/host-connection.ts';
import { createAdminReader } from './admin-reader.ts';
import type { ControllerReading, FunctionReading, HostReading } from './host-reading.ts';
import {
  readAttachedControllers,
  readNamespaceIds,
  readPrimaryCapabilities,
  readSecondaries,
} from './read-controller.ts';
import { readFunctions } from './read-functions.ts';
import {
  deviceTitle,
  functionNotRead,
  isOffline,
  type ReadingOptions,
  readFunction,
  readOutline,
} from './read-host.ts';
import { readSuspended, workingGuestFunctions } from './read-suspended.ts';
import { readVirtualSubsystems } from './read-virtual-subsystems.ts';

/** What to ask one managing controller again. */
export interface ControllerScope {
  /** PCI address, or the device name of a fabrics controller. */
  readonly address: string;
  /** Primary capabilities and secondary list. */
  readonly resources?: boolean;
  readonly virtualSubsystems?: boolean;
  /** Functions with their handles, visibility and whether they may migrate. */
  readonly functions?: boolean;
  /** Whether functions that guests work with are suspended. */
  readonly suspension?: boolean;
  /** NSIDs whose attachments may have changed. */
  readonly namespaces?: readonly number[];
}

/**
 * Reads again only what a step can have changed: PCI functions and virtual machines always (no admin command), and the
 * named parts of the named controllers. Everything else keeps its last reading, so that the command trace shows the work
 * and not hundreds of re-reads.
 */
export async function refreshHost(
  known: HostReading,
  connection: HostConnection,
  scopes: readonly ControllerScope[],
  options: ReadingOptions,
): Promise<Result<HostReading>> {
  const outline = await readOutline(connection);
  if (!outline.ok) return outline;
  const { host, functions, virtualMachines } = outline.value;
  const before = new Map(known.functions.map((reading) => [reading.function.address, reading]));
  const readings: FunctionReading[] = [];
  // Physical functions come first: their lists tell which virtual functions may be asked.
  const isPhysical = (fn: NvmeFunction) => (fn.virtualFunction === null ? 0 : 1);
  const ordered = functions.toSorted((left, right) => isPhysical(left) - isPhysical(right));
  for (const fn of ordered) {
    const old = before.get(fn.address);
    const scope = scopes.find((candidate) => candidate.address === fn.address);
    readings.push(await refreshFunction(connection, host.name, fn, { old, scope, readings, options }));
  }
  for (const [index, reading] of readings.entries())
    readings[index] = await refreshSuspension(connection, host.name, reading, {
      ...{ functions, virtualMachines, options },
      asked: scopes.some(
        ({ address, suspension }) => suspension === true && address === reading.function.address,
      ),
    });
  const byAddress = new Map(readings.map((reading) => [reading.function.address, reading]));
  return succeed({
    host,
    functions: functions.flatMap((fn) => byAddress.get(fn.address) ?? []),
    virtualMachines,
  });
}

/** What was found suspended is asked about each time, until it no longer is. */
async function refreshSuspension(
  connection: HostConnection,
  hostName: string,
  reading: FunctionReading,
  context: {
    readonly asked: boolean;
    readonly functions: readonly NvmeFunction[];
    readonly virtualMachines: readonly HostVirtualMachine[];
    readonly options: ReadingOptions;
  },
): Promise<FunctionReading> {
  const { function: fn, controller } = reading;
  if (controller === null || controller.isSilent) return reading;
  if (!context.asked && controller.suspended.length === 0) return reading;
  const working = workingGuestFunctions(fn.address, controller, context.functions, context.virtualMachines);
  const cntlids = context.asked ? working : controller.suspended.filter((one) => working.includes(one));
  const queue = connection.adminQueue(fn.address);
  if (!queue.ok) return { ...reading, controller: { ...controller, suspended: [] } };
  const reader = createAdminReader(queue.value, deviceTitle(hostName, fn), context.options);
  return {
    ...reading,
    controller: { ...controller, suspended: await readSuspended(reader, controller, cntlids) },
  };
}

async function refreshFunction(
  connection: HostConnection,
  hostName: string,
  fn: NvmeFunction,
  context: {
    readonly old: FunctionReading | undefined;
    readonly scope: ControllerScope | undefined;
    readonly readings: readonly FunctionReading[];
    readonly options: ReadingOptions;
  },
): Promise<FunctionReading> {
  const { old, scope, readings, options } = context;
  const blank = functionNotRead(connection, fn);
  if (fn.driver !== 'nvme' || fn.deviceName === null) return blank;
  if (fn.virtualFunction !== null && isOffline(fn, readings)) return blank;
  const isNew = old === undefined || old.controller === null || old.function.deviceName !== fn.deviceName;
  if (isNew) return readFunction(connection, fn, hostName, options);
  const kept = { ...blank, controller: old.controller, problems: old.problems };
  if (scope === undefined) return kept;
  const queue = connection.adminQueue(fn.address);
  if (!queue.ok) return readFunction(connection, fn, hostName, options);
  const reader = createAdminReader(queue.value, deviceTitle(hostName, fn), options);
  let controller: ControllerReading = old.controller;
  if (scope.resources === true)
    controller = {
      ...controller,
      primary: await readPrimaryCapabilities(reader, controller.identify),
      secondaries: await readSecondaries(reader, controller.identify),
    };
  if (scope.virtualSubsystems === true) {
    const { support, virtualSubsystems } = await readVirtualSubsystems(
      reader,
      controller.identify,
      deviceTitle(hostName, fn),
    );
    controller = { ...controller, virtualSubsystemSupport: support, virtualSubsystems };
  }
  if (scope.functions === true) {
    const { functions } = await readFunctions(reader, controller.identify, deviceTitle(hostName, fn));
    controller = { ...controller, functions };
  }
  for (const nsid of scope.namespaces ?? []) {
    const attachedTo = await readAttachedControllers(reader, nsid);
    const namespaces = controller.namespaces.map((reading) =>
      reading.nsid === nsid ? { ...reading, attachedTo } : reading,
    );
    controller = { ...controller, namespaces };
    if (attachedTo === null) {
      const active = identifyStructures.activeNamespaces.value;
      controller = { ...controller, activeNamespaces: await readNamespaceIds(reader, active, 'required') };
    }
  }
  return {
    ...kept,
    controller: {
      // Half an answer would take what it says nothing of out of the fleet.
      ...(reader.isSilent ? old.controller : controller),
      isSilent: reader.isSilent,
      problems: merged(controller.problems, reader.problems),
    },
  };
}

/** A question that fails each time is one problem. */
function merged(before: readonly Problem[], after: readonly Problem[]): Problem[] {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  return [...before, ...after.filter((problem) => !known.has(JSON.stringify(problem)))];
}
