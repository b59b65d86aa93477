import { findSecondary } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';

/** A secondary controller and the virtual controller id that it gets. */
export interface NewMember {
  readonly secondaryId: string;
  readonly virtualControllerId: number;
}

/** Each secondary with the id at its place; one without an id is left out. */
export function membersOf(ids: readonly string[], given: readonly number[]): NewMember[] {
  return ids.flatMap((secondaryId, index) => {
    const virtualControllerId = given[index];
    return virtualControllerId === undefined ? [] : [{ secondaryId, virtualControllerId }];
  });
}

/**
 * Makes configured secondaries members of a virtual subsystem that is there by then. Planners put it before
 * `attachMissing`: the identity comes before the data, so that no namespace is reached under another name.
 */
export function joinSubsystem(builder: PlanBuilder, nqn: string, members: readonly NewMember[]): void {
  for (const { secondaryId, virtualControllerId } of members)
    builder.add(
      { kind: 'virtual-subsystem-add', secondaryId, nqn, virtualControllerId },
      'Virtual subsystem',
    );
}

/** Attaches the namespaces that these controllers do not reach yet. */
export function attachMissing(
  builder: PlanBuilder,
  controllerIds: readonly string[],
  nsids: readonly number[],
): void {
  for (const controllerId of controllerIds) {
    const attached = findSecondary(builder.fleet, controllerId)?.attachedNamespaces ?? [];
    for (const nsid of new Set(nsids))
      if (!attached.includes(nsid))
        builder.add({ kind: 'attach-namespace', controllerId, nsid }, 'Namespaces');
  }
}
