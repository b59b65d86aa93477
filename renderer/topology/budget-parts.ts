import type { FlexibleResources } from '#shared/fleet/flexible-resources.ts';
import type { Fleet, PrimaryController } from '#shared/fleet/schema.ts';
import { type ResourceName, secondariesOf } from '#shared/fleet/selectors.ts';

/** A share of the flexible resources of one type. `nqn` is empty unless a virtual subsystem holds it. */
export interface BudgetPart {
  readonly kind: 'private' | 'primary' | 'virtual-subsystem' | 'other';
  readonly nqn: string;
  readonly count: number;
}

/** How a resource type of a primary is spent: private, its own, by virtual subsystem, by other secondaries. */
export function budgetParts(fleet: Fleet, primary: PrimaryController, resource: ResourceName): BudgetPart[] {
  const pool: FlexibleResources = primary[resource];
  // By virtual NQN; '' for secondaries outside every virtual subsystem.
  const byOwner = new Map<string, number>();
  for (const secondary of secondariesOf(fleet, primary)) {
    const nqn = fleet.virtualSubsystems[secondary.virtualSubsystemId ?? '']?.nqn ?? '';
    const count = resource === 'vq' ? secondary.nvq : secondary.nvi;
    byOwner.set(nqn, (byOwner.get(nqn) ?? 0) + count);
  }
  const parts: BudgetPart[] = [
    { kind: 'private', nqn: '', count: pool.privateToPrimary },
    { kind: 'primary', nqn: '', count: pool.allocatedToPrimary },
  ];
  for (const [nqn, count] of [...byOwner].sort(([left], [right]) => (left < right ? 1 : -1)))
    parts.push({ kind: nqn === '' ? 'other' : 'virtual-subsystem', nqn, count });
  return parts.filter(({ count }) => count > 0);
}
