import { secondaryIdOf } from '../fleet/ids.ts';
import type { Fleet, PrimaryController } from '../fleet/schema.ts';
import { findPrimary } from '../fleet/selectors.ts';
import { freeProvisionedCntlids, predictFunctionStep } from '../procedure/function-steps.ts';
import type { Step } from '../procedure/step.ts';
import type { DeviceMapping } from './request.ts';

type ProvisionStep = Extract<Step, { kind: 'function-provision' }>;

/**
 * Functions that a mapping names but that do not exist yet, and that their controlling function can provision: the
 * migration provisions them first. Anything else that is missing stays missing.
 */
export function destinationsToProvision(
  fleet: Fleet,
  devices: readonly Pick<DeviceMapping, 'destinationId'>[],
): ProvisionStep[] {
  return devices.flatMap(({ destinationId }) => {
    if (Object.hasOwn(fleet.controllers, destinationId)) return [];
    const [, primaryId = '', number = ''] = /^(.+)\/(\d{1,5})$/.exec(destinationId) ?? [];
    const primary = Object.hasOwn(fleet.controllers, primaryId) ? findPrimary(fleet, primaryId) : undefined;
    const cntlid = Number(number);
    if (primary === undefined || secondaryIdOf(primaryId, cntlid) !== destinationId) return [];
    return canProvision(fleet, primary, cntlid)
      ? [{ kind: 'function-provision', primaryId, cntlid } as const]
      : [];
  });
}

/** The fleet in which checks, forecast and planner look: with the functions that the migration provisions. */
export function withDestinations(
  fleet: Fleet,
  devices: readonly Pick<DeviceMapping, 'destinationId'>[],
): Fleet {
  return destinationsToProvision(fleet, devices).reduce(predictFunctionStep, fleet);
}

/** Ids that functions provisioned by this primary would have, at most `count`. */
export function provisionableIds(fleet: Fleet, primary: PrimaryController, count: number): string[] {
  if (!primary.functions.provision.available) return [];
  return freeProvisionedCntlids(fleet, primary, count).map((cntlid) => secondaryIdOf(primary.id, cntlid));
}

function canProvision(fleet: Fleet, primary: PrimaryController, cntlid: number): boolean {
  const { provision, maximumProvisioned } = primary.functions;
  return provision.available && freeProvisionedCntlids(fleet, primary, maximumProvisioned).includes(cntlid);
}
