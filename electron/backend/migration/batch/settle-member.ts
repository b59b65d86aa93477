import type { BatchMember } from '#shared/migration/batch/batch.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Store } from '../../store/store.ts';

/** What a run that has ended makes of its member. */
export function endOfMember({ status, error, leftovers, endedAt }: ProcedureRun) {
  const why = error === null ? [] : [error.message];
  return {
    state: status === 'done' ? ('done' as const) : ('failed' as const),
    endedAt,
    reasons: status === 'done' ? [] : [...why, ...leftovers.map(({ what }) => what)],
  };
}

/** A member after a restart: its run as the journal has it; one that had not begun waits again. */
export function foundAgain(member: BatchMember, store: Pick<Store, 'run' | 'runs'>): BatchMember {
  if (member.state !== 'running') return member;
  const run = member.runId === null ? begunRun(member, store) : store.run(member.runId)?.run;
  if (run === undefined)
    return member.runId === null
      ? { ...member, state: 'waiting', startedAt: null }
      : { ...member, state: 'failed', reasons: ['Its record is no longer in the history.'] };
  const isOpen = run.status === 'running' || run.status === 'aborting' || run.status === 'interrupted';
  return { ...member, runId: run.id, ...(isOpen ? {} : endOfMember(run)) };
}

/** The newest runs, among which one that began right before the program ended is found. */
const newest = 300;

function begunRun({ startedAt, request }: BatchMember, store: Pick<Store, 'runs'>): ProcedureRun | undefined {
  return store.runs(newest).find(({ run }) => {
    const { intent } = run.plan;
    return (
      intent.kind === 'migrate' &&
      intent.request.virtualMachineId === request.virtualMachineId &&
      run.startedAt >= (startedAt ?? Number.POSITIVE_INFINITY)
    );
  })?.run;
}
