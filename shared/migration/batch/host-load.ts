import type { Fleet } from '../../fleet/schema.ts';
import { secondariesOf } from '../../fleet/selectors.ts';
import { isFreeDestination } from '../destination-rules.ts';

/**
 * How much of what a guest needs a host has given away, 0-1: of its functions, and of the flexible VQ and VI of its primary
 * controllers, the scarcest. 1: it has none.
 */
export function hostLoad(fleet: Fleet, hostId: string): number {
  let functions = 0;
  let free = 0;
  const pools = { vq: { total: 0, used: 0 }, vi: { total: 0, used: 0 } };
  for (const primary of Object.values(fleet.controllers)) {
    if (primary.role !== 'primary' || primary.hostId !== hostId) continue;
    const secondaries = secondariesOf(fleet, primary);
    const { provision, maximumProvisioned } = primary.functions;
    const more = provision.available ? Math.max(0, maximumProvisioned - secondaries.length) : 0;
    functions += secondaries.length + more;
    free += secondaries.filter((secondary) => isFreeDestination(fleet, secondary)).length + more;
    for (const of of ['vq', 'vi'] as const) {
      const { supported, total, assignedToSecondaries, allocatedToPrimary } = primary[of];
      if (!supported) continue;
      pools[of].total += total;
      pools[of].used += assignedToSecondaries + allocatedToPrimary;
    }
  }
  if (functions === 0) return 1;
  const shares = [pools.vq, pools.vi].map(({ total, used }) => (total === 0 ? 0 : used / total));
  return Math.max(1 - free / functions, ...shares);
}
