import { namespaceIdOf, virtualMachineIdOf, virtualSubsystemIdOf } from '../fleet/ids.ts';
import { onlineBlockers, resourceBlockers } from '../fleet/rules/resources.ts';
import type { Controller, Fleet } from '../fleet/schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  findPrimary,
  findSecondary,
  machineOf,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '../fleet/selectors.ts';
import { unreachable } from '../result.ts';
import { isVfioDriver } from '../vfio/drivers.ts';
import { maskBlockers } from '../virtual-subsystem/mask/check-mask.ts';
import { functionStepBlockers } from './function-steps.ts';
import type { Step } from './step.ts';

/**
 * Why a step cannot run on this fleet, one line each; empty when it can. Checked when a plan is made (on the predicted
 * fleet), right before the step runs (on the fleet as read), and before an undo.
 */
export function stepPreconditions(step: Step, fleet: Fleet): string[] {
  switch (step.kind) {
    case 'secondary-offline':
      return onSecondary(fleet, step.secondaryId, () => []);
    case 'secondary-assign':
      return onSecondary(fleet, step.secondaryId, (secondary, primary) => {
        if (secondary.online)
          return [`${controllerTitle(secondary)} is online; resources change only while it is offline.`];
        const resources = {
          vq: step.resource === 'VQ' ? step.count : secondary.nvq,
          vi: step.resource === 'VI' ? step.count : secondary.nvi,
        };
        return resourceBlockers(fleet, primary, [{ secondary, resources }]);
      });
    case 'secondary-online':
      return onSecondary(fleet, step.secondaryId, (secondary, primary) => {
        const missing = secondary.vfn > primary.numVfs ? [functionMissing(secondary)] : [];
        return [...missing, ...onlineBlockers(primary, secondary, { vq: secondary.nvq, vi: secondary.nvi })];
      });
    case 'primary-allocate':
      return onPrimary(fleet, step.primaryId, (primary) => {
        const pool = step.resource === 'VQ' ? primary.vq : primary.vi;
        if (!pool.supported)
          return [`${controllerTitle(primary)} has no flexible ${step.resource} resources.`];
        if (step.count > pool.total)
          return [`${step.count} ${step.resource} are more than the ${pool.total} flexible ones there are.`];
        return [];
      });
    case 'function-level-reset':
    case 'controller-reset':
    case 'subsystem-reset':
    case 'set-driver':
      return onController(fleet, step.controllerId, (controller) => {
        const reasons = hasFunction(fleet, controller) ? [] : [functionMissing(controller)];
        if (step.kind === 'controller-reset' && controller.driver !== 'nvme')
          reasons.push(
            `${controllerTitle(controller)} is not bound to the nvme driver, which resets controllers. Use a function level reset.`,
          );
        if (step.kind === 'set-driver') reasons.push(...driverBlockers(fleet, controller, step.driver));
        return reasons;
      });
    case 'set-vf-count':
      return onPrimary(fleet, step.primaryId, (primary) => {
        if (step.count > primary.totalVfs)
          return [
            `${controllerTitle(primary)} offers ${primary.totalVfs} VFs (TotalVFs), not ${step.count}.`,
          ];
        if (step.count !== 0 && primary.numVfs !== 0 && step.count !== primary.numVfs)
          return [
            `${controllerTitle(primary)} has ${primary.numVfs} VFs; Linux changes the count only through 0.`,
          ];
        return [];
      });
    case 'set-drivers-autoprobe':
      return onPrimary(fleet, step.primaryId, () => []);
    case 'attach-namespace':
    case 'detach-namespace':
      return onController(fleet, step.controllerId, (controller) =>
        attachmentBlockers(fleet, controller, step.nsid, step.kind === 'attach-namespace'),
      );
    case 'virtual-subsystem-create':
      return onPrimary(fleet, step.primaryId, (primary) =>
        fleet.virtualSubsystems[virtualSubsystemIdOf(primary.id, step.nqn)] === undefined
          ? []
          : [`${controllerFullTitle(fleet, primary)} has a virtual subsystem ${step.nqn} already.`],
      );
    case 'virtual-subsystem-set-identity':
    case 'virtual-subsystem-set-capabilities':
      return onPrimary(fleet, step.primaryId, (primary) => {
        const subsystem = fleet.virtualSubsystems[virtualSubsystemIdOf(primary.id, step.nqn)];
        if (subsystem === undefined) return [`The virtual subsystem ${step.nqn} is gone.`];
        const members = subsystem.members.flatMap(
          (member) => findSecondary(fleet, member.controllerId) ?? [],
        );
        const mask =
          step.kind === 'virtual-subsystem-set-capabilities'
            ? maskBlockers(
                primary,
                step.exposed,
                members.flatMap((member) =>
                  member.attachedNamespaces.map((nsid) => ({
                    nsid,
                    formatIndex: fleet.namespaces[namespaceIdOf(member.subsystemId, nsid)]?.formatIndex,
                  })),
                ),
              )
            : [];
        return [...mask, ...members.flatMap((member) => runningBlockers(fleet, member))];
      });
    case 'virtual-subsystem-delete': {
      const subsystem = fleet.virtualSubsystems[virtualSubsystemIdOf(step.primaryId, step.nqn)];
      if (subsystem === undefined) return [`The virtual subsystem ${step.nqn} is gone.`];
      const count = subsystem.members.length;
      return count === 0
        ? []
        : [
            `${virtualSubsystemTitle(subsystem)} still has ${count} member${count === 1 ? '' : 's'}. Remove them first.`,
          ];
    }
    case 'virtual-subsystem-add':
      return onSecondary(fleet, step.secondaryId, (secondary) => {
        const subsystem = fleet.virtualSubsystems[virtualSubsystemIdOf(secondary.primaryId, step.nqn)];
        if (subsystem === undefined) return [`The virtual subsystem ${step.nqn} is gone.`];
        const current = virtualSubsystemOf(fleet, secondary);
        const reasons = current
          ? [`${controllerTitle(secondary)} is a member of ${virtualSubsystemTitle(current)}.`]
          : [];
        const taken =
          subsystem.primaryVirtualId === step.virtualControllerId ||
          subsystem.members.some((member) => member.virtualControllerId === step.virtualControllerId);
        if (taken)
          reasons.push(
            `Virtual id ${step.virtualControllerId} is taken in ${virtualSubsystemTitle(subsystem)}.`,
          );
        return [...reasons, ...guestBlockers(fleet, secondary)];
      });
    case 'virtual-subsystem-remove':
      return onSecondary(fleet, step.secondaryId, (secondary) => {
        const wanted = virtualSubsystemIdOf(secondary.primaryId, step.nqn);
        if (secondary.virtualSubsystemId !== wanted)
          return [`${controllerTitle(secondary)} is not a member of ${virtualSubsystemTitle(step)}.`];
        return guestBlockers(fleet, secondary);
      });
    case 'function-provision':
    case 'function-destroy':
    case 'function-set-migration':
    case 'function-set-visible':
      return functionStepBlockers(step, fleet);
    case 'vm-attach-device':
      return onSecondary(fleet, step.controllerId, (secondary) => {
        const reasons = machineBlockers(fleet, step.virtualMachineId);
        if (!isVfioDriver(secondary.driver))
          reasons.push(
            `${controllerTitle(secondary)} is not shown through VFIO (bound to vfio-pci, or visible).`,
          );
        return [...reasons, ...guestBlockers(fleet, secondary)];
      });
    case 'vm-detach-device':
      return onSecondary(fleet, step.controllerId, (secondary) =>
        secondary.virtualMachineId === step.virtualMachineId
          ? []
          : [`${controllerTitle(secondary)} is not in that virtual machine.`],
      );
    case 'vm-create-incoming':
      return fleet.virtualMachines[virtualMachineIdOf(step.hostId, step.name)] === undefined
        ? []
        : [`A virtual machine named ${step.name} exists there already.`];
    case 'vm-pause':
    case 'vm-resume':
    case 'vm-send-memory':
    case 'vm-destroy':
      return machineBlockers(fleet, step.virtualMachineId);
    case 'vfio-set-state':
      return onSecondary(fleet, step.controllerId, vfioBlockers);
    case 'vfio-transfer-state':
      return [
        ...onSecondary(fleet, step.sourceId, vfioBlockers),
        ...onSecondary(fleet, step.destinationId, vfioBlockers),
      ];
    default:
      return unreachable(step);
  }
}

