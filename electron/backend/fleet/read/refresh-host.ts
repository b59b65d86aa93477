import type { Problem } from '#shared/fleet/schema.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { HostConnection, NvmeFunction } from '../../hosts/host-connection.ts';
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
  const byAddress = new Map(readings.map((reading) => [reading.function.address, reading]));
  return succeed({
    host,
    functions: functions.flatMap((fn) => byAddress.get(fn.address) ?? []),
    virtualMachines,
  });
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
      primary: await readPrimaryCapabilities(reader),
      secondaries: await readSecondaries(reader),
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
  return { ...kept, controller: { ...controller, problems: merged(controller.problems, reader.problems) } };
}

/** A question that fails each time is one problem. */
function merged(before: readonly Problem[], after: readonly Problem[]): Problem[] {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  return [...before, ...after.filter((problem) => !known.has(JSON.stringify(problem)))];
}
