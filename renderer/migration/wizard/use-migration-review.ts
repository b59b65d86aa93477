import type { MigrationRequest } from '#shared/migration/request.ts';
import type { Change } from '#shared/procedure/proposal.ts';
import { takeAnswered } from '../../fleet-mirror/runs-store.ts';
import { type PlanReview, usePlanReview } from '../../procedures/use-plan-review.ts';
import { notifyError } from '../../ui/overlays/notices.ts';
import { useMigrationView } from '../migration-view-store.ts';
import { dispatch } from './dispatch.ts';
import { checkKey, requestOf, type WizardState } from './wizard-state.ts';

/** The plan of the migration in the last step. The first look at it outlives a visit to another screen. */
export function useMigrationReview(state: WizardState): PlanReview {
  const request = requestOf(state);
  const key = request === null ? '' : checkKey(request);
  // Acknowledging a warning changes nothing of the plan, and must not begin another review.
  const change: Change | null =
    request === null || state.step !== 'review'
      ? null
      : { kind: 'intent', intent: { kind: 'migrate', request: { ...request, acknowledged: [] } } };
  return usePlanReview(change, state.look?.key === key ? state.look.reviewed : null, (reviewed) =>
    dispatch({ kind: 'reviewed', key, reviewed }),
  );
}

/** Starts the migration and shows it; when it is refused or the plan is another now, the wizard stays as it is. */
export async function startRun(review: PlanReview, request: MigrationRequest): Promise<void> {
  const started = await review.start({ kind: 'intent', intent: { kind: 'migrate', request } });
  if (!started.ok) notifyError(started.error, 'The migration did not start; nothing was changed');
  else if (started.value !== null) {
    takeAnswered(started.value);
    useMigrationView.setState({ view: { kind: 'run', runId: started.value.id }, draft: null });
  }
}
