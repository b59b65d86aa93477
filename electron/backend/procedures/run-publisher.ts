import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { type RunChange, runChange } from '#shared/procedure/run/run-change.ts';

/** At most ten messages a second about the steps of one run; people see no difference. */
const pauseMilliseconds = 100;

/** Tells what changes of runs, in pieces and not for every step. */
export interface RunPublisher {
  /** To be told of every change of a run. Where its status changes, that goes out at once. */
  changed(run: ProcedureRun): void;
  /** Tells what waits, and stops. */
  close(): void;
}

interface UnderWay {
  told: ProcedureRun;
  /** What is to be told when the pause is over; null: nothing. */
  waiting: ProcedureRun | null;
  timer: ReturnType<typeof setTimeout> | null;
}

export function createRunPublisher(tell: (change: RunChange) => void): RunPublisher {
  const runs = new Map<string, UnderWay>();

  const flush = (known: UnderWay) => {
    if (known.timer !== null) clearTimeout(known.timer);
    const { waiting, told } = known;
    Object.assign(known, { waiting: null, timer: null, told: waiting ?? told });
    if (waiting !== null) tell(runChange(waiting, told, false));
  };

  return {
    changed(run) {
      const isUnderWay = isActive(run);
      const known = runs.get(run.id);
      if (known === undefined) {
        if (isUnderWay) runs.set(run.id, { told: run, waiting: null, timer: null });
        return tell(runChange(run, null, isUnderWay));
      }
      known.waiting = run;
      if (run.status !== known.told.status || run.abortable !== known.told.abortable) flush(known);
      else known.timer ??= setTimeout(() => flush(known), pauseMilliseconds).unref();
      if (!isUnderWay) runs.delete(run.id);
    },
    close() {
      for (const known of runs.values()) flush(known);
      runs.clear();
    },
  };
}
