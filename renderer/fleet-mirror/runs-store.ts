import { create } from 'zustand';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { applyRunChange, type RunChange } from '#shared/procedure/run/run-change.ts';
import { client } from '../bridge/client.ts';

/** Procedures that run, ran since the start of the program, or were found interrupted in the journal. */
export interface RunsState {
  readonly runs: Readonly<Record<string, ProcedureRun>>;
  /** Ids, oldest first. */
  readonly order: readonly string[];
}

/** The procedures that the page knows, each in its newest state. */
export const useRuns = create<RunsState>(() => ({ runs: {}, order: [] }));

/** Takes the newest state of one run. */
export function takeRun(run: ProcedureRun): void {
  useRuns.setState(({ runs, order }) => ({
    runs: { ...runs, [run.id]: run },
    order: run.id in runs ? order : [...order, run.id],
  }));
}

/**
 * Takes a run that an answer told: what changed of it since may have been told already. One that is known as interrupted
 * is newer in the answer that goes on with it.
 */
export function takeAnswered(run: ProcedureRun): void {
  const known = useRuns.getState().runs[run.id];
  if (known === undefined || known.status === 'interrupted') takeRun(run);
}

/** Runs that are asked for, with what changed of them since: the answer may be from before it. */
const asked = new Map<string, RunChange[]>();

/** Takes what changed of a run. One that the page does not know is asked for. */
export function takeRunChange(change: RunChange): void {
  const { id } = change;
  const run = applyRunChange(useRuns.getState().runs[id], change);
  if (run !== null) {
    takeRun(run);
    return;
  }
  const since = asked.get(id);
  if (since !== undefined) {
    since.push(change);
    return;
  }
  asked.set(id, []);
  void client.call('history:get', { runId: id }).then((answer) => {
    const missed = asked.get(id) ?? [];
    asked.delete(id);
    if (!answer.ok || id in useRuns.getState().runs) return;
    takeRun(missed.reduce((known, one) => applyRunChange(known, one) ?? known, answer.value));
  });
}

/** The runs in order, filtered; for use with `useShallow`. */
export function selectRuns(state: RunsState, filter: (run: ProcedureRun) => boolean): ProcedureRun[] {
  return state.order.flatMap((id) => {
    const run = state.runs[id];
    return run !== undefined && filter(run) ? [run] : [];
  });
}

/** Changes when a list of the runs would read differently: not on every step of a run. */
export function runsVersion({ runs, order }: RunsState): string {
  return order
    .map((id) => `${id}:${runs[id]?.status}:${runs[id]?.undoable}:${runs[id]?.undoneBy ?? ''}`)
    .join(' ');
}
