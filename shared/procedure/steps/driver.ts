import { z } from 'zod';
import { guestBlockers, iommuBlockers } from '../../fleet/rules/secondary-use.ts';
import type { Controller, Fleet } from '../../fleet/schema.ts';
import { controllerTitle } from '../../fleet/selectors.ts';
import { isVfioDriver } from '../../vfio/drivers.ts';
import { defineStep } from '../step-definition.ts';
import { functionBlockers, onController } from './conditions.ts';
import { id } from './fields.ts';
import { startingVfioState, withController } from './predictions.ts';
import { sysfsPath } from './shell.ts';
import { titleOf } from './titles.ts';

/** Which driver of the host has a function. */

const driver = z.enum(['nvme', 'vfio-pci']).nullable();
const schema = z.object({ kind: z.literal('set-driver'), controllerId: id, driver });

const setDriver = defineStep({
  schema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: ({ controllerId, driver: wanted }, fleet) =>
    wanted === null
      ? `Unbind ${titleOf(fleet, controllerId)} from its driver`
      : `Bind ${titleOf(fleet, controllerId)} to ${wanted}`,
  command: null,
  commandLines({ controllerId, driver: wanted }, { fleet }) {
    const path = sysfsPath(fleet, controllerId);
    const { pciAddress = null, driver: bound = null } = fleet.controllers[controllerId] ?? {};
    const address = pciAddress ?? `$(basename $(readlink -f ${path}))`;
    const unbind = bound === null ? [] : [`echo ${address} > /sys/bus/pci/drivers/${bound}/unbind`];
    if (wanted === null) return [...unbind, `echo > ${path}/driver_override`];
    return [
      ...unbind,
      `echo ${wanted} > ${path}/driver_override`,
      `echo ${address} > /sys/bus/pci/drivers/${wanted}/bind`,
    ];
  },
  blockers: ({ controllerId, driver: wanted }, fleet) =>
    onController(fleet, controllerId, (controller) => [
      ...functionBlockers(fleet, controller),
      ...driverBlockers(fleet, controller, wanted),
    ]),
  predict({ controllerId, driver: wanted }, fleet) {
    const controller = fleet.controllers[controllerId];
    if (controller === undefined) return fleet;
    const deviceName = wanted === 'nvme' ? controller.deviceName : null;
    if (controller.role !== 'secondary')
      return withController(fleet, { ...controller, driver: wanted, deviceName });
    const vfioState = isVfioDriver(wanted) ? startingVfioState(controller) : null;
    return withController(fleet, { ...controller, driver: wanted, deviceName, vfioState });
  },
  effect({ controllerId, driver: wanted }, fleet) {
    const controller = fleet.controllers[controllerId];
    const title = controller === undefined ? controllerId : controllerTitle(controller);
    return {
      holds: controller !== undefined && controller.driver === wanted,
      readBack: `${title} is bound to ${controller?.driver ?? 'no driver'}`,
    };
  },
  inverse(step, fleet) {
    // Another driver was bound by hand; Berth does not know how to bind it again.
    const before = driver.safeParse(fleet.controllers[step.controllerId]?.driver ?? null);
    return before.success ? [{ ...step, driver: before.data }] : null;
  },
  sets: ({ controllerId, driver: wanted }) => [{ object: controllerId, aspect: 'driver', value: wanted }],
  scope: () => null,
  // It is taken from one driver before another gets it.
  hasParts: true,
});

export const driverSteps = { 'set-driver': setDriver };

function driverBlockers(fleet: Fleet, controller: Controller, wanted: string | null): string[] {
  if (controller.role !== 'secondary') return [];
  const title = controllerTitle(controller);
  const reasons = guestBlockers(fleet, controller);
  if (controller.functionKind === 'siov')
    reasons.push(`${title} is not a PCI function, so no driver can be bound to it. Show or hide it instead.`);
  if (wanted === 'vfio-pci' && !controller.visible)
    reasons.push(`${title} is hidden from VFIO. Make it visible first.`);
  if (wanted === 'nvme' && !controller.online)
    reasons.push(`${title} is offline: the nvme driver would give up on it. Bring it online first.`);
  if (wanted === 'vfio-pci') reasons.push(...iommuBlockers(fleet, controller));
  return reasons;
}
