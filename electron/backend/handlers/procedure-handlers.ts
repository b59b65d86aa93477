import type { RunSummary } from '#shared/ipc/contract.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { succeed } from '#shared/result.ts';
import { unknownRun } from '../procedures/prepare-change.ts';
import type { Recoveries } from '../procedures/recovery/recoveries.ts';
import type { ProcedureRunner } from '../procedures/runner.ts';
import { headOf } from '../store/run-rows.ts';
import type { RunHead } from '../store/run-store.ts';
import type { Store } from '../store/store.ts';
import type { Handlers } from './handler.ts';

export type ProcedureChannel =
  | 'procedure:plan'
  | 'procedure:plan-undo'
  | 'procedure:run'
  | 'procedure:abort'
  | 'migration:decide'
  | 'procedure:undo'
  | 'procedure:recovery'
  | 'procedure:plan-recover'
  | 'procedure:recover'
  | 'history:list'
  | 'history:get'
  | 'history:undo-redo';

export function createProcedureHandlers(deps: {
  readonly runner: ProcedureRunner;
  readonly recoveries: Recoveries;
  readonly store: Store;
  /** Told every procedure that a person has started. */
  readonly onStarted?: (intent: Intent, run: ProcedureRun) => void;
}): Handlers<ProcedureChannel> {
  const { runner, recoveries, store } = deps;
  return {
    'procedure:plan': async ({ intent, reviewed }) => runner.propose({ kind: 'intent', intent }, reviewed),
    'procedure:plan-undo': async ({ runId, reviewed }) => runner.propose({ kind: 'undo', runId }, reviewed),
    'procedure:run': async ({ intent, reviewed, agreed }) => {
      const answer = await runner.startReviewed({ kind: 'intent', intent }, reviewed, agreed);
      if (answer.ok && answer.value.outcome === 'started') deps.onStarted?.(intent, answer.value.run);
      return answer;
    },
    'migration:decide': async ({ runId, decision }) => {
      const decided = runner.decide(runId, decision);
      return decided.ok ? succeed({}) : decided;
    },
    'procedure:abort': async ({ runId }) => {
      const aborted = runner.abort(runId);
      return aborted.ok ? succeed({}) : aborted;
    },
    'procedure:undo': ({ runId, reviewed, agreed }) =>
      runner.startReviewed({ kind: 'undo', runId }, reviewed, agreed),
    'procedure:recovery': async ({ runId }) => recoveries.state(runId),
    'procedure:plan-recover': async ({ runId, how, reviewed }) => recoveries.propose(runId, how, reviewed),
    'procedure:recover': ({ runId, how, reviewed, agreed }) =>
      recoveries.startReviewed(runId, how, reviewed, agreed),
    'history:list': async ({ limit }) => {
      // What is under way is newer in memory where it could not be written.
      const newest = new Map(runner.running().map((run) => [run.id, headOf(run)]));
      const runs = store.heads(limit).map(({ run }) => summaryOf(newest.get(run.id) ?? run));
      return succeed({ runs });
    },
    'history:undo-redo': async () => {
      const { undo, redo } = runner.undoRedo();
      return succeed({
        undo: undo === null ? null : { runId: undo.id, title: undo.plan.title },
        redo: redo === null ? null : { runId: redo.id, title: redo.plan.title, intent: redo.plan.intent },
      });
    },
    'history:get': async ({ runId }) => {
      const run = runner.find(runId);
      return run === null ? unknownRun(runId) : succeed(run);
    },
  };
}

function summaryOf(run: RunHead): RunSummary {
  const { id, status, startedAt, endedAt, undoable, undoneBy, undoes, fleetName, simulated } = run;
  return {
    ...{ id, status, startedAt, endedAt, undoable, undoneBy, undoes, fleetName, simulated },
    title: run.plan.title,
    intentKind: run.plan.intent.kind,
    stepCount: run.stepCount,
    ...(run.simulatedTime === undefined ? {} : { simulatedTime: run.simulatedTime }),
  };
}
