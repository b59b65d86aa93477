import { isFree } from '../fleet/rules/secondary-use.ts';
import type { Fleet, SecondaryController } from '../fleet/schema.ts';
import { findPrimary } from '../fleet/selectors.ts';

/** The function is there: a provisioned one as long as it is listed, a virtual one within the VF count. */
export function functionExists({ functionKind, pciAddress }: SecondaryController): boolean {
  return functionKind === 'siov' || pciAddress !== null;
}

/**
 * Whether a secondary controller of the destination host can take over a device. What is proposed and what can be chosen are
 * exactly those; the checks `resources.exists` and `resources.free` refuse the others.
 */
export function isFreeDestination(fleet: Fleet, secondary: SecondaryController): boolean {
  return (
    findPrimary(fleet, secondary.primaryId) !== undefined &&
    functionExists(secondary) &&
    isFree(fleet, secondary)
  );
}
