import type { Agreed } from '#shared/procedure/agreement.ts';
import type { Proposal, Reviewable, Reviewed, StartAnswer } from '#shared/procedure/proposal.ts';
import { type Result, unreachable } from '#shared/result.ts';
import { client } from '../bridge/client.ts';

/** What the page carries back with the request to run a plan that it showed. */
export function reviewedOf({ digest, fleetRevision }: Proposal): Reviewed {
  return { digest, fleetRevision };
}

/** The plan of a change for the fleet as it is now, compared with one that was looked at before. */
export async function askPlan(change: Reviewable, reviewed: Reviewed | null): Promise<Result<Proposal>> {
  const before = reviewed === null ? {} : { reviewed };
  switch (change.kind) {
    case 'intent':
      return client.call('procedure:plan', { intent: change.intent, ...before });
    case 'undo':
      return client.call('procedure:plan-undo', { runId: change.runId, ...before });
    case 'recover':
      return client.call('procedure:plan-recover', { runId: change.runId, how: change.how, ...before });
    default:
      return unreachable(change);
  }
}

/** Starts a change whose plan was looked at; where it would be another plan now, nothing runs. */
export async function askStart(
  change: Reviewable,
  reviewed: Reviewed,
  agreed: Agreed,
): Promise<Result<StartAnswer>> {
  switch (change.kind) {
    case 'intent':
      return client.call('procedure:run', { intent: change.intent, reviewed, agreed });
    case 'undo':
      return client.call('procedure:undo', { runId: change.runId, reviewed, agreed });
    case 'recover':
      return client.call('procedure:recover', { runId: change.runId, how: change.how, reviewed, agreed });
    default:
      return unreachable(change);
  }
}
