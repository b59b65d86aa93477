import { findPrimary, findSecondary } from '../../fleet/selectors.ts';
import { knownDevice } from '../../known-devices/known-devices.ts';
import { announcing } from '../../known-devices/offered-by.ts';
import { type BringUp, configureOffline } from './bring-up-steps.ts';
import type { PlanBuilder } from './builder.ts';

const phase = 'Virtual functions';

/**
 * Writes the VF count. Linux changes it only through 0. While the functions appear drivers are kept away: every new
 * function is still offline, and the nvme driver would spend half a second on each before it gives up. `wishes`: what the
 * functions are to hold, for devices that want it assigned before the functions are there.
 */
export function changeVfCount(
  builder: PlanBuilder,
  primaryId: string,
  count: number,
  wishes: readonly BringUp[] = [],
): void {
  const primary = findPrimary(builder.fleet, primaryId);
  if (primary === undefined) return;
  if (primary.numVfs > 0) builder.add({ kind: 'set-vf-count', primaryId, count: 0 }, phase);
  if (count === 0) return;
  const device = knownDevice(announcing(primary).identity);
  const many = device?.manyFunctions;
  if (many != null && count > many.above) builder.consequences.push(`${many.needs} (${device?.title}).`);
  if (device?.assignsBeforeFunctions === true)
    for (const { secondaryId, resources } of wishes)
      if (findSecondary(builder.fleet, secondaryId)?.primaryId === primaryId)
        configureOffline(builder, secondaryId, resources);
  const probes = primary.driversAutoprobe;
  if (probes) builder.add({ kind: 'set-drivers-autoprobe', primaryId, enabled: false }, phase);
  builder.add({ kind: 'set-vf-count', primaryId, count }, phase);
  if (probes) builder.add({ kind: 'set-drivers-autoprobe', primaryId, enabled: true }, phase);
}
