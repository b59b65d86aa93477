import { auditOfRun } from '#shared/ownership/audit.ts';
import { undoBlockers } from '#shared/procedure/plan/undo.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { BerthError, Result } from '#shared/result.ts';
import type { FleetWriter } from '../../fleet/fleet-writer.ts';
import type { Clock, Log } from '../../ports.ts';
import { readyToKeep } from '../../sources/fleet-state.ts';
import type { StateParts } from '../../store/kept-state.ts';
import type { JournalEntry } from '../../store/run-store.ts';
import type { Store } from '../../store/store.ts';
import type { EmitRun, RunnerSource } from '../runner-dependencies.ts';
import { endedRun } from './run-state.ts';

/** A run's record: kept in memory, on disk and in front of the person, in that order of freshness. */
export interface RunRecord {
  readonly run: ProcedureRun;
  /** Changes it in memory; `save` follows and tells everybody. */
  set(run: ProcedureRun): void;
  /** Changes it in memory and tells everybody; nothing is written. */
  update(run: ProcedureRun): void;
  /** Writes it with a journal line for each of these steps, or one for the whole run. */
  save(event: JournalEntry['event'], ...steps: readonly number[]): Result<void>;
  /**
   * Changes it in memory and writes it with its journal lines and the state of the simulated fleet, in one turn and one
   * transaction: what is said to be done is in the state that is kept, whenever the program ends.
   */
  saveWithState(
    change: (run: ProcedureRun) => ProcedureRun,
    event: JournalEntry['event'],
    ...steps: readonly number[]
  ): Promise<Result<void>>;
  end(status: EndStatus, error: BerthError | null): Promise<void>;
  /** Ends it as failed where nothing was done, so that there is no state to keep: in one turn. */
  leave(error: BerthError): void;
}

type EndStatus = 'done' | 'rolled-back' | 'failed';

export interface RecordDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: EmitRun;
  readonly log: Log;
  /** Has the fleet as last read. */
  readonly writer: Pick<FleetWriter, 'fleet'>;
  /** Runs under way, in their newest state: what they have in their hands is not audited. */
  underWay(): readonly ProcedureRun[];
}

export function createRunRecord(
  initial: ProcedureRun,
  source: RunnerSource,
  deps: RecordDependencies,
): RunRecord {
  let run = initial;
  const write = (
    event: JournalEntry['event'],
    [first, ...others]: readonly number[],
    state: StateParts | null,
  ): Result<void> => {
    const about = { at: deps.clock.now(), event };
    const saved = deps.store.saveRun(
      { run, source: source.key },
      first === undefined
        ? about
        : [{ ...about, step: first }, ...others.map((step) => ({ ...about, step }))],
      state,
    );
    // A run that could not be noted before its first step has not begun, so nobody may hear that it runs.
    if (saved.ok || (event !== 'started' && event !== 'recovering')) deps.emit('run:changed', run);
    return saved;
  };
  const ended = (current: ProcedureRun, status: EndStatus, error: BerthError | null): ProcedureRun => {
    const simulatedAt = source.clock.simulated === true ? source.clock.now() : null;
    const undoable = status === 'done' && undoBlockers({ ...current, status }).length === 0;
    const next = endedRun(current, status, { at: deps.clock.now(), simulatedAt, error, undoable });
    return { ...next, audit: auditOfRun(deps.writer.fleet, next, deps.underWay()) };
  };
  const tellUnwritten = (saved: Result<void>): void => {
    if (!saved.ok) deps.log.error(`the end of run ${run.id} could not be written`, saved.error);
  };
  const record: RunRecord = {
    get run() {
      return run;
    },
    set(next) {
      run = next;
    },
    update(next) {
      run = next;
      deps.emit('run:changed', run);
    },
    save: (event, ...steps) => write(event, steps, null),
    async saveWithState(change, event, ...steps) {
      await readyToKeep(source.state, source.key, deps.store);
      run = change(run);
      return write(event, steps, source.state?.parts() ?? null);
    },
    async end(status, error) {
      const saved = await record.saveWithState((current) => ended(current, status, error), 'ended');
      tellUnwritten(saved);
    },
    leave(error) {
      run = ended(run, 'failed', error);
      tellUnwritten(write('ended', [], null));
    },
  };
  return record;
}
