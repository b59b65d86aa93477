import { controllerFailure } from './failures.ts';
import type { FlexibleResources } from './flexible-resources.ts';
import { gapTitle } from './gap.ts';
import { tellingCommandOf } from './not-recorded.ts';
import type {
  Controller,
  Fleet,
  Namespace,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
  VirtualSubsystem,
} from './schema.ts';

export type ResourceName = 'vq' | 'vi';

/** Free flexible resources of a primary: VQFRT - VQRFA - VQRFAP, the same for VI (NVMe Base 2.1, CNS 14h). */
export function freeResources(primary: PrimaryController, resource: ResourceName): number {
  return freeOf(primary[resource]);
}

function freeOf(pool: FlexibleResources): number {
  if (!pool.supported) return 0;
  return Math.max(0, pool.total - pool.assignedToSecondaries - pool.allocatedToPrimary);
}

/** `VF 12`; a provisioned function goes by its CNTLID: `Function 0x0100`; everything else by its device name or address. */
export function controllerTitle(controller: Controller): string {
  if (controller.role !== 'secondary')
    return controller.deviceName ?? controller.pciAddress ?? hexadecimalId(controller.cntlid);
  return controller.vfn > 0 ? `VF ${controller.vfn}` : `Function ${hexadecimalId(controller.cntlid)}`;
}

