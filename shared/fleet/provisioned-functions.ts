import { tableOf, tableWith, tableWithout } from '../tables.ts';
import type { FlexibleResources } from './flexible-resources.ts';
import { secondaryIdOf } from './ids.ts';
import type { Controller, Fleet, Namespace, PrimaryController, SecondaryController } from './schema.ts';
import { secondariesOf } from './selectors.ts';

/** Functions that a primary controller provisions by command (proposal), as a planner foresees them. */

/** The lowest CNTLIDs that new functions of a primary can have, at most `count`. */
export function freeProvisionedCntlids(fleet: Fleet, primary: PrimaryController, count: number): number[] {
  const taken = new Set(secondariesOf(fleet, primary).map(({ cntlid }) => cntlid));
  const { firstCntlid, maximumProvisioned } = primary.functions;
  return Array.from({ length: maximumProvisioned }, (_, index) => firstCntlid + index)
    .filter((cntlid) => !taken.has(cntlid))
    .slice(0, count);
}

/** The fleet with a function that the primary has just provisioned: hidden, offline, without resources. */
export function withProvisionedFunction(fleet: Fleet, primary: PrimaryController, cntlid: number): Fleet {
  const provisioned = newFunction(primary, cntlid);
  const others = primary.secondaryIds.filter((known) => known !== provisioned.id);
  return {
    ...fleet,
    controllers: tableWith<Controller>(fleet.controllers, {
      [primary.id]: { ...primary, secondaryIds: [...others, provisioned.id] },
      [provisioned.id]: provisioned,
    }),
  };
}

/** The fleet without a provisioned function; what it held is free again. */
export function withoutProvisionedFunction(
  fleet: Fleet,
  primary: PrimaryController,
  secondary: SecondaryController,
): Fleet {
  const controllers = tableWithout(fleet.controllers, secondary.id);
  const less = (pool: FlexibleResources, held: number) => ({
    ...pool,
    assignedToSecondaries: Math.max(0, pool.assignedToSecondaries - held),
  });
  const namespaces = tableOf(
    Object.entries(fleet.namespaces).map(([id, namespace]): [string, Namespace] => [
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
  return { ...fleet, namespaces, controllers: tableWith<Controller>(controllers, { [primary.id]: left }) };
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
