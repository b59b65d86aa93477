import { findPrimary } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';

const phase = 'Virtual functions';

/**
 * Writes the VF count. Linux changes it only through 0. While the functions appear drivers are kept away: every new
 * function is still offline, and the nvme driver would spend half a second on each before it gives up.
 */
export function changeVfCount(builder: PlanBuilder, primaryId: string, count: number): void {
  const primary = findPrimary(builder.fleet, primaryId);
  if (primary === undefined) return;
  if (primary.numVfs > 0) builder.add({ kind: 'set-vf-count', primaryId, count: 0 }, phase);
  if (count === 0) return;
  const probes = primary.driversAutoprobe;
  if (probes) builder.add({ kind: 'set-drivers-autoprobe', primaryId, enabled: false }, phase);
  builder.add({ kind: 'set-vf-count', primaryId, count }, phase);
  if (probes) builder.add({ kind: 'set-drivers-autoprobe', primaryId, enabled: true }, phase);
}
