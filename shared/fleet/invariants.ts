import type { Fleet, PrimaryController, Problem, SecondaryController } from './schema.ts';
import { findPrimary, findSecondary } from './selectors.ts';

/**
 * Where what a primary controller says contradicts itself; shown as problems beside it, because a rule that trusts such
 * numbers would decide wrongly.
 */
export function primaryContradictions(
  device: string,
  primary: PrimaryController,
  secondaries: readonly SecondaryController[],
): Problem[] {
  const problems: Problem[] = [];
  for (const [label, pool, held] of [
    ['VQ', primary.vq, secondaries.reduce((sum, secondary) => sum + secondary.nvq, 0)],
    ['VI', primary.vi, secondaries.reduce((sum, secondary) => sum + secondary.nvi, 0)],
  ] as const) {
    const source = `${device} · Primary Controller Capabilities`;
    if (!pool.supported) continue;
    if (pool.assignedToSecondaries !== held)
      problems.push({
        source,
        field: `${label}RFA`,
        message: `Says ${pool.assignedToSecondaries} assigned to secondaries, but their list adds up to ${held}.`,
      });
    if (pool.assignedToSecondaries + pool.allocatedToPrimary > pool.total)
      problems.push({
        source,
        field: `${label}FRT`,
        message: `Says ${pool.total} in all, but ${pool.assignedToSecondaries + pool.allocatedToPrimary} are in use.`,
      });
  }
  const source = `${device} · Secondary Controller List`;
  const seen = new Set<number>();
  for (const { vfn, cntlid } of secondaries) {
    if (vfn > primary.totalVfs)
      problems.push({
        source,
        field: 'VFN',
        message: `Controller ${cntlid} is VF ${vfn}, but there are only ${primary.totalVfs} (TotalVFs).`,
      });
    if (vfn > 0 && seen.has(vfn))
      problems.push({ source, field: 'VFN', message: `Two controllers say that they are VF ${vfn}.` });
    seen.add(vfn);
  }
  return problems;
}

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
