import { deviceAbilities } from '../fleet/device-abilities.ts';
import { gapWords } from '../fleet/gap.ts';
import type { Fleet, Host, Namespace, PlainController, PrimaryController } from '../fleet/schema.ts';
import {
  controllerTitle,
  freeResources,
  functionAddress,
  knowsCntlid,
  namespacesOf,
  secondariesOf,
  secondaryStateWords,
} from '../fleet/selectors.ts';
import { lifeCycleOf } from '../virtual-subsystem/life-cycle/life-cycle.ts';
import { type ReportContext, reportVersion, type TopologyReport } from './report-schema.ts';
import { isoTime } from './run-report.ts';

/** The fleet as it is now: hosts, controllers with their budgets, virtual subsystems, virtual machines, namespaces. */
export function topologyReport(fleet: Fleet, context: ReportContext): TopologyReport {
  return {
    kind: 'topology',
    format: 'berth-report',
    version: reportVersion,
    programVersion: context.programVersion,
    title: `Topology of ${fleet.source.name}`,
    madeAt: isoTime(context.at),
    fleet: { name: fleet.source.name, simulated: fleet.source.simulated, seed: fleet.source.seed },
    hosts: Object.values(fleet.hosts).map((host) => hostPart(fleet, host)),
    namespaces: Object.values(fleet.namespaces).map((namespace) => ({
      subsystemNqn: namespace.subsystemId,
      nsid: namespace.nsid,
      sizeBytes: namespace.sizeBytes,
      blockSize: namespace.blockSize,
      shared: namespace.shared,
      identifiers: identifiers(namespace),
    })),
    problems: problems(fleet),
  };
}

function hostPart(fleet: Fleet, host: Host): TopologyReport['hosts'][number] {
  const controllers = Object.values(fleet.controllers).filter((controller) => controller.hostId === host.id);
  return {
    name: host.name,
    kernel: host.kernel,
    iommu: host.iommu,
    qemu: host.platform.qemu,
    pageSize: host.platform.pageSize,
    lacks: [host.platform.iommuHardwareDirtyTracking, ...Object.values(host.platform.features)].flatMap(
      (capability) => (capability.available ? [] : [capability.reason]),
    ),
    virtualMachines: Object.values(fleet.virtualMachines)
      .filter((machine) => machine.hostId === host.id)
      .map(({ name, state, memoryBytes, deviceIds }) => ({
        name,
        state,
        memoryBytes,
        devices: deviceIds.map((id) => {
          const controller = fleet.controllers[id];
          return controller === undefined ? id : controllerTitle(controller);
        }),
      })),
    controllers: controllers.flatMap((controller) =>
      controller.role === 'secondary' ? [] : [controllerPart(fleet, controller)],
    ),
  };
}

function controllerPart(
  fleet: Fleet,
  controller: PrimaryController | PlainController,
): TopologyReport['hosts'][number]['controllers'][number] {
  const primary = controller.role === 'primary' ? controller : null;
  return {
    title: controllerTitle(controller),
    role: controller.role,
    address: controller.pciAddress ?? '',
    abilities: deviceAbilities(fleet, controller).map(({ title, verdict, reason }) => ({
      title,
      verdict,
      reason,
    })),
    subsystemNqn: controller.subsystemId,
    modelNumber: controller.identity?.modelNumber ?? '',
    serialNumber: controller.identity?.serialNumber ?? '',
    firmwareRevision: controller.identity?.firmwareRevision ?? '',
    vq: primary === null ? null : budget(primary, 'vq'),
    vi: primary === null ? null : budget(primary, 'vi'),
    resources:
      primary?.vq.gap === undefined ? '' : `Primary Controller Capabilities ${gapWords(primary.vq.gap)}`,
    secondaries:
      primary === null
        ? []
        : secondariesOf(fleet, primary).map((secondary) => ({
            title: controllerTitle(secondary),
            cntlid: knowsCntlid(secondary) ? secondary.cntlid : null,
            address: functionAddress(secondary) ?? '',
            state: secondaryStateWords(fleet, secondary.id),
            vq: secondary.unlisted === undefined ? secondary.nvq : null,
            vi: secondary.unlisted === undefined ? secondary.nvi : null,
            driver: secondary.driver ?? '',
            namespaces: namespacesOf(fleet, secondary).map((namespace) => namespace.nsid),
          })),
    virtualSubsystems: Object.values(fleet.virtualSubsystems)
      .filter((subsystem) => subsystem.primaryId === controller.id)
      .map((subsystem) => ({
        nqn: subsystem.nqn,
        primaryVirtualId: subsystem.primaryVirtualId,
        state: lifeCycleOf(fleet, subsystem, []),
        members: subsystem.members.map(({ controllerId, virtualControllerId }) => {
          const member = fleet.controllers[controllerId];
          return {
            controller: member === undefined ? controllerId : controllerTitle(member),
            virtualControllerId,
          };
        }),
      })),
  };
}

function budget(primary: PrimaryController, resource: 'vq' | 'vi') {
  const pool = primary[resource];
  if (!pool.supported) return null;
  return {
    total: pool.total,
    secondaries: pool.assignedToSecondaries,
    primary: pool.allocatedToPrimary,
    free: freeResources(primary, resource),
  };
}

function identifiers({ nguid, eui64, uuid }: Namespace): string {
  const named = [nguid && `NGUID ${nguid}`, eui64 && `EUI64 ${eui64}`, uuid && `UUID ${uuid}`];
  return named.filter((text) => text !== '').join(', ');
}

function problems(fleet: Fleet): TopologyReport['problems'] {
  const holders = [
    fleet,
    ...Object.values(fleet.hosts),
    ...Object.values(fleet.controllers),
    ...Object.values(fleet.namespaces),
  ];
  return holders.flatMap((holder) => holder.problems).map(({ source, message }) => ({ source, message }));
}
