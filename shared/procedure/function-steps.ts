import { secondaryIdOf } from '../fleet/ids.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, secondariesOf } from '../fleet/selectors.ts';
import { isVfioDriver, provisionedFunctionDriver } from '../vfio/drivers.ts';
import type { PlanBuilder } from './plan/builder.ts';
import type { Step } from './step.ts';

/** The steps of function provisioning (proposal): what they need, what they leave, what undoes them. */
export type FunctionStep = Extract<
  Step,
  { kind: `function-${'provision' | 'destroy' | 'set-migration' | 'set-visible'}` }
>;

/** Why a function step cannot run; empty when it can. The device refuses the same. */
export function functionStepBlockers(step: FunctionStep, fleet: Fleet): string[] {
  const secondary = findSecondary(fleet, functionIdOf(step));
  const primary = findPrimary(fleet, 'primaryId' in step ? step.primaryId : (secondary?.primaryId ?? ''));
  if (primary === undefined) return [`${functionIdOf(step)} has no controlling function in the fleet.`];
  if (step.kind === 'function-provision') return provisionBlockers(primary, step.cntlid, secondary);
  if (secondary === undefined) return [`${functionIdOf(step)} is not in the fleet any more.`];
  const title = controllerTitle(secondary);
  if (!primary.functions.manage.available)
    return [`${controllerTitle(primary)}: ${primary.functions.manage.reason}`];
  switch (step.kind) {
    case 'function-destroy':
      return destroyBlockers(fleet, secondary);
    case 'function-set-migration':
      return secondary.visible && secondary.migrationEnabled !== step.enabled
        ? [`${title} is visible; what VFIO offers of it does not change. Hide it first.`]
        : [];
    case 'function-set-visible':
      return step.visible ? showBlockers(fleet, secondary) : hideBlockers(fleet, secondary);
  }
}

/** The lowest CNTLIDs that new functions of a primary can have, at most `count`. */
export function freeProvisionedCntlids(fleet: Fleet, primary: PrimaryController, count: number): number[] {
  const taken = new Set(secondariesOf(fleet, primary).map(({ cntlid }) => cntlid));
  const { firstCntlid, maximumProvisioned } = primary.functions;
  return Array.from({ length: maximumProvisioned }, (_, index) => firstCntlid + index)
    .filter((cntlid) => !taken.has(cntlid))
    .slice(0, count);
}

/** The fleet after a function step. */
export function predictFunctionStep(fleet: Fleet, step: FunctionStep): Fleet {
  const id = functionIdOf(step);
  const secondary = findSecondary(fleet, id);
  const primary = findPrimary(fleet, 'primaryId' in step ? step.primaryId : (secondary?.primaryId ?? ''));
  if (primary === undefined) return fleet;
  const put = (changed: SecondaryController): Fleet => ({
    ...fleet,
    controllers: { ...fleet.controllers, [changed.id]: changed },
  });
  if (step.kind === 'function-provision') {
    const secondaryIds = [...primary.secondaryIds.filter((known) => known !== id), id];
    return {
      ...fleet,
      controllers: {
        ...fleet.controllers,
        [primary.id]: { ...primary, secondaryIds },
        [id]: newFunction(primary, step.cntlid),
      },
    };
  }
  if (secondary === undefined) return fleet;
  if (step.kind === 'function-destroy') return withoutFunction(fleet, primary, secondary);
  if (step.kind === 'function-set-migration') return put({ ...secondary, migrationEnabled: step.enabled });
  const gone = { driver: null, assignableDevice: null, vfioState: null };
  if (secondary.functionKind === 'vf')
    return put({
      ...secondary,
      visible: step.visible,
      ...(step.visible || !isVfioDriver(secondary.driver) ? {} : gone),
    });
  // Where the host shows it is known when it does.
  return put({
    ...secondary,
    visible: step.visible,
    ...(step.visible ? { driver: provisionedFunctionDriver } : gone),
  });
}

/** What undoes a function step, from the fleet before it. */
export function functionStepInverse(step: FunctionStep, fleet: Fleet): Step[] | null {
  const secondary = findSecondary(fleet, functionIdOf(step));
  if (step.kind === 'function-provision') return [{ ...step, kind: 'function-destroy' }];
  if (secondary === undefined) return null;
  if (step.kind === 'function-set-migration') return [{ ...step, enabled: secondary.migrationEnabled }];
  if (step.kind === 'function-set-visible') return [{ ...step, visible: secondary.visible }];
  const secondaryId = secondary.id;
  const steps: Step[] = [{ ...step, kind: 'function-provision' }];
  if (secondary.nvi > 0)
    steps.push({ kind: 'secondary-assign', secondaryId, resource: 'VI', count: secondary.nvi });
  if (secondary.nvq > 0)
    steps.push({ kind: 'secondary-assign', secondaryId, resource: 'VQ', count: secondary.nvq });
  for (const nsid of secondary.attachedNamespaces)
    steps.push({ kind: 'attach-namespace', controllerId: secondaryId, nsid });
  if (secondary.migrationEnabled) steps.push({ kind: 'function-set-migration', secondaryId, enabled: true });
  return steps;
}

/** The id of the secondary controller that a function step makes, changes or destroys. */
export function functionIdOf(step: FunctionStep): string {
  return 'secondaryId' in step ? step.secondaryId : secondaryIdOf(step.primaryId, step.cntlid);
}

