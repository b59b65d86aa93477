import type { Fleet } from '#shared/fleet/schema.ts';
import type { CutOffGuest } from '#shared/procedure/agreement.ts';
import { guestsCutOff } from '#shared/procedure/interruptions.ts';
import { comparePlans, unknownReview } from '#shared/procedure/plan-changes.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import type { Proposal, Reviewed } from '#shared/procedure/proposal.ts';
import { planDigest } from './plan-digest.ts';

/** The fleet for which a plan was made. */
interface Now {
  readonly fleet: Fleet;
  readonly revision: number;
}

/** Plans that were shown lately, so that it can be said what has changed since. */
export interface Proposals {
  /** A plan to show, compared with the one that was reviewed. `cutOff`: the guests, where they are known already. */
  propose(plan: Plan, now: Now, reviewed: Reviewed | null, cutOff?: readonly CutOffGuest[]): Proposal;
}

/** One person reviews one plan at a time; dialogs that plan at every key stroke must not push it out. */
const rememberedPlans = 64;

export function createProposals(): Proposals {
  /** By digest; the one that was looked at last is the last. */
  const shown = new Map<string, Plan>();
  const remember = (digest: string, plan: Plan) => {
    shown.delete(digest);
    shown.set(digest, plan);
    for (const oldest of shown.keys()) {
      if (shown.size <= rememberedPlans) break;
      shown.delete(oldest);
    }
  };
  const changesSince = (digest: string, plan: Plan) => {
    const before = shown.get(digest);
    if (before === undefined) return unknownReview;
    remember(digest, before);
    return comparePlans(before, plan);
  };
  return {
    propose(plan, { fleet, revision: fleetRevision }, reviewed, cutOff = guestsCutOff(fleet, plan)) {
      const digest = planDigest(plan);
      const isSame = reviewed === null || reviewed.digest === digest;
      const changes = isSame ? null : changesSince(reviewed.digest, plan);
      remember(digest, plan);
      return { ...plan, digest, fleetRevision, guestsCutOff: [...cutOff], changes };
    },
  };
}
