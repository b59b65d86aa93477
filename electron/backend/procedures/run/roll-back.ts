import { virtualMachineIdOf } from '#shared/fleet/ids.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { lastingSteps, settingsOf } from '#shared/procedure/lasting-steps.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import { hasTakenBack, mayBeDone } from '#shared/procedure/step-outcome.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import { carryOut, inGoodTime, visibleEffect } from './carry-out.ts';
import { endRun } from './end-run.ts';
import { failForward, stillToCome } from './fail-forward.ts';
import { noteDone } from './note-done.ts';
import { remainingStep } from './remaining-step.ts';
import { leftover, type StepToUndo, stepsToUndo, withStep } from './run-state.ts';
import { isOvertaken, type RunUnderWay, type UnansweredStep } from './run-under-way.ts';
import { stepsScope } from './step-scope.ts';

/**
 * Runs the inverses of everything that was done or may have been, last step first; looks then whether all of it is there,
 * and tells what is not. A step that is not known to be done counts as possibly done: its effect is looked for.
 */
export async function rollBackRun(active: RunUnderWay, cause: BerthError): Promise<void> {
  const { record, writer, log } = active;
  record.set({ ...record.run, status: 'aborting', abortable: false, rollingBack: true });
  const noted = record.save('rolling-back');
  if (!noted.ok) log.error('the beginning of a roll-back could not be journalled', noted.error);
  const free = mayGoBack(record.run, writer.fleet);
  if (!free.ok) return failForward(active, record.run.plan.pointOfNoReturn ?? 0, free.error);
  const failures = new Map<Step, BerthError>();
  for (const toUndo of stepsToUndo(record.run)) {
    if (active.stop.signal.aborted) return;
    if (mayHaveEffect(active, toUndo)) {
      if (!toUndo.isCertain) noteFound(active, toUndo);
      await undo(active, toUndo, failures);
      await markUndone(active, toUndo, failures);
      // What the device has answered is no more to come; anything else may be.
    } else if (!isAnswered(record.run, toUndo)) await noteUndone(active, toUndo.index, noEffect);
  }
  const left = await settleWayBack(active, failures);
  if (left === null) return;
  record.set({ ...record.run, leftovers: left });
  if (active.observer !== null) {
    const migration = await active.observer.rolledBack(writer.fleet);
    record.set({ ...record.run, migration });
  }
  await endRun(active, left.length === 0 ? 'rolled-back' : 'failed', cause);
}

/**
 * The end of a way back: what was asked and not answered is waited for and taken back as it arrives, and everything that
 * must be there is read once more; but for what another procedure has had in its hands since. Answers what is left; null
 * when the program ends meanwhile. `failures`: what could not be undone so far, and why.
 */
export async function settleWayBack(
  active: RunUnderWay,
  failures: Map<Step, BerthError>,
): Promise<ProcedureRun['leftovers'] | null> {
  const { unanswered } = active;
  if (unanswered.size > 0) await inGoodTime(active, Promise.all([...unanswered].map(({ answer }) => answer)));
  const ownArrived = () =>
    [...unanswered].filter(({ isAnswered, step }) => isAnswered && !isOvertaken(active, step));
  for (;;) {
    if (active.stop.signal.aborted) return null;
    const arrived = ownArrived();
    await undoArrived(active, arrived, failures);
    await lookForAll(active, failures);
    // What was answered before that look is settled by it.
    for (const one of arrived) unanswered.delete(one);
    if (ownArrived().length === 0) break;
  }
  for (const toUndo of stepsToUndo(active.record.run)) {
    if (!toUndo.isCertain || isOvertaken(active, toUndo.planned.step)) continue;
    // What else its way back leaves stands among the leftovers; done it is no more.
    if (visibleEffect(toUndo.planned.step, active.writer.fleet)?.holds === false)
      await noteUndone(active, toUndo.index);
    else await markUndone(active, toUndo, failures);
  }
  return [...whatIsLeft(active, failures), ...[...unanswered].map((late) => stillToCome(active, late))];
}

const noEffect = 'It was looked for, and had no effect.';

