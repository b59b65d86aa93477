import { findSecondary } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';

/** A configured secondary controller, who it becomes and what it reaches. */
export interface Newcomer {
  readonly secondaryId: string;
  /** Its place in a virtual subsystem that is there by then; null: it gets none. */
  readonly as: { readonly nqn: string; readonly virtualControllerId: number } | null;
  /** NSIDs that it is to reach; what it reaches already is left as it is. */
  readonly namespaces: readonly number[];
}

/** Each secondary as what it becomes in one virtual subsystem with the id at its place; all reach the same namespaces. */
export function newcomersOf(
  ids: readonly string[],
  nqn: string | null,
  virtualIds: readonly number[],
  namespaces: readonly number[] = [],
): Newcomer[] {
  return ids.map((secondaryId, index) => {
    const virtualControllerId = virtualIds[index];
    const as = nqn === null || virtualControllerId === undefined ? null : { nqn, virtualControllerId };
    return { secondaryId, as, namespaces };
  });
}

/**
 * Gives secondaries that were brought up their identity and then their data, everywhere in this order: no namespace is ever
 * reached under another name. What lets a guest in comes after it.
 */
export function joinAndAttach(
  builder: PlanBuilder,
  newcomers: readonly Newcomer[],
  phases = { join: 'Virtual subsystem', attach: 'Namespaces' },
): void {
  for (const { secondaryId, as } of newcomers)
    if (as !== null) builder.add({ kind: 'virtual-subsystem-add', secondaryId, ...as }, phases.join);
  for (const { secondaryId: controllerId, namespaces } of newcomers) {
    const attached = findSecondary(builder.fleet, controllerId)?.attachedNamespaces ?? [];
    for (const nsid of new Set(namespaces))
      if (!attached.includes(nsid))
        builder.add({ kind: 'attach-namespace', controllerId, nsid }, phases.attach);
  }
}
