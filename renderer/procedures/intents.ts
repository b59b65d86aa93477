import { create } from 'zustand';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../bridge/client.ts';
import { takeRun } from '../fleet-mirror/runs-store.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';
import { dismissNotice, notify, notifyError } from '../ui/overlays/notices.ts';

interface StagedState {
  /** The intent whose plan is under review, or null. */
  readonly staged: Intent | null;
}

/** The one intent under review; the review sheet shows it. */
export const useStaged = create<StagedState>(() => ({ staged: null }));

/** Shows the plan of an intent for review. Nothing runs until Apply. */
export function stage(intent: Intent): void {
  useStaged.setState({ staged: intent });
}

export function unstage(): void {
  useStaged.setState({ staged: null });
}

/** A drop or its equals: runs at once where the person chose so, otherwise stages it. */
export function propose(intent: Intent): void {
  if (useSettings.getState().applyAtOnce) void runIntent(intent);
  else stage(intent);
}

/** Runs an intent. The answer comes when the procedure has started; its end is told by a notice. */
export async function runIntent(intent: Intent): Promise<ProcedureRun | null> {
  const result = await client.call('procedure:run', { intent });
  if (!result.ok) {
    notifyError(result.error, 'Nothing was changed');
    return null;
  }
  takeRun(result.value);
  return result.value;
}

/** Undoes one procedure, or the last one that can be undone. */
export async function undo(runId?: string): Promise<void> {
  const result = await client.call('procedure:undo', runId === undefined ? {} : { runId });
  if (result.ok) takeRun(result.value);
  else notifyError(result.error, 'Undo is not possible');
}

/** Tells the end of a run, with Undo where it can be undone. */
export function tellRunEnd(run: ProcedureRun): void {
  const { title } = run.plan;
  if (run.undoes !== null) dismissNotice(`run-${run.undoes}`);
  if (run.status === 'done') {
    notify({
      id: `run-${run.id}`,
      tone: 'success',
      title,
      text: `${run.steps.length} steps done and read back.`,
      action: run.undoable ? { label: 'Undo', run: () => void undo(run.id) } : undefined,
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
