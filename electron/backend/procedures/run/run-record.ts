import { auditOfRun } from '#shared/ownership/audit.ts';
import { undoBlockers } from '#shared/procedure/plan/undo.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { BerthError, Result } from '#shared/result.ts';
import type { FleetWriter } from '../../fleet/fleet-writer.ts';
import type { Clock, Log } from '../../ports.ts';
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
  /** Writes it with a journal line. `withState` keeps the simulated fleet's state in the same transaction. */
  save(event: JournalEntry['event'], step?: number, withState?: 'with-state'): Result<void>;
  end(status: 'done' | 'rolled-back' | 'failed', error: BerthError | null): void;
}

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
    save(event, step, withState) {
      const entry = { at: deps.clock.now(), event, ...(step === undefined ? {} : { step }) };
      const state = withState === undefined ? null : source.exportState();
      const saved = deps.store.saveRun({ run, source: source.key }, entry, state);
      // A run that could not be noted before its first step has not begun, so nobody may hear that it runs.
      if (saved.ok || (event !== 'started' && event !== 'recovering')) deps.emit('run:changed', run);
      return saved;
    },
    end(status, error) {
      const ended = { ...run, status };
      const undoable = status === 'done' && undoBlockers(ended).length === 0;
      run = endedRun(run, status, {
        at: deps.clock.now(),
        simulatedAt: source.clock.simulated === true ? source.clock.now() : null,
        ...{ error, undoable },
      });
      run = { ...run, audit: auditOfRun(deps.writer.fleet, run, deps.underWay()) };
      const saved = record.save('ended', undefined, 'with-state');
      if (!saved.ok) deps.log.error(`the end of run ${run.id} could not be written`, saved.error);
    },
  };
  return record;
}