/** Lets VFIO show a function: last step before it is handed over. Nothing when VFIO shows it already. */
export function showToVfio(builder: PlanBuilder, secondaryId: string, phase: string): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  if (secondary === undefined) return;
  if (!secondary.visible) builder.add({ kind: 'function-set-visible', secondaryId, visible: true }, phase);
  if (secondary.functionKind === 'vf' && secondary.driver !== 'vfio-pci')
    builder.add({ kind: 'set-driver', controllerId: secondaryId, driver: 'vfio-pci' }, phase);
}

/** Takes a function from the host driver or from VFIO. Nothing when neither has it. */
export function takeFromDriver(builder: PlanBuilder, secondaryId: string, phase: string): void {
  const secondary = findSecondary(builder.fleet, secondaryId);
  if (secondary === undefined || secondary.driver === null) return;
  if (secondary.functionKind === 'siov')
    builder.add({ kind: 'function-set-visible', secondaryId, visible: false }, phase);
  else builder.add({ kind: 'set-driver', controllerId: secondaryId, driver: null }, phase);
}

function provisionBlockers(
  primary: PrimaryController,
  cntlid: number,
  existing: SecondaryController | undefined,
): string[] {
  const title = controllerTitle(primary);
  const { provision, firstCntlid, maximumProvisioned } = primary.functions;
  if (!provision.available) return [`${title}: ${provision.reason}`];
  if (existing !== undefined) return [`${title} has ${controllerTitle(existing)} already.`];
  const last = firstCntlid + maximumProvisioned - 1;
  return cntlid < firstCntlid || cntlid > last
    ? [`${title} gives provisioned functions the CNTLIDs ${firstCntlid} to ${last}, not ${cntlid}.`]
    : [];
}

function destroyBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const title = controllerTitle(secondary);
  const { functionKind, virtualMachineId, virtualSubsystemId, visible, online } = secondary;
  if (functionKind === 'vf')
    return [`${title} is a virtual function of SR-IOV; it goes when the VF count goes down.`];
  const reasons: string[] = [];
  if (virtualMachineId !== null)
    reasons.push(
      `${title} is in ${fleet.virtualMachines[virtualMachineId]?.name ?? virtualMachineId}. Take it out first.`,
    );
  if (virtualSubsystemId !== null)
    reasons.push(
      `${title} is a member of ${fleet.virtualSubsystems[virtualSubsystemId]?.nqn ?? virtualSubsystemId}. Remove it first.`,
    );
  if (visible) reasons.push(`${title} is visible through VFIO. Hide it first.`);
  if (online) reasons.push(`${title} is online. Take it offline first.`);
  return reasons;
}

function showBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  return fleet.hosts[secondary.hostId]?.iommu === ''
    ? [`The host has no IOMMU, so VFIO cannot show ${controllerTitle(secondary)}.`]
    : [];
}

function hideBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const title = controllerTitle(secondary);
  const { virtualMachineId, functionKind, driver } = secondary;
  if (virtualMachineId !== null)
    return [
      `${title} is in ${fleet.virtualMachines[virtualMachineId]?.name ?? virtualMachineId}. Take it out of the virtual machine first.`,
    ];
  return functionKind === 'vf' && driver !== null ? [`${title} is bound to ${driver}. Unbind it first.`] : [];
}

function newFunction(primary: PrimaryController, cntlid: number): SecondaryController {
  return {
    role: 'secondary',
    id: secondaryIdOf(primary.id, cntlid),
    hostId: primary.hostId,
    subsystemId: primary.subsystemId,
    cntlid,
    pciAddress: null,
    deviceName: null,
    driver: null,
    iommuGroup: null,
    identity: null,
    capabilities: null,
    attachedNamespaces: [],
    problems: [],
    primaryId: primary.id,
    functionKind: 'siov',
    functionHandle: null,
    assignableDevice: null,
    migrationEnabled: false,
    visible: false,
    vfn: 0,
    online: false,
    nvq: 0,
    nvi: 0,
    vfioState: null,
    vfioOffer: { flags: null, reason: 'The function is not visible yet.' },
    virtualSubsystemId: null,
    virtualControllerId: null,
    virtualMachineId: null,
  };
}

function withoutFunction(fleet: Fleet, primary: PrimaryController, secondary: SecondaryController): Fleet {
  const { [secondary.id]: _gone, ...controllers } = fleet.controllers;
  const less = (pool: PrimaryController['vq'], held: number) => ({
    ...pool,
    assignedToSecondaries: Math.max(0, pool.assignedToSecondaries - held),
  });
  const namespaces = Object.fromEntries(
    Object.entries(fleet.namespaces).map(([id, namespace]) => [
      id,
      namespace.attachedTo.includes(secondary.id)
        ? { ...namespace, attachedTo: namespace.attachedTo.filter((known) => known !== secondary.id) }
        : namespace,
    ]),
  );
  const left: PrimaryController = {
    ...primary,
    vq: less(primary.vq, secondary.nvq),
    vi: less(primary.vi, secondary.nvi),
    secondaryIds: primary.secondaryIds.filter((id) => id !== secondary.id),
  };
  return { ...fleet, namespaces, controllers: { ...controllers, [primary.id]: left } };
}
