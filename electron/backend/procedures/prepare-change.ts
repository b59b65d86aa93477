import type { Fleet } from '#shared/fleet/schema.ts';
import type { Compatibility } from '#shared/migration/checks/check.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import type { ReadTimes } from '#shared/migration/checks/rules/with-rules.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { plan } from '#shared/procedure/plan/plan.ts';
import { planUndo } from '#shared/procedure/plan/undo.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Change } from '#shared/procedure/proposal.ts';
import { type UndoRedo, undoRedoOf } from '#shared/procedure/undo-redo.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { RunHead } from '../store/run-store.ts';
import type { Store } from '../store/store.ts';

export interface PreparedChange {
  readonly plan: Plan;
  /** The checks of a migration, made once for the acknowledgement, the plan and the facts of the run. */
  readonly compatibility: Compatibility | null;
  /** The run that it undoes. */
  readonly undoes: string | null;
}

/** How far back the last procedure that can be undone is looked for. */
const undoLimit = 200;

/** Plans a change for the fleet as it is now, or refuses it with every reason. Nothing is written. */
export function prepareChange(
  change: Change,
  {
    fleet: now,
    migrationFleet,
    readTimes,
    store,
    sourceKey,
    nvmeCli,
  }: {
    readonly fleet: Fleet;
    /** For a migration, which may run beside others: with what those may still take. */
    readonly migrationFleet: () => Fleet;
    readonly readTimes: ReadTimes;
    readonly store: Store;
    readonly sourceKey: string;
    /** The spelling of command lines. */
    readonly nvmeCli: NvmeCliGeneration;
  },
): Result<PreparedChange> {
  if (change.kind === 'undo') {
    const undone = runToUndo(change.runId, store, sourceKey);
    if (!undone.ok) return undone;
    const planned = planUndo(now, undone.value, { nvmeCli });
    return planned.ok
      ? succeed({ plan: planned.value, compatibility: null, undoes: undone.value.id })
      : planned;
  }
  const { intent } = change;
  const fleet = intent.kind === 'migrate' ? migrationFleet() : now;
  const compatibility =
    intent.kind === 'migrate' ? checkCompatibility(fleet, intent.request, readTimes) : null;
  const unfinished =
    intent.kind === 'resume-machine'
      ? store.unfinishedRuns().flatMap(({ run, source }) => (source === sourceKey ? run : []))
      : undefined;
  const planned = plan(fleet, intent, { nvmeCli, compatibility: compatibility ?? undefined, unfinished });
  return planned.ok ? succeed({ plan: planned.value, compatibility, undoes: null }) : planned;
}

function runToUndo(runId: string | undefined, store: Store, sourceKey: string): Result<ProcedureRun> {
  if (runId === undefined) {
    const last = undoRedoIn(store, sourceKey).undo;
    return last === null
      ? fail('not-found', 'There is nothing to undo.', { fix: 'Change something first.' })
      : runToUndo(last.id, store, sourceKey);
  }
  const stored = store.run(runId);
  if (stored === null) return unknownRun(runId);
  return stored.source === sourceKey ? succeed(stored.run) : otherSource(stored.run);
}

/** What can be undone and done again of what the journal holds of one source. */
export function undoRedoIn(store: Store, sourceKey: string): UndoRedo<RunHead> {
  return undoRedoOf(store.heads(undoLimit).flatMap(({ run, source }) => (source === sourceKey ? [run] : [])));
}

export function unknownRun(runId: string): Result<never> {
  return fail('not-found', `There is no procedure ${runId}.`, {
    object: runId,
    fix: 'Choose a procedure from the history.',
  });
}

/** A run can only be continued or undone on the fleet that it ran on. */
export function otherSource(run: ProcedureRun): Result<never> {
  return fail('conflict', `“${run.plan.title}” belongs to ${run.fleetName}, which is not open.`, {
    object: run.plan.title,
    fix: `Open ${run.fleetName} first.`,
  });
}