/** Whether the guest of a migration may run at its destination: the step that lets it go on there has begun. */
export function mayHaveMoved({ plan: { intent, pointOfNoReturn }, steps }: ProcedureRun): boolean {
  const resumed = pointOfNoReturn === null ? undefined : steps[pointOfNoReturn];
  return intent.kind === 'migrate' && resumed !== undefined && mayBeDone(resumed);
}

/**
 * A guest that runs at the destination, or may, is not resumed at its source: two of one guest must never run. Errors:
 * `conflict`.
 */
export function mayGoBack(run: ProcedureRun, fleet: Fleet): Result<void> {
  const { intent } = run.plan;
  if (intent.kind !== 'migrate') return succeed(undefined);
  const { virtualMachineId, destinationHostId } = intent.request;
  const { name } = machineParts(virtualMachineId);
  const there = fleet.virtualMachines[virtualMachineIdOf(destinationHostId, name)];
  if (there?.state === 'running')
    return fail('conflict', `${name} is running at the destination, so it was not taken back.`, {
      object: name,
      field: 'state',
      fix: 'Compare both sides, then clean up the source, or pause the guest at the destination and resume it at its source.',
    });
  const host = fleet.hosts[destinationHostId];
  const isRead = host !== undefined && host.unread !== true;
  // What the way back itself has removed there did not run before.
  if (!mayHaveMoved(run) || (isRead && (there !== undefined || hasTakenBack(run)))) return succeed(undefined);
  const may = isRead
    ? `${name} is gone from the destination, where it may have run`
    : `${name} may be running at the destination, which could not be read`;
  return fail('conflict', `${may}, so it was not taken back.`, {
    object: name,
    field: 'state',
    fix: `Look on ${host?.name ?? destinationHostId} whether it runs there, then go on with what is left or resume it at its source.`,
  });
}

/** Whether there can be anything to undo. Of a step with parts there can although its effect is not there. */
function mayHaveEffect(
  { writer: { fleet } }: RunUnderWay,
  { planned: { step }, isCertain }: StepToUndo,
): boolean {
  const seen = visibleEffect(step, fleet);
  return isCertain || seen === null || seen.holds || definitionOf(step).hasParts === true;
}

function isAnswered({ steps }: ProcedureRun, { index }: StepToUndo): boolean {
  const code = steps[index]?.error?.code;
  return steps[index]?.status === 'failed' && code !== 'device-timeout';
}

async function undo(
  active: RunUnderWay,
  { planned: { inverse }, index }: StepToUndo,
  failures: Map<Step, BerthError>,
): Promise<void> {
  for (const step of inverse ?? []) {
    const undone = await undoStep(active, step, index);
    if (undone.ok) failures.delete(step);
    else failures.set(step, undone.error);
  }
}

async function markUndone(
  active: RunUnderWay,
  { index, planned: { inverse } }: StepToUndo,
  failures: ReadonlyMap<Step, BerthError>,
): Promise<void> {
  if (inverse !== null && !inverse.some((step) => failures.has(step))) await noteUndone(active, index);
}

/**
 * Once its way back has begun, its effect may be there in parts only: the journal knows that there was one. What has no way
 * back stays uncertain.
 */
function noteFound({ record, log }: RunUnderWay, { index, planned }: StepToUndo): void {
  if (planned.inverse === null) return;
  record.set(withStep(record.run, index, { isUndone: false, readBack: '' }));
  const saved = record.save('rolling-back', index);
  if (!saved.ok) log.error('a step that is to be undone could not be journalled', saved.error);
}

/** The journal knows it as undone; a step that failed stays one, whose effect was taken back. */
async function noteUndone({ record, log }: RunUnderWay, index: number, readBack?: string): Promise<void> {
  const undone = (run: ProcedureRun) =>
    withStep(run, index, {
      ...(run.steps[index]?.status === 'failed' ? { isUndone: true } : { status: 'undone' }),
      ...(readBack === undefined ? {} : { readBack }),
    });
  const saved = await record.saveWithState(undone, 'step-undone', index);
  if (!saved.ok) log.error('an undone step could not be journalled', saved.error);
}

