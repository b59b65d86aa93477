import type { SwitchOverDecision } from '#shared/migration/pre-copy/options.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** What a person says of a run under way. */

/** It goes back to its start, as long as it may. Errors: `refused`. */
export function abortIfAllowed({ record, abort, log }: RunUnderWay): Result<void> {
  if (!record.run.abortable)
    return fail('refused', 'It is past its point of no return and can only be completed.', {
      object: record.run.plan.title,
      fix: 'Wait until it has ended.',
    });
  if (record.run.status === 'running') {
    record.set({ ...record.run, status: 'aborting' });
    const saved = record.save('aborting');
    if (!saved.ok) log.warn('the abort could not be journalled', saved.error);
  }
  abort.abort();
  return succeed(undefined);
}

/** When a guest that goes on while it is copied is stopped; counts after the round under way. Errors: `refused`. */
export function decideSwitchOver(
  { record: { run }, decided }: RunUnderWay,
  decision: SwitchOverDecision,
): Result<void> {
  const { steps, plan, status } = run;
  const step = plan.steps[steps.findIndex((one) => one.status === 'running')]?.step;
  if (status !== 'running' || step?.kind !== 'vm-pre-copy')
    return fail('refused', 'Nothing is copied while a guest goes on, so there is nothing to decide.', {
      object: plan.title,
      field: 'decision',
      fix: 'See how far it is.',
    });
  decided.decision = decision;
  return succeed(undefined);
}
