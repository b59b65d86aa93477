import { blockerWords } from '../../../fleet/rules/blocker.ts';
import { controllerChangeBlockers } from '../../../fleet/rules/change-blockers.ts';
import { reservedIdBlocker } from '../../../fleet/rules/virtual-controller-ids.ts';
import type { PrimaryController, VirtualIdentity } from '../../../fleet/schema.ts';
import { controllerFullTitle } from '../../../fleet/selectors.ts';
import { identityBlockers } from '../../../virtual-subsystem/identity/identity-rules.ts';
import {
  virtualNameConsequences,
  virtualNqnBlockers,
} from '../../../virtual-subsystem/identity/name-rules.ts';
import type { ExposedCapability } from '../../../virtual-subsystem/mask/exposed-capability.ts';
import type { PlanBuilder } from '../builder.ts';

/** What a new virtual subsystem needs. */
export interface NewSubsystem {
  readonly nqn: string;
  readonly primaryVirtualId: number;
  readonly identity: VirtualIdentity;
  readonly exposed?: readonly ExposedCapability[] | undefined;
}

const phase = 'Virtual subsystem';

/** Adds the steps that create a virtual subsystem and narrow it, or every reason against it. */
export function createSubsystem(
  builder: PlanBuilder,
  primary: PrimaryController,
  { nqn, primaryVirtualId, identity, exposed = [] }: NewSubsystem,
): void {
  const { fleet } = builder;
  const primaryId = primary.id;
  const reasons = [
    ...controllerChangeBlockers(fleet, primary, 'changeControllers', 'virtualSubsystems'),
    ...virtualNqnBlockers(fleet, primaryId, nqn).map(blockerWords),
    ...identityBlockers(identity),
  ];
  if (!primary.virtualSubsystems.available)
    reasons.push(`${controllerFullTitle(fleet, primary)}: ${primary.virtualSubsystems.reason}`);
  const reserved = reservedIdBlocker({
    virtualControllerId: primaryVirtualId,
    who: controllerFullTitle(fleet, primary),
  });
  if (reserved !== null) reasons.push(blockerWords(reserved));
  builder.blockers.push(...reasons);
  builder.consequences.push(...virtualNameConsequences(fleet, primaryId, nqn, identity));
  if (reasons.length > 0) return;
  builder.add({ kind: 'virtual-subsystem-create', primaryId, nqn, primaryVirtualId, identity }, phase);
  if (exposed.length > 0)
    builder.add({ kind: 'virtual-subsystem-set-capabilities', primaryId, nqn, exposed: [...exposed] }, phase);
}