/** `32 of 127 VFs`, `3 of 8 functions provisioned`, or both. */
export function functionCountWords(primary: PrimaryController): string {
  const { maximumProvisioned } = primary.functions;
  const provisioned = primary.secondaryIds.length - primary.totalVfs;
  const parts = [
    primary.totalVfs > 0 || maximumProvisioned === 0 ? `${primary.numVfs} of ${primary.totalVfs} VFs` : '',
    maximumProvisioned > 0
      ? `${Math.max(0, provisioned)} of ${maximumProvisioned} functions provisioned`
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/**
 * What a host calls the function behind a controller: its PCI address, the place of a provisioned function below its
 * parent, or the device name of a fabrics controller; null while it has none. The key for every call to the host.
 */
export function functionAddress(controller: Controller): string | null {
  const assignable = controller.role === 'secondary' ? controller.assignableDevice : null;
  return controller.pciAddress ?? assignable ?? controller.deviceName;
}

/** `VF 12 of hv-a/nvme1`: enough to tell any two controllers of a fleet apart. */
export function controllerFullTitle(fleet: Fleet, controller: Controller): string {
  const host = hostTitle(fleet, controller.hostId);
  if (controller.role !== 'secondary') return `${host}/${controllerTitle(controller)}`;
  const primary = fleet.controllers[controller.primaryId];
  const owner = primary === undefined ? host : `${host}/${controllerTitle(primary)}`;
  return `${controllerTitle(controller)} of ${owner}`;
}

/** CNTLID as people read it in logs: `0x0011`. */
export function hexadecimalId(cntlid: number): string {
  return `0x${cntlid.toString(16).padStart(4, '0')}`;
}

/** What follows the last colon of the virtual NQN: `my_v_nqn_1`. */
export function virtualSubsystemTitle(subsystem: Pick<VirtualSubsystem, 'nqn'>): string {
  const short = subsystem.nqn.slice(subsystem.nqn.lastIndexOf(':') + 1);
  return short === '' ? subsystem.nqn : short;
}

export function hostTitle(fleet: Fleet, hostId: string): string {
  return fleet.hosts[hostId]?.name ?? hostId;
}

export function findSecondary(fleet: Fleet, id: string): SecondaryController | undefined {
  const controller = fleet.controllers[id];
  return controller?.role === 'secondary' ? controller : undefined;
}

export function findPrimary(fleet: Fleet, id: string): PrimaryController | undefined {
  const controller = fleet.controllers[id];
  return controller?.role === 'primary' ? controller : undefined;
}

/** The controlling function of a secondary controller. */
export function controllingPrimary(
  fleet: Fleet,
  secondary: SecondaryController,
): PrimaryController | undefined {
  return findPrimary(fleet, secondary.primaryId);
}

/** The secondary controllers of a primary in VFN order. */
export function secondariesOf(fleet: Fleet, primary: PrimaryController): SecondaryController[] {
  return primary.secondaryIds.flatMap((id) => findSecondary(fleet, id) ?? []);
}

export function namespacesOf(fleet: Fleet, controller: Controller): Namespace[] {
  return controller.attachedNamespaces.flatMap(
    (nsid) => fleet.namespaces[`${controller.subsystemId}#${nsid}`] ?? [],
  );
}

/** Its virtual machine is being moved, or its state is being saved or loaded (Linux uAPI vfio.h). */
export function isMigrating(fleet: Fleet, secondary: SecondaryController): boolean {
  const machine = machineOf(fleet, secondary);
  if (machine?.state === 'incoming') return true;
  const state = secondary.vfioState;
  return state !== null && state !== 'RUNNING' && state !== 'STOP' && state !== 'ERROR';
}

export function machineOf(fleet: Fleet, secondary: SecondaryController): VirtualMachine | undefined {
  return secondary.virtualMachineId === null ? undefined : fleet.virtualMachines[secondary.virtualMachineId];
}

export function virtualSubsystemOf(
  fleet: Fleet,
  secondary: SecondaryController,
): VirtualSubsystem | undefined {
  return secondary.virtualSubsystemId === null
    ? undefined
    : fleet.virtualSubsystems[secondary.virtualSubsystemId];
}

/** In the pool: nobody uses it and it holds no flexible resources. */
export function isInPool(secondary: SecondaryController): boolean {
  // What no list names is online by itself: then nobody uses it while it has no driver.
  const isIdle = secondary.unlisted === undefined ? !secondary.online : secondary.driver === null;
  return isUnassigned(secondary) && isIdle && secondary.nvq === 0 && secondary.nvi === 0;
}

/** Neither in a virtual subsystem nor handed to a virtual machine. */
export function isUnassigned(secondary: SecondaryController): boolean {
  return secondary.virtualSubsystemId === null && secondary.virtualMachineId === null;
}

/** One line on what a secondary is doing now: `Online · in my_v_nqn_1 as 20 · db-primary`. */
export function secondaryStateWords(fleet: Fleet, secondaryId: string): string {
  const secondary = findSecondary(fleet, secondaryId);
  if (secondary === undefined) return 'Unknown';
  const words = [stateWord(secondary)];
  const failure = controllerFailure(secondary);
  if (failure !== null) words[0] = capitalised(failure);
  if (secondary.suspended === true) words.push('suspended');
  if (secondary.pciAddress === null && secondary.vfn > 0) words.push('VF not enabled');
  if (!secondary.visible) words.push('hidden from VFIO');
  if (!secondary.migrationEnabled) words.push('live migration not enabled');
  const subsystem = virtualSubsystemOf(fleet, secondary);
  if (subsystem !== undefined)
    words.push(`in ${virtualSubsystemTitle(subsystem)} as ${secondary.virtualControllerId ?? '?'}`);
  const machine = machineOf(fleet, secondary);
  if (machine !== undefined) words.push(machine.name);
  else if (secondary.driver === 'nvme' && secondary.deviceName !== null)
    words.push(`used by the host as ${secondary.deviceName}`);
  if (isMigrating(fleet, secondary)) words.push(secondary.vfioState ?? 'migrating');
  else if (isInPool(secondary)) words.push('free');
  return words.join(' · ');
}

/** `Online`, or that nobody recorded it. */
export function stateWord({ online, unlisted }: SecondaryController): string {
  if (unlisted?.gap.kind === 'not-recorded') return 'State not recorded';
  return online ? 'Online' : 'Offline';
}

/** CNTLID as `0x0011`, or that nobody recorded it or it is not known. */
export function cntlidWords(controller: Controller): string {
  if (knowsCntlid(controller)) return hexadecimalId(controller.cntlid);
  return controller.role === 'secondary' ? 'not known' : 'not recorded';
}

/** The list of its primary controller tells that of a secondary one, whoever recorded the controller itself. */
export function knowsCntlid(controller: Controller): boolean {
  return controller.role === 'secondary'
    ? controller.unlisted?.knowsCntlid !== false
    : tellingCommandOf(controller, 'cntlid') === null;
}

/** `12 of 16`, or why there is no such number. */
export function freeWords({ gap, supported, ...pool }: FlexibleResources): string {
  if (gap !== undefined) return gapTitle(gap);
  if (!supported) return 'not flexible';
  const { total, assignedToSecondaries, allocatedToPrimary } = pool;
  const used = assignedToSecondaries + allocatedToPrimary;
  return used > total
    ? `${total} in total and ${used} in use contradict each other`
    : `${total - used} of ${total}`;
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface FleetCounts {
  readonly hosts: number;
  readonly primaries: number;
  readonly secondaries: number;
  readonly namespaces: number;
  readonly virtualSubsystems: number;
  readonly virtualMachines: number;
  /** Secondaries in no virtual subsystem and no virtual machine. */
  readonly unassigned: number;
  /** Secondaries whose SCS says Offline. */
  readonly offline: number;
  readonly migrating: number;
  readonly problems: number;
}

export function countFleet(fleet: Fleet): FleetCounts {
  const controllers = Object.values(fleet.controllers);
  const secondaries = controllers.filter((controller) => controller.role === 'secondary');
  const holders = [...Object.values(fleet.hosts), ...controllers, ...Object.values(fleet.namespaces)];
  return {
    hosts: Object.keys(fleet.hosts).length,
    primaries: controllers.filter((controller) => controller.role === 'primary').length,
    secondaries: secondaries.length,
    namespaces: Object.keys(fleet.namespaces).length,
    virtualSubsystems: Object.keys(fleet.virtualSubsystems).length,
    virtualMachines: Object.keys(fleet.virtualMachines).length,
    unassigned: secondaries.filter(isUnassigned).length,
    offline: secondaries.filter((secondary) => !secondary.online).length,
    migrating: secondaries.filter((secondary) => isMigrating(fleet, secondary)).length,
    problems: holders.reduce((sum, holder) => sum + holder.problems.length, fleet.problems.length),
  };
}
