import type { SecondaryController } from '#shared/fleet/schema.ts';
import { isUnassigned } from '#shared/fleet/selectors.ts';
import { cellsPerRow } from './metrics.ts';

/** Secondaries that are drawn one by one, and the identical rest that stands as `17 × free` and `95 × no VF`. */
export interface Collapsed {
  readonly shown: number;
  readonly groups: readonly { readonly kind: 'free' | 'absent'; readonly ids: readonly string[] }[];
}

/** In which collapsed group a secondary could stand; null: it is drawn as a cell. */
export function restKind(secondary: SecondaryController): 'free' | 'absent' | null {
  const idle = isUnassigned(secondary) && !secondary.online && secondary.problems.length === 0;
  if (!idle || secondary.deviceName !== null) return null;
  return secondary.pciAddress === null && secondary.vfn > 0 ? 'absent' : 'free';
}

/**
 * Collapses the idle tail of a primary's secondaries: whole rows are shown, up to the last one in use, with room for
 * the collapsed groups at the end of the last row. `atLeast` keeps what was shown before. A tail of one is not worth it.
 */
export function collapse(secondaries: readonly SecondaryController[], atLeast: number): Collapsed {
  const total = secondaries.length;
  let used = total;
  while (used > 0) {
    const secondary = secondaries[used - 1];
    if (secondary === undefined || restKind(secondary) === null) break;
    used -= 1;
  }
  const groupCount = new Set(secondaries.slice(used).map(restKind)).size;
  const rows = Math.max(1, Math.ceil((used + Math.max(1, groupCount)) / cellsPerRow));
  const shown = Math.max(rows * cellsPerRow - Math.max(1, groupCount), Math.min(atLeast, total));
  if (shown + 1 >= total) return { shown: total, groups: [] };
  const groups: { kind: 'free' | 'absent'; ids: string[] }[] = [];
  for (const secondary of secondaries.slice(shown)) {
    const kind = restKind(secondary) ?? 'free';
    const group = groups.find((other) => other.kind === kind);
    if (group === undefined) groups.push({ kind, ids: [secondary.id] });
    else group.ids.push(secondary.id);
  }
  return { shown, groups };
}
