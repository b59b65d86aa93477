import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Result } from '#shared/result.ts';
import type { ProcedureRunner } from '../procedures/runner.ts';

/** Starts what nobody reviews, and waits for its end. */
export async function runToEnd(runner: ProcedureRunner, intent: Intent): Promise<ProcedureRun> {
  return endOf(runner, await runner.start(intent));
}

/** The record of a procedure that was started just now, when it has ended. */
export async function endOf(runner: ProcedureRunner, started: Result<ProcedureRun>): Promise<ProcedureRun> {
  if (!started.ok) throw new Error(`${started.error.message} ${started.error.details?.join('\n') ?? ''}`);
  const ended = await runner.finished(started.value.id);
  if (ended === null) throw new Error('the run is lost');
  return ended;
}
