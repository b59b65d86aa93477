import { isControllerIdentifier, largestControllerIdentifier } from '../../nvme/controller-identifier.ts';
import type { VirtualSubsystem } from '../schema.ts';
import { virtualSubsystemTitle } from '../selectors.ts';
import type { Blocker } from './blocker.ts';

/** What decides which virtual controller ids of a virtual subsystem are free. */
type Numbered = Pick<VirtualSubsystem, 'primaryVirtualId' | 'nqn'> & {
  readonly members: readonly { readonly virtualControllerId: number }[];
};

/** A virtual controller id that somebody is to get. */
export interface VirtualIdWish {
  readonly virtualControllerId: number;
  /** Whoever is to get it: `VF 12 of hv-a/nvme1`. */
  readonly who: string;
}

/** Ids that a virtual subsystem has given away: that of its primary and those of its members. */
export function takenVirtualIds(subsystem: Omit<Numbered, 'nqn'>): ReadonlySet<number> {
  return new Set([
    subsystem.primaryVirtualId,
    ...subsystem.members.map(({ virtualControllerId }) => virtualControllerId),
  ]);
}

/** Why this id can be nobody's; null when it can. */
export function reservedIdBlocker({ virtualControllerId: id, who }: VirtualIdWish): Blocker | null {
  return isControllerIdentifier(id)
    ? null
    : {
        reason: `Virtual id ${id} is reserved; use 0 to ${largestControllerIdentifier} (NVMe Base 2.1, 3.1.2.3).`,
        fix: `Give ${who} another virtual id.`,
      };
}

/** Why a virtual subsystem cannot give these ids; empty when it can. Two that want the same id are in each other's way. */
export function virtualIdBlockers(subsystem: Numbered, wishes: readonly VirtualIdWish[]): Blocker[] {
  const taken = takenVirtualIds(subsystem);
  const wanted = new Set<number>();
  return wishes.flatMap((wish) => {
    const { virtualControllerId: id, who } = wish;
    const reserved = reservedIdBlocker(wish);
    const found: Blocker[] = reserved === null ? [] : [reserved];
    if (taken.has(id))
      found.push({
        reason: `Virtual id ${id} is already used in ${virtualSubsystemTitle(subsystem)}.`,
        fix: `Give ${who} another virtual id.`,
      });
    else if (wanted.has(id)) found.push(twiceBlocker(wish));
    wanted.add(id);
    return found;
  });
}

/** Why a virtual subsystem that is only wanted cannot have these ids, its primary's among them; empty when it can. */
export function newVirtualIdBlockers(
  primary: VirtualIdWish,
  members: readonly VirtualIdWish[],
): { readonly primary: Blocker[]; readonly members: Blocker[] } {
  const wanted = new Set([primary.virtualControllerId]);
  const ofPrimary = reservedIdBlocker(primary);
  return {
    primary: ofPrimary === null ? [] : [ofPrimary],
    members: members.flatMap((wish) => {
      const reserved = reservedIdBlocker(wish);
      const found: Blocker[] = reserved === null ? [] : [reserved];
      if (wanted.has(wish.virtualControllerId)) found.push(twiceBlocker(wish));
      wanted.add(wish.virtualControllerId);
      return found;
    }),
  };
}

function twiceBlocker({ virtualControllerId, who }: VirtualIdWish): Blocker {
  return {
    reason: `Virtual id ${virtualControllerId} is requested twice, also for ${who}.`,
    fix: 'Give it another virtual id.',
  };
}

/**
 * The next free ids, at most `count`. Counting on from the highest one keeps the ids of one guest together; gaps are used
 * only when that runs out. `first` starts the count somewhere else.
 */
export function freeVirtualIds(
  subsystem: Omit<Numbered, 'nqn'>,
  count: number,
  first = Math.max(...takenVirtualIds(subsystem)) + 1,
): number[] {
  const taken = takenVirtualIds(subsystem);
  const ids: number[] = [];
  for (let step = 0; step <= largestControllerIdentifier && ids.length < count; step += 1) {
    const id = (first + step) % (largestControllerIdentifier + 1);
    if (!taken.has(id)) ids.push(id);
  }
  return ids;
}

/** The ids that so many new members get: from `first` on without a gap, or the next free ones; or why not, in words. */
export function virtualControllerIdsFor(
  subsystem: Numbered,
  count: number,
  first?: number,
): readonly number[] | string {
  const title = virtualSubsystemTitle(subsystem);
  if (first === undefined) {
    const ids = freeVirtualIds(subsystem, count);
    return ids.length === count ? ids : `${title} has no free virtual id left.`;
  }
  const ids = Array.from({ length: count }, (_, index) => first + index);
  const clash = ids.find((id) => takenVirtualIds(subsystem).has(id));
  if (clash !== undefined) return `Virtual id ${clash} is already used in ${title}. Choose another one.`;
  if (!ids.every(isControllerIdentifier))
    return `The largest virtual id is ${largestControllerIdentifier}; ${title} cannot take ${count} ids starting at ${first}.`;
  return ids;
}
