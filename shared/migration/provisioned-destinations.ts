import { secondaryIdOf } from '../fleet/ids.ts';
import { freeProvisionedCntlids, withProvisionedFunction } from '../fleet/provisioned-functions.ts';
import type { Fleet, PrimaryController } from '../fleet/schema.ts';
import { findPrimary } from '../fleet/selectors.ts';
import type { DeviceMapping } from './request.ts';

/** A function that does not exist yet, by the primary that provisions it and the CNTLID that it gets. */
interface NewFunction {
  readonly primaryId: string;
  readonly cntlid: number;
}

/**
 * Functions that a mapping names but that do not exist yet, and that their controlling function can provision: the
 * migration provisions them first. Anything else that is missing stays missing.
 */
export function destinationsToProvision(
  fleet: Fleet,
  devices: readonly Pick<DeviceMapping, 'destinationId'>[],
): NewFunction[] {
  return devices.flatMap(({ destinationId }) => {
    if (Object.hasOwn(fleet.controllers, destinationId)) return [];
    const [, primaryId = '', number = ''] = /^(.+)\/(\d{1,5})$/.exec(destinationId) ?? [];
    const primary = Object.hasOwn(fleet.controllers, primaryId) ? findPrimary(fleet, primaryId) : undefined;
    const cntlid = Number(number);
    if (primary === undefined || secondaryIdOf(primaryId, cntlid) !== destinationId) return [];
    return canProvision(fleet, primary, cntlid) ? [{ primaryId, cntlid }] : [];
  });
}

/** The fleet in which checks, forecast and planner look: with the functions that the migration provisions. */
export function withDestinations(
  fleet: Fleet,
  devices: readonly Pick<DeviceMapping, 'destinationId'>[],
): Fleet {
  return destinationsToProvision(fleet, devices).reduce((next, { primaryId, cntlid }) => {
    const primary = findPrimary(next, primaryId);
    return primary === undefined ? next : withProvisionedFunction(next, primary, cntlid);
  }, fleet);
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
