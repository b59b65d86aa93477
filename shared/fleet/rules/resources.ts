import { countWords } from '../../count-words.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../schema.ts';
import {
  controllerFullTitle,
  controllerTitle,
  controllingPrimary,
  findSecondary,
  freeResources,
  type ResourceName,
  secondariesOf,
} from '../selectors.ts';
import { controllerChangeBlockers } from './change-blockers.ts';

/** Flexible resources of one secondary controller. */
export interface SecondaryResources {
  readonly vq: number;
  readonly vi: number;
}

/** Fewest resources with which a secondary can go online: admin pair + one I/O pair, vector 0 (NVMe Base 2.1, 8.2.6). */
export const secondaryMinimum: SecondaryResources = { vq: 2, vi: 1 };

/** What a guest gets when nobody asks for more: three I/O queue pairs and two vectors. */
const usualResources: SecondaryResources = { vq: 4, vi: 2 };

/**
 * The resources to give a secondary when the person names none: what it holds already if that is enough to go online,
 * otherwise the usual amount, less when the primary's pool or its limit per secondary is smaller. `sharedBy` is how many
 * secondaries are configured together. 0 for a type without flexible resources.
 */
export function defaultResources(fleet: Fleet, secondaryId: string, sharedBy = 1): SecondaryResources {
  const secondary = findSecondary(fleet, secondaryId);
  const primary = secondary && controllingPrimary(fleet, secondary);
  if (secondary === undefined || primary === undefined) return { vq: 0, vi: 0 };
  return {
    vq: defaultAmount(primary, 'vq', secondary.nvq, sharedBy),
    vi: defaultAmount(primary, 'vi', secondary.nvi, sharedBy),
  };
}

function defaultAmount(
  primary: PrimaryController,
  resource: ResourceName,
  held: number,
  sharedBy: number,
): number {
  const pool = primary[resource];
  const minimum = secondaryMinimum[resource];
  if (!pool.supported) return 0;
  if (held >= minimum) return held;
  const share = Math.floor(freeResources(primary, resource) / Math.max(1, sharedBy)) + held;
  const wanted = Math.min(usualResources[resource], pool.secondaryMaximum, share);
  const granularity = Math.max(1, pool.granularity);
  const rounded = Math.floor(wanted / granularity) * granularity;
  return Math.max(minimum, rounded >= minimum ? rounded : wanted);
}

/** What a secondary holds now. */
export function heldBy(secondary: SecondaryController): SecondaryResources {
  return { vq: secondary.nvq, vi: secondary.nvi };
}

/** What a primary could give to these secondaries: what is free, and what they hold, which is freed before it is assigned anew. */
export function resourcesFor(
  primary: PrimaryController,
  secondaries: readonly SecondaryController[],
  resource: ResourceName,
): number {
  return secondaries.reduce(
    (sum, secondary) => sum + heldBy(secondary)[resource],
    freeResources(primary, resource),
  );
}

/** Why one secondary cannot hold so many resources and be online with them. */
export type AmountProblem =
  /** CRT says that the primary has none of this type to give (NVMe Base 2.1, 8.2.6). */
  | 'not-flexible'
  /** Fewer than a secondary needs to go online. */
  | 'below-minimum'
  /** More than VQFRSM or VIFRSM allows one secondary. */
  | 'above-maximum';

/** Judges an amount for one secondary of a primary, whatever the pool has left; null when it is right. */
export function amountProblem(
  primary: PrimaryController,
  resource: ResourceName,
  amount: number,
): AmountProblem | null {
  const { supported, secondaryMaximum } = primary[resource];
  if (!supported) return amount === 0 ? null : 'not-flexible';
  if (amount < secondaryMinimum[resource]) return 'below-minimum';
  return amount > secondaryMaximum ? 'above-maximum' : null;
}

