import { create } from 'zustand';
import { countWords } from '#shared/count-words.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Change, Reviewable, Reviewed } from '#shared/procedure/proposal.ts';
import type { Recovery } from '#shared/procedure/recovery/recovery.ts';
import { takeAnswered } from '../fleet-mirror/runs-store.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';
import { dismissNotice, notify, notifyError } from '../ui/overlays/notices.ts';
import { needsReview } from './danger/plan-danger.ts';
import { askPlan, askStart, reviewedOf } from './reviewed-calls.ts';

interface StagedState {
  /** The change whose plan is under review, or null. */
  readonly staged: Reviewable | null;
  /** A look at its plan that was taken before it was staged; null: the review begins with the first one. */
  readonly reviewed: Reviewed | null;
  /** What of the selection the change is not about, and why, one sentence each. */
  readonly left: readonly string[];
}

const nothing: StagedState = { staged: null, reviewed: null, left: [] };

/** The one change under review; the review sheet shows it. */
export const useStaged = create<StagedState>(() => nothing);

/** Shows the plan of an intent for review. Nothing runs until Apply. `left`: what of the selection it is not about. */
export function stage(intent: Intent, left: readonly string[] = []): void {
  useStaged.setState({ ...nothing, staged: { kind: 'intent', intent }, left });
}

/** Shows what an interrupted procedure has done and what one of its ways on would do. Nothing runs until it is chosen. */
export function stageRecovery(runId: string, how: Recovery): void {
  useStaged.setState({ ...nothing, staged: { kind: 'recover', runId, how } });
}

/** Leaves the review; what was staged did not run. */
export function unstage(): void {
  useStaged.setState(nothing);
}

/**
 * A drop or its equals: runs at once where the person chose so and it interrupts and leaves nothing, otherwise stages it.
 * `left`: what of the selection it is not about.
 */
export function propose(intent: Intent, left: readonly string[] = []): void {
  if (useSettings.getState().applyAtOnce && left.length === 0)
    void startAtOnce({ kind: 'intent', intent }, 'Nothing was changed');
  else stage(intent, left);
}

/** Undoes one procedure: at once where that interrupts nothing, otherwise after a review. */
export async function undo(runId: string): Promise<void> {
  await startAtOnce({ kind: 'undo', runId }, 'Undo is not possible');
}

/** Shows the plan of what was undone, as it is now, for review. */
export function redo(intent: Intent): void {
  stage(intent);
}

/**
 * Plans and starts without a look at the plan, unless it interrupts something or cannot be undone: that comes to a review,
 * as does a plan that differs because the fleet moved between the two. The end of the run is told by a notice.
 */
async function startAtOnce(change: Change, failure: string): Promise<void> {
  const planned = await askPlan(change, null);
  if (!planned.ok) {
    notifyError(planned.error, failure);
    return;
  }
  if (needsReview(planned.value)) {
    useStaged.setState({ ...nothing, staged: change });
    return;
  }
  const reviewed = reviewedOf(planned.value);
  const answer = await askStart(change, reviewed, nothingAgreed);
  if (!answer.ok) notifyError(answer.error, failure);
  else if (answer.value.outcome === 'started') takeAnswered(answer.value.run);
  else useStaged.setState({ ...nothing, staged: change, reviewed });
}

/** Tells the end of a run, with Undo where it can be undone. */
export function notifyRunEnd(run: ProcedureRun): void {
  const { title } = run.plan;
  if (run.undoes !== null) dismissNotice(`run-${run.undoes}`);
  if (run.status === 'done') {
    notify({
      id: `run-${run.id}`,
      tone: 'success',
      title,
      text: `${countWords(run.steps.length, 'step')} done and read back.`,
      action: run.undoable
        ? { label: 'Undo', name: `Undo: ${title}`, run: () => void undo(run.id) }
        : undefined,
    });
  } else if (run.status === 'rolled-back') {
    notify({
      id: `run-${run.id}`,
      tone: run.error === null || run.error.code === 'aborted' ? 'warning' : 'error',
      title: `Rolled back: ${title}`,
      text: run.error?.message ?? 'Everything is as it was before.',
      details:
        run.error === null ? undefined : [...(run.error.details ?? []), 'Everything is as it was before.'],
    });
  } else if (run.status === 'failed') {
    notify({
      id: `run-${run.id}`,
      tone: 'error',
      title: `Failed: ${title}`,
      text: run.error?.message,
      details: [...(run.error?.details ?? []), ...run.leftovers.map(({ what }) => `Left over: ${what}`)],
    });
  }
}