async function undoStep(active: RunUnderWay, step: Step, index: number): Promise<Result<void>> {
  const isThere = () => visibleEffect(step, active.writer.fleet)?.holds === true;
  if (isThere()) {
    const { status, isUndone } = active.record.run.steps[index] ?? {};
    // A program before this one may have taken it back; what never had an effect was not.
    if (status === 'done' || isUndone === false) noteDone(active, step);
    return succeed(undefined);
  }
  // Rolling back must not be stopped by the abort that caused it.
  const calm = { ...active, abort: new AbortController() };
  const outcome = await carryOut(calm, step, { index, direction: 'back' });
  if (outcome.ok) active.observer?.afterUndoing(step, outcome.value.carriedOutAt);
  if (!outcome.ok && !isThere()) return outcome;
  noteDone(active, step);
  return succeed(undefined);
}

/** What arrived after it had been looked for is taken back like everything else. */
async function undoArrived(
  active: RunUnderWay,
  arrived: readonly UnansweredStep[],
  failures: Map<Step, BerthError>,
): Promise<void> {
  const { record, writer } = active;
  const forward = arrived.filter(({ direction }) => direction === 'forward');
  if (forward.length === 0) return;
  await writer.refresh(
    stepsScope(
      forward.map(({ step }) => step),
      writer.fleet,
      'everything',
    ),
  );
  for (const { index } of forward) {
    const planned = record.run.plan.steps[index];
    if (planned === undefined) continue;
    const toUndo: StepToUndo = { index, planned, isCertain: false };
    if (!mayHaveEffect(active, toUndo)) continue;
    noteFound(active, toUndo);
    await undo(active, toUndo, failures);
    await markUndone(active, toUndo, failures);
  }
}

/** Reads everything again that the way back has set for good, and does once more what is not there. */
async function lookForAll(active: RunUnderWay, failures: Map<Step, BerthError>): Promise<void> {
  const { record, writer } = active;
  const indexOf = new Map<Step, number>();
  for (const { index, planned } of stepsBegun(active))
    for (const step of planned.inverse ?? []) indexOf.set(step, index);
  const lasting = lastingSteps([...indexOf.keys()]).filter((step) => !isOvertaken(active, step));
  // What a later step of the way back sets anew is that one's to tell.
  for (const step of failures.keys())
    if (settingsOf(step).length > 0 && !lasting.includes(step)) failures.delete(step);
  await writer.refresh(stepsScope(lasting, writer.fleet, 'everything'));
  for (const step of lasting) {
    if (active.stop.signal.aborted) return;
    if (visibleEffect(step, writer.fleet)?.holds === true) {
      failures.delete(step);
      continue;
    }
    if (failures.has(step)) continue;
    const index = indexOf.get(step) ?? 0;
    const undone = await undoStep(active, step, index);
    if (undone.ok) continue;
    failures.set(step, undone.error);
    const isFailed = record.run.steps[index]?.status === 'failed';
    record.set(withStep(record.run, index, isFailed ? { isUndone: false } : { status: 'done' }));
  }
}

/** Every step whose inverse belongs to the way back, last one first. */
function stepsBegun(active: RunUnderWay): StepToUndo[] {
  const { run } = active.record;
  return run.plan.steps
    .flatMap((planned, index): StepToUndo[] => {
      const step = run.steps[index];
      if (step === undefined) return [];
      const isCertain = step.status === 'done' || step.status === 'undone' || step.isUndone === true;
      const toUndo = { index, planned, isCertain };
      return isCertain || (mayBeDone(step) && mayHaveEffect(active, toUndo)) ? [toUndo] : [];
    })
    .reverse();
}

function whatIsLeft(active: RunUnderWay, failures: ReadonlyMap<Step, BerthError>): ProcedureRun['leftovers'] {
  const { record, writer, nvmeCli } = active;
  const impossible = stepsToUndo(record.run).flatMap((toUndo) => {
    const { planned, isCertain } = toUndo;
    if (planned.inverse !== null || !mayHaveEffect(active, toUndo)) return [];
    const words = isCertain ? 'Cannot be undone' : 'May have been done, and cannot be undone';
    return [leftover(`${words}: ${planned.words}`, [])];
  });
  return [
    ...impossible,
    ...[...failures].map(([step, error]) => remainingStep(step, error, writer.fleet, nvmeCli())),
  ];
}