/** Why these secondaries of one primary cannot hold these resources; empty when they can. */
export function resourceBlockers(
  fleet: Fleet,
  primary: PrimaryController,
  wishes: readonly { readonly secondary: SecondaryController; readonly resources: SecondaryResources }[],
): string[] {
  const blockers: string[] = [];
  for (const resource of ['vq', 'vi'] as const) {
    const label = resource.toUpperCase();
    const pool = primary[resource];
    for (const { secondary, resources } of wishes) {
      const title = controllerTitle(secondary);
      const wanted = resources[resource];
      const fault = amountProblem(primary, resource, wanted);
      if (fault === 'not-flexible')
        blockers.push(
          `${controllerFullTitle(fleet, primary)} has no flexible ${label} resources; ask for 0 ${label} for ${title}.`,
        );
      if (fault === 'above-maximum')
        blockers.push(
          `${title} can hold at most ${pool.secondaryMaximum} ${label} (${label}FRSM); ${wanted} were requested.`,
        );
    }
    const secondaries = wishes.map(({ secondary }) => secondary);
    const held = secondaries.reduce((sum, secondary) => sum + heldBy(secondary)[resource], 0);
    const wanted = wishes.reduce((sum, { resources }) => sum + resources[resource], 0);
    if (pool.supported && wanted > resourcesFor(primary, secondaries, resource))
      blockers.push(
        `${controllerFullTitle(fleet, primary)} has ${freeResources(primary, resource)} ${label} free, ${wanted - held} are needed. ` +
          `Free some: take secondary controllers offline${
            pool.allocatedToPrimary > 0
              ? `, or reduce the ${pool.allocatedToPrimary} ${label} that the primary itself holds`
              : ''
          }.`,
      );
  }
  return blockers;
}

/** Why a primary cannot keep so many flexible resources for itself (VQRFAP, VIRFAP); empty when it can. */
export function allocationBlockers(
  primary: PrimaryController,
  resource: ResourceName,
  amount: number,
): string[] {
  const label = resource.toUpperCase();
  const { supported, total, assignedToSecondaries } = primary[resource];
  if (!supported) return [`${controllerTitle(primary)} has no flexible ${label} resources.`];
  if (amount > total)
    return [
      `${controllerTitle(primary)} has only ${total} flexible ${label} in total; ${amount} were requested.`,
    ];
  return amount > total - assignedToSecondaries
    ? [
        `The secondary controllers of ${controllerTitle(primary)} leave only ${total - assignedToSecondaries} ${label}; ${amount} were requested. Take some of them offline.`,
      ]
    : [];
}

/** Why a primary cannot show so many virtual functions; empty when it can. */
export function vfCountBlockers(primary: PrimaryController, count: number): string[] {
  return count > primary.totalVfs
    ? [`${controllerTitle(primary)} offers ${primary.totalVfs} VFs (TotalVFs), not ${count}.`]
    : [];
}

/** Why these resources are too few to go online; empty when they suffice. */
export function onlineBlockers(
  primary: PrimaryController,
  secondary: SecondaryController,
  resources: SecondaryResources,
): string[] {
  return (['vq', 'vi'] as const).flatMap((resource) => {
    if (amountProblem(primary, resource, resources[resource]) !== 'below-minimum') return [];
    const minimum = secondaryMinimum[resource];
    const label = resource.toUpperCase();
    return [
      `${controllerTitle(secondary)} needs at least ${minimum} ${label} to go online, ${resources[resource]} would be assigned.`,
    ];
  });
}

export type VfCountNeed =
  | { readonly kind: 'enough' }
  | { readonly kind: 'raise'; readonly count: number }
  | { readonly kind: 'blocked'; readonly reason: string };

/**
 * Whether the virtual functions of these secondaries exist. Linux changes `sriov_numvfs` only through 0, so raising it
 * is part of an assignment only when no existing function is in use.
 */
export function vfCountNeed(
  fleet: Fleet,
  primary: PrimaryController,
  secondaries: readonly SecondaryController[],
): VfCountNeed {
  const missing = secondaries.filter((secondary) => secondary.vfn > primary.numVfs);
  if (missing.length === 0) return { kind: 'enough' };
  const count = Math.max(...missing.map((secondary) => secondary.vfn));
  const title = controllerFullTitle(fleet, primary);
  const names = missing.map(controllerTitle).join(', ');
  if (vfCountBlockers(primary, count).length > 0)
    return {
      kind: 'blocked',
      reason: `${title} offers ${primary.totalVfs} VFs (TotalVFs), which does not include ${names}.`,
    };
  const inUse = secondariesOf(fleet, primary).filter(
    (secondary) =>
      secondary.vfn > 0 &&
      secondary.vfn <= primary.numVfs &&
      (secondary.online || secondary.driver !== null || secondary.virtualMachineId !== null),
  );
  if (inUse.length > 0)
    return {
      kind: 'blocked',
      reason:
        `${names} ${missing.length === 1 ? 'does' : 'do'} not exist yet: ${title} shows ${primary.numVfs} of ${primary.totalVfs} VFs, and raising the VF ` +
        `count would remove ${countWords(inUse.length, 'VF')} in use. ` +
        `Raise the VF count to ${count} first.`,
    };
  const [cannot] = controllerChangeBlockers(fleet, primary, 'changePci');
  return cannot === undefined ? { kind: 'raise', count } : { kind: 'blocked', reason: cannot };
}
