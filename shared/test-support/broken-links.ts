import type { Fleet } from '../fleet/schema.ts';
import { findPrimary, findSecondary } from '../fleet/selectors.ts';

/** Links of the fleet that lead nowhere or in one direction only; a fleet that Berth assembled has none. */
export function brokenLinks(fleet: Fleet): string[] {
  const broken: string[] = [];
  const check = (holds: boolean, words: string) => {
    if (!holds) broken.push(words);
  };
  for (const [id, controller] of Object.entries(fleet.controllers)) {
    check(controller.id === id, `${id} is kept under another id`);
    check(fleet.hosts[controller.hostId] !== undefined, `${id} has no host`);
    check(fleet.subsystems[controller.subsystemId] !== undefined, `${id} has no subsystem`);
    for (const nsid of controller.attachedNamespaces)
      check(
        fleet.namespaces[`${controller.subsystemId}#${nsid}`]?.attachedTo.includes(id) === true,
        `${id} reaches namespace ${nsid}, which does not know it`,
      );
    if (controller.role === 'primary')
      for (const secondaryId of controller.secondaryIds)
        check(
          findSecondary(fleet, secondaryId)?.primaryId === id,
          `${secondaryId} does not know its primary`,
        );
    if (controller.role !== 'secondary') continue;
    const primary = findPrimary(fleet, controller.primaryId);
    check(primary?.secondaryIds.includes(id) === true, `${id} is not listed by its primary`);
    const { virtualSubsystemId, virtualMachineId } = controller;
    if (virtualSubsystemId !== null)
      check(
        fleet.virtualSubsystems[virtualSubsystemId]?.members.some(
          ({ controllerId }) => controllerId === id,
        ) === true,
        `${id} is in a virtual subsystem that does not know it`,
      );
    if (virtualMachineId !== null)
      check(
        fleet.virtualMachines[virtualMachineId]?.deviceIds.includes(id) === true,
        `${id} is in a virtual machine that does not know it`,
      );
  }
  for (const namespace of Object.values(fleet.namespaces))
    for (const id of namespace.attachedTo)
      check(
        fleet.controllers[id]?.attachedNamespaces.includes(namespace.nsid) === true,
        `${namespace.id} is attached to ${id}, which does not know it`,
      );
  for (const virtual of Object.values(fleet.virtualSubsystems)) {
    check(findPrimary(fleet, virtual.primaryId) !== undefined, `${virtual.id} has no primary`);
    for (const { controllerId } of virtual.members)
      check(
        findSecondary(fleet, controllerId)?.virtualSubsystemId === virtual.id,
        `${controllerId} does not know that it is in ${virtual.id}`,
      );
  }
  for (const machine of Object.values(fleet.virtualMachines))
    for (const id of machine.deviceIds)
      check(fleet.controllers[id] !== undefined, `${machine.id} has ${id}, which is gone`);
  return broken;
}