type Secondary = NonNullable<ReturnType<typeof findSecondary>>;
type Primary = NonNullable<ReturnType<typeof findPrimary>>;

function onController(fleet: Fleet, id: string, check: (controller: Controller) => string[]): string[] {
  const controller = fleet.controllers[id];
  return controller === undefined ? [`${id} is not in the fleet any more.`] : check(controller);
}

function onPrimary(fleet: Fleet, id: string, check: (primary: Primary) => string[]): string[] {
  const primary = findPrimary(fleet, id);
  return primary === undefined ? [`${id} is not a primary controller of the fleet.`] : check(primary);
}

function onSecondary(
  fleet: Fleet,
  id: string,
  check: (secondary: Secondary, primary: Primary) => string[],
): string[] {
  const secondary = findSecondary(fleet, id);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  if (secondary === undefined || primary === undefined)
    return [`${id} is not a secondary controller of the fleet.`];
  return check(secondary, primary);
}

function hasFunction(fleet: Fleet, controller: Controller): boolean {
  if (controller.role !== 'secondary') return controller.pciAddress !== null;
  if (controller.functionKind === 'siov') return controller.visible;
  // A predicted fleet knows that the function exists, but not yet at which address.
  return controller.vfn <= (findPrimary(fleet, controller.primaryId)?.numVfs ?? 0);
}

