import type { Controller, Fleet } from '../fleet/schema.ts';
import { findPrimary, findSecondary } from '../fleet/selectors.ts';
import { commandLine } from '../nvme/commands/table.ts';
import type { Step } from './step.ts';
import { stepCommand } from './step-command.ts';

/** Any VSID will do for a line: the line names the virtual subsystem by its NQN. */
const someVsid = 1;

/** The same step on a shell, one line each; empty when no command line exists for it (hypervisor, VFIO). */
export function stepCommandLines(step: Step, fleet: Fleet): string[] {
  const command = stepCommand(step, fleet, someVsid);
  if (command.ok && command.value !== null) {
    const controller = fleet.controllers[command.value.controllerId];
    const nqn = 'nqn' in step ? step.nqn : undefined;
    const names = nqn === undefined ? {} : { virtualNqns: new Map([[someVsid, nqn]]) };
    return [commandLine(command.value.command, devicePath(controller), names)];
  }
  switch (step.kind) {
    case 'function-level-reset':
      return [`echo 1 > ${sysfs(fleet, step.controllerId)}/reset`];
    case 'controller-reset':
      return [`nvme reset ${devicePath(fleet.controllers[step.controllerId])}`];
    case 'subsystem-reset':
      return [`nvme subsystem-reset ${devicePath(fleet.controllers[step.controllerId])}`];
    case 'set-vf-count':
      return [`echo ${step.count} > ${sysfs(fleet, step.primaryId)}/sriov_numvfs`];
    case 'set-drivers-autoprobe':
      return [`echo ${step.enabled ? 1 : 0} > ${sysfs(fleet, step.primaryId)}/sriov_drivers_autoprobe`];
    case 'set-driver':
      return driverLines(fleet, step.controllerId, step.driver);
    default:
      return [];
  }
}

function driverLines(fleet: Fleet, controllerId: string, driver: string | null): string[] {
  const path = sysfs(fleet, controllerId);
  const address = fleet.controllers[controllerId]?.pciAddress ?? `$(basename $(readlink -f ${path}))`;
  const bound = fleet.controllers[controllerId]?.driver ?? null;
  const unbind = bound === null ? [] : [`echo ${address} > /sys/bus/pci/drivers/${bound}/unbind`];
  if (driver === null) return [...unbind, `echo > ${path}/driver_override`];
  return [
    ...unbind,
    `echo ${driver} > ${path}/driver_override`,
    `echo ${address} > /sys/bus/pci/drivers/${driver}/bind`,
  ];
}

function devicePath(controller: Controller | undefined): string {
  return `/dev/${controller?.deviceName ?? controller?.pciAddress ?? 'nvme'}`;
}

/** The function's folder; a VF that does not exist yet is reached through its physical function's link. */
function sysfs(fleet: Fleet, controllerId: string): string {
  const controller = fleet.controllers[controllerId];
  const folder = '/sys/bus/pci/devices';
  if (controller?.pciAddress != null) return `${folder}/${controller.pciAddress}`;
  if (controller?.role === 'secondary' && controller.assignableDevice !== null)
    return `${folder}/${controller.assignableDevice}`;
  const secondary = findSecondary(fleet, controllerId);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  // virtfnN counts from 0, VFN from 1.
  return `${folder}/${primary?.pciAddress ?? 'unknown'}/virtfn${Math.max(0, (secondary?.vfn ?? 1) - 1)}`;
}
