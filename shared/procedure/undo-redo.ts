import type { Plan, ProcedureRun } from './procedure.ts';

/** The procedures that Undo and Redo are about now. */
export interface UndoRedo<Run> {
  readonly undo: Run | null;
  /** One that was undone; doing it again is a new procedure with its intent. */
  readonly redo: Run | null;
}

type Relevant = Pick<ProcedureRun, 'id' | 'status' | 'undoable' | 'undoes'> & {
  readonly plan: Pick<Plan, 'title' | 'intent'>;
};

/**
 * As in a text editor: what was undone can be done again, last one first, until something else is changed. Doing the same
 * by hand counts as doing it again. `runs`: those of one source, newest first. Pure.
 */
export function undoRedoOf<Run extends Relevant>(runs: readonly Run[]): UndoRedo<Run> {
  const undone: Run[] = [];
  for (const run of runs.toReversed()) {
    // What was rolled back has changed nothing; what still runs or was cut short is decided elsewhere.
    if (run.status !== 'done' && run.status !== 'failed') continue;
    if (run.status === 'done' && run.undoes !== null) {
      const target = runs.find(({ id }) => id === run.undoes);
      if (target !== undefined) undone.push(target);
    } else if (isSameChange(undone.at(-1), run)) undone.pop();
    else undone.length = 0;
  }
  return { undo: runs.find(({ undoable }) => undoable) ?? null, redo: undone.at(-1) ?? null };
}

function isSameChange(undone: Relevant | undefined, run: Relevant): boolean {
  return undone !== undefined && JSON.stringify(undone.plan.intent) === JSON.stringify(run.plan.intent);
}
