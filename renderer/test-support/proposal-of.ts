import type { CutOffGuest } from '#shared/procedure/agreement.ts';
import type { PlanChanges } from '#shared/procedure/plan-changes.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';

/** A plan as the backend answers it; `mark`, one hexadecimal digit, makes the digests of different plans differ. */
export function proposalOf(
  plan: Plan,
  {
    mark = 'a',
    fleetRevision = 1,
    guestsCutOff = [] as CutOffGuest[],
    changes = null as PlanChanges | null,
  } = {},
): Proposal {
  return { ...plan, digest: mark.repeat(64), fleetRevision, guestsCutOff, changes };
}