function functionMissing(controller: Controller): string {
  if (controller.role === 'secondary' && controller.functionKind === 'siov')
    return `${controllerTitle(controller)} is hidden, so the host has nothing of it; make it visible first.`;
  return controller.role === 'secondary'
    ? `${controllerTitle(controller)} does not exist yet; raise the VF count of its primary.`
    : `${controllerTitle(controller)} has no PCI function on this host.`;
}

function guestBlockers(fleet: Fleet, secondary: Secondary): string[] {
  const machine = machineOf(fleet, secondary);
  return machine === undefined
    ? []
    : [`${controllerTitle(secondary)} is in ${machine.name}. Take it out of the virtual machine first.`];
}

/** Who has read the old answers must not find others: the device refuses with Command Sequence Error. */
function runningBlockers(fleet: Fleet, secondary: Secondary): string[] {
  const machine = machineOf(fleet, secondary);
  if (machine !== undefined && machine.state !== 'stopped')
    return [
      `${controllerTitle(secondary)} is used by ${machine.name} (${machine.state}), which has read the present answers. Take it out of the virtual machine first.`,
    ];
  return secondary.driver === 'nvme' && secondary.online
    ? [`${controllerTitle(secondary)} is used by the host's nvme driver. Unbind it first.`]
    : [];
}

function driverBlockers(fleet: Fleet, controller: Controller, driver: string | null): string[] {
  if (controller.role !== 'secondary') return [];
  const reasons = guestBlockers(fleet, controller);
  if (controller.functionKind === 'siov')
    reasons.push(
      `${controllerTitle(controller)} is no PCI function, so no driver can be bound to it. Show or hide it instead.`,
    );
  if (driver === 'vfio-pci' && !controller.visible)
    reasons.push(`${controllerTitle(controller)} is hidden from VFIO. Make it visible first.`);
  if (driver === 'nvme' && !controller.online)
    reasons.push(
      `${controllerTitle(controller)} is offline: the nvme driver would give up on it. Bring it online first.`,
    );
  if (driver === 'vfio-pci' && fleet.hosts[controller.hostId]?.iommu === '')
    reasons.push('The host has no IOMMU, so vfio-pci cannot take the function.');
  return reasons;
}

function attachmentBlockers(fleet: Fleet, controller: Controller, nsid: number, attach: boolean): string[] {
  const title = controllerTitle(controller);
  const attached = controller.attachedNamespaces.includes(nsid);
  if (!attach) return attached ? [] : [`Namespace ${nsid} is not attached to ${title}.`];
  if (attached) return [`Namespace ${nsid} is attached to ${title} already.`];
  const namespace = fleet.namespaces[namespaceIdOf(controller.subsystemId, nsid)];
  if (namespace === undefined) return [`There is no namespace ${nsid} in the NVM subsystem of ${title}.`];
  const holder = fleet.controllers[namespace.attachedTo[0] ?? ''];
  if (namespace.shared || holder === undefined) return [];
  return [
    `Namespace ${nsid} is private and attached to ${controllerFullTitle(fleet, holder)}. Detach it there first.`,
  ];
}

function machineBlockers(fleet: Fleet, id: string): string[] {
  return fleet.virtualMachines[id] === undefined ? [`The virtual machine ${id} is gone.`] : [];
}

function vfioBlockers(secondary: Secondary): string[] {
  if (!isVfioDriver(secondary.driver))
    return [`${controllerTitle(secondary)} is not bound to vfio-pci, so it has no VFIO state.`];
  return secondary.migrationEnabled
    ? []
    : [`Live migration of ${controllerTitle(secondary)} is not enabled, so VFIO offers none.`];
}
