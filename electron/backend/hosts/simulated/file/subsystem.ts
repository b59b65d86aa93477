import type { FileController, FilePrimary } from '#shared/fleet-file/controller/controller-schema.ts';
import {
  firstProvisionedHandle,
  provisionedUuid,
} from '#shared/fleet-file/controller/provisioned-functions.ts';
import { secondaryCntlids } from '#shared/fleet-file/controller/secondaries.ts';
import type { FileSubsystem } from '#shared/fleet-file/schema.ts';
import { type Result, succeed } from '#shared/result.ts';
import { identifyTemplate, type TemplateSurroundings } from '../commands/identify/identify-template.ts';
import { type ControllerPart, isPrimary, isSecondary, SimulatedController } from '../state/controller.ts';
import { createNamespace, type SimulatedNamespace } from '../state/namespace.ts';
import { ResourcePool } from '../state/resource-pool.ts';
import { SimulatedSubsystem } from '../state/subsystem.ts';
import { noTracking } from '../state/tracking-state.ts';
import { virtualSubsystemFromFile } from '../state/virtual-subsystem.ts';
import { controllerStateFromFile, type WrittenState } from './controller-state.ts';
import { restoreTracking } from './tracking.ts';

/**
 * Makes an NVM subsystem with its controllers, as the file describes them, from a file that was checked. `time` is the
 * simulated clock in microseconds.
 */
export function buildSubsystem(file: FileSubsystem, time: () => number): Result<SimulatedSubsystem> {
  const namespaces: SimulatedNamespace[] = [];
  for (const entry of file.namespaces) {
    const namespace = createNamespace(entry);
    if (!namespace.ok) return namespace;
    namespaces.push(namespace.value);
  }
  const subsystem = new SimulatedSubsystem(file, namespaces, time);
  const around: TemplateSurroundings = {
    profile: subsystem.profile,
    subsystemNqn: file.nqn,
    severalPorts: new Set(file.controllers.map((controller) => controller.host)).size > 1,
    capacityBytes: subsystem.capacityBytes,
    freeBytes: subsystem.capacityBytes - subsystem.usedBytes,
  };
  for (const entry of file.controllers) {
    const added = addController(subsystem, entry, around);
    if (!added.ok) return added;
  }
  subsystem.sortControllers();
  return succeed(subsystem);
}

function addController(
  subsystem: SimulatedSubsystem,
  file: FileController,
  around: TemplateSurroundings,
): Result<void> {
  const template = identifyTemplate(file, file.role, around);
  if (!template.ok) return template;
  const pci = {
    deviceId: file.pciDeviceId,
    subsystemId: file.pciSubsystemId,
    revision: file.pciRevision,
  };
  const identity = { template: template.value, cap: BigInt(file.cap), pci };
  const part = partOf(file, around);
  if (!part.ok) return part;
  const controller = new SimulatedController(subsystem, file.cntlid, part.value, identity);
  controllerStateFromFile(controller, file);
  subsystem.addController(controller);
  return file.role === 'primary' ? addSecondaries(subsystem, controller, file, around) : succeed(undefined);
}

function partOf(file: FileController, around: TemplateSurroundings): Result<ControllerPart> {
  if (file.role === 'plain')
    return succeed({ kind: 'plain', queuePairs: file.queuePairs, interruptVectors: file.interruptVectors });
  const template = identifyTemplate(file, 'secondary', around);
  if (!template.ok) return template;
  const { provisioned } = file;
  const virtualSubsystems = new Map<number, ReturnType<typeof virtualSubsystemFromFile>>();
  const taken = new Set(file.virtualSubsystems.map((virtual) => virtual.vsid));
  let next = 1;
  for (const entry of file.virtualSubsystems) {
    while (taken.has(next) || virtualSubsystems.has(next)) next++;
    const vsid = entry.vsid ?? next;
    virtualSubsystems.set(vsid, virtualSubsystemFromFile(entry, vsid));
  }
  return succeed({
    kind: 'primary',
    vq: new ResourcePool(file.vq),
    vi: new ResourcePool(file.vi),
    totalVfs: file.sriov.totalVfs,
    numVfs: file.sriov.numVfs,
    presentVfs: file.sriov.functionsDropped ? 0 : file.sriov.numVfs,
    secondaries: [],
    virtualSubsystems,
    tracking: noTracking(),
    provisioned: provisioned
      ? {
          maximum: provisioned.maximum,
          firstCntlid: provisioned.firstCntlid,
          nextHandle: provisioned.nextHandle,
          template: template.value,
        }
      : null,
  });
}

function addSecondaries(
  subsystem: SimulatedSubsystem,
  primary: SimulatedController,
  file: FilePrimary,
  around: TemplateSurroundings,
): Result<void> {
  if (!isPrimary(primary)) return succeed(undefined);
  const template = identifyTemplate(file, 'secondary', around);
  if (!template.ok) return template;
  const identity = { template: template.value, cap: primary.cap, pci: primary.pci };
  const add = (secondary: SimulatedController, state: WrittenState | undefined) => {
    if (!isSecondary(secondary)) return;
    if (state) controllerStateFromFile(secondary, state);
    primary.part.vq.assigned += secondary.part.vq;
    primary.part.vi.assigned += secondary.part.vi;
    primary.part.secondaries.push(secondary);
    subsystem.addController(secondary);
  };
  const states = new Map(file.secondaries.map((secondary) => [secondary.vfn, secondary]));
  for (const [index, cntlid] of secondaryCntlids(file).entries()) {
    const state = states.get(index + 1);
    const { vq = 0, vi = 0, online = false } = state ?? {};
    const { migrationEnabled = true, visible = true } = state ?? {};
    const vfn = index + 1;
    const flags = { handle: vfn, uuid: null, migrationEnabled, visible };
    const part = { kind: 'secondary' as const, primary, vfn, online, vq, vi, ...flags };
    add(new SimulatedController(subsystem, cntlid, part, identity), state);
  }
  for (const [index, entry] of (file.provisioned?.functions ?? []).entries()) {
    const { cntlid, vq, vi, online, migrationEnabled, visible } = entry;
    const uuid = entry.uuid ?? provisionedUuid(subsystem.nqn, cntlid);
    const flags = { handle: entry.handle ?? firstProvisionedHandle + index, uuid, migrationEnabled, visible };
    const part = { kind: 'secondary' as const, primary, vfn: 0, online, vq, vi, ...flags };
    add(new SimulatedController(subsystem, cntlid, part, identity), entry);
  }
  if (file.tracking) restoreTracking(primary, file.tracking);
  return succeed(undefined);
}
