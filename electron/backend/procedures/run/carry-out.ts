import type { Fleet } from '#shared/fleet/schema.ts';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import type { StepEffect } from '#shared/procedure/step-definition.ts';
import { stepHostIds } from '#shared/procedure/step-hosts.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../ports.ts';
import { performStep } from '../perform/perform.ts';
import type { PerformContext, PreCopyContext, StepOutcome } from '../perform/perform-context.ts';
import type { RunObserver } from './run-observer.ts';
import type { RunRecord } from './run-record.ts';
import { withProgress, withStep } from './run-state.ts';
import type { RunUnderWay, UnansweredStep } from './run-under-way.ts';
import { type ReadBack, stepScope } from './step-scope.ts';

/** Which step of a run is carried out, and whether somebody may have begun with it. */
export interface StepPlace extends Pick<UnansweredStep, 'index' | 'direction'> {
  /** The program ended while it ran: nobody knows how far it came. */
  readonly mayHaveBegun?: boolean;
  /** Reads its effect back together with those of other steps; left out: it is read back alone. */
  readonly readBack?: ReadBack;
  /** There is no way back from here: a step whose effect is there counts as done, whatever became of its answer. */
  readonly onlyForward?: boolean;
}

export type CarriedOut = StepOutcome & { readonly readBack: string; readonly carriedOutAt: number };

/**
 * Carries a step out and reads its effect back. What leaves a guest standing still when it fails is tried again in place,
 * as often as `pausesMilliseconds` has entries, and only while the reading shows that it had no effect. An answer that
 * does not come in time is waited for; what is still to come then stands in `unanswered`.
 */
export async function carryOut(
  active: RunUnderWay,
  step: Step,
  place: StepPlace,
): Promise<Result<CarriedOut>> {
  const { mayRepeat, beforeRepeat } = definitionOf(step);
  if (place.mayHaveBegun === true)
    for (const before of beforeRepeat?.(step) ?? []) {
      const ready = await attempt(active, before, place);
      if (!ready.ok) return ready;
    }
  let last = await attempt(active, step, place);
  for (const [index, pause] of pausesMilliseconds.entries()) {
    if (last.ok || mayRepeat === undefined || active.abort.signal.aborted) break;
    const { fleet } = active.writer;
    const seen = visibleEffect(step, fleet);
    // Its completion was lost; once more would be once too often.
    if (seen?.holds === true) return succeed({ ...seen, carriedOutAt: active.clock.microseconds() });
    if (!transientCodes.has(last.error.code) || !isRead(step, fleet) || !mayRepeat(step, fleet)) break;
    await active.clock.sleep(pause, { signal: active.abort.signal, what: 'another attempt at a resume' });
    const again = await attempt(active, step, place);
    last = again.ok
      ? succeed({ ...again.value, readBack: `${again.value.readBack}, at attempt ${index + 2}` })
      : again;
  }
  const seen = visibleEffect(step, active.writer.fleet);
  const isDone =
    place.onlyForward === true && !last.ok && last.error.code === 'device-timeout' && seen?.holds;
  return isDone
    ? succeed({
        ...seen,
        readBack: `${seen.readBack}; its answer was lost`,
        carriedOutAt: active.clock.microseconds(),
      })
    : last;
}

/** Between the attempts at a step that may be repeated. */
const pausesMilliseconds = [50, 250] as const;
/** What may pass. A timeout is none of them: what was sent may still arrive. */
const transientCodes: ReadonlySet<BerthError['code']> = new Set(['device-status', 'effect-missing', 'busy']);

async function attempt(active: RunUnderWay, step: Step, place: StepPlace): Promise<Result<CarriedOut>> {
  const { writer, clock, source, abort, timeoutMilliseconds } = active;
  const before = writer.fleet;
  let late: UnansweredStep['answer'] | null = null;
  const inTime = await performStep(step, {
    fleet: before,
    connections: source.connections,
    signal: abort.signal,
    ...{ timeoutMilliseconds, clock },
    onMemorySent: (bytes, of) =>
      noteSent(active, place.index, { bytes, of }, (observer, now) => observer.memorySent(bytes, now)),
    onUserDataSent: (bytes, of) =>
      noteSent(active, place.index, { bytes, of }, (observer) => observer.userDataSent(bytes, of)),
    onUnanswered(answer) {
      late = answer;
    },
    preCopy: preCopyContext(active, place.index),
    ...(active.observer === null ? {} : { prove: proverOf(active, active.observer) }),
  });
  const outcome =
    late === null ? inTime : await lateOutcome(active, unansweredStep(active, step, place, late), inTime);
  // Reading back takes time that is no part of what the step cost, least of all of a downtime.
  const carriedOutAt = clock.microseconds();
  const { readBack: readTogether } = place;
  const depth = outcome.ok ? 'effect' : 'everything';
  const after = await (readTogether === undefined
    ? writer.refresh(stepScope(step, before, depth))
    : readTogether(step, depth));
  if (!outcome.ok) return outcome;
  const definition = definitionOf(step);
  const effect = definition.effect(step, after);
  const object = definition.words(step, after);
  if (!isRead(step, after))
    return fail('effect-missing', 'The step was accepted, but its effect could not be read back.', {
      object,
      fix: 'Check the connection to the host, and read it again.',
    });
  const readBack = outcome.value.words ?? effect.readBack;
  if (effect.holds) return succeed({ ...outcome.value, readBack, carriedOutAt });
  return fail('effect-missing', `The step was accepted, but reading back shows: ${effect.readBack}.`, {
    object,
    fix: 'Check the controller; another program may have changed it at the same time.',
  });
}

function unansweredStep(
  { clock, stop, timeoutMilliseconds }: RunUnderWay,
  step: Step,
  { index, direction }: StepPlace,
  given: UnansweredStep['answer'],
): UnansweredStep {
  // A driver that gave a command up says no more than nobody: only time tells that nothing of it will come.
  const answer = given.then(async (late) => {
    const what = 'what a driver gave up';
    if (!late.ok && late.error.code === 'device-timeout')
      await clock.sleep(timeoutMilliseconds, { signal: stop.signal, what });
    return late;
  });
  const unanswered: UnansweredStep = { ...{ step, index, direction, answer }, isAnswered: false };
  void answer.then(() => {
    unanswered.isAnswered = true;
  });
  return unanswered;
}

/**
 * An answer that did not come in time says nothing of what was done, and what was sent may still be on its way. So it is
 * waited for a while longer, abort or not; when it comes, it is the answer.
 */
async function lateOutcome(
  active: RunUnderWay,
  late: UnansweredStep,
  inTime: Result<StepOutcome>,
): Promise<Result<StepOutcome>> {
  const { record, unanswered } = active;
  unanswered.add(late);
  if (late.direction === 'forward')
    record.update(
      withStep(record.run, late.index, { readBack: 'Not answered in time. Waiting for what becomes of it.' }),
    );
  const answered = await inGoodTime(active, late.answer);
  if (late.direction === 'forward') record.set(withStep(record.run, late.index, { readBack: '' }));
  if (answered === null) return inTime;
  unanswered.delete(late);
  return answered;
}

/**
 * An answer that is late, or null when it does not come in good time either, or the program ends. Good time is as long as
 * was waited for it already.
 */
export async function inGoodTime<T>(
  { clock, timeoutMilliseconds, stop }: Pick<RunUnderWay, 'clock' | 'timeoutMilliseconds' | 'stop'>,
  answer: Promise<T>,
): Promise<T | null> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, stop.signal]);
  const wait = { signal, what: 'an answer that is late' };
  const passed = clock.sleep(timeoutMilliseconds, wait).then(() => null);
  try {
    return await Promise.race([answer, passed]);
  } finally {
    over.abort();
  }
}

/**
 * The effect of a step as it is there now; null when nothing can tell: it leaves nothing to see, or what it changes could
 * not be read. Then it is not believed.
 */
export function visibleEffect(step: Step, fleet: Fleet): StepEffect | null {
  const definition = definitionOf(step);
  return definition.sets(step).length === 0 || !isRead(step, fleet) ? null : definition.effect(step, fleet);
}

/** Whether every host that a step changes answered when it was read last. */
export function isRead(step: Step, fleet: Fleet): boolean {
  return stepHostIds(step, fleet).every(
    (id) => fleet.hosts[id] !== undefined && fleet.hosts[id].unread !== true,
  );
}

/** What was compared belongs to the run whatever comes of it: a difference is what people must see. */
function proverOf({ record }: RunUnderWay, observer: RunObserver): NonNullable<PerformContext['prove']> {
  return async (stage) => {
    const { facts, result } = await observer.prove(stage);
    record.set({ ...record.run, migration: facts });
    return result;
  };
}

/** How the copying goes on belongs to the run; each round of it is journalled. */
function preCopyContext(active: RunUnderWay, index: number): PreCopyContext {
  const { record, observer, clock, decided, log, stop } = active;
  return {
    stepMilliseconds: stepTime(record.run),
    stop: stop.signal,
    before: record.run.migration?.preCopy ?? null,
    takeDecision() {
      const { decision } = decided;
      decided.decision = null;
      return decision;
    },
    onProgress(facts, isRound) {
      if (observer === null) return;
      const migration = observer.preCopied(facts);
      const now = { ...record.run, migration };
      // What waits for a person gets no nearer to its end.
      const waits = facts.state === 'holding' || facts.state === 'not-converging';
      const run = waits ? now : withProgress(now, index, preCopyFraction(facts, migration.memoryBytes));
      if (isRound) {
        record.set(run);
        const saved = record.save('round', index);
        if (!saved.ok) log.error('a round could not be journalled', saved.error);
      } else if (isDueUpdate(record, clock)) record.update(run);
    },
  };
}

/** So few steps say nothing of what one costs. */
const fewestSteps = 3;

/**
 * Milliseconds from the beginning of one step of this run to the beginning of the next: command, read-back and journal. The
 * median, because one that was slow must not speak for all; those that run together count as one.
 */
function stepTime({ plan, steps }: ProcedureRun): number | null {
  const times = steps
    .flatMap(({ status, startedAt }, index) => {
      const { step, withNext } = plan.steps[index] ?? {};
      const next = steps[index + 1]?.startedAt ?? null;
      const counts = status === 'done' && step?.kind !== 'vm-pre-copy' && withNext !== true;
      return counts && startedAt !== null && next !== null ? [next - startedAt] : [];
    })
    .sort((one, other) => one - other);
  return times.length < fewestSteps ? null : (times[Math.floor((times.length - 1) / 2)] ?? null);
}

/** The first round is most of the work; how many come after it nobody knows. */
function preCopyFraction({ rounds, roundSentBytes }: PreCopyFacts, memoryBytes: number): number {
  if (rounds.length === 0) return memoryBytes === 0 ? 0 : (0.8 * roundSentBytes) / memoryBytes;
  return 1 - 0.2 * 0.6 ** rounds.length;
}

/** At most ten updates a second while memory or user data is sent. */
const sentUpdateMicroseconds = 100_000;
const lastSentUpdate = new WeakMap<RunRecord, number>();

function isDueUpdate(record: RunRecord, clock: Clock): boolean {
  const now = clock.microseconds();
  const last = lastSentUpdate.get(record);
  if (last !== undefined && now - last < sentUpdateMicroseconds) return false;
  lastSentUpdate.set(record, now);
  return true;
}

function noteSent(
  { record, observer, clock }: RunUnderWay,
  index: number,
  { bytes, of }: { readonly bytes: number; readonly of: number },
  tell: (observer: RunObserver, now: number) => MigrationFacts,
): void {
  if (observer === null) return;
  const migration = tell(observer, clock.microseconds());
  // The start shows nothing new, and the first bytes must not wait for it.
  if (bytes === 0) return;
  if (!isDueUpdate(record, clock)) return;
  const fraction = of > 0 ? bytes / of : 0;
  record.update(withProgress({ ...record.run, migration }, index, fraction));
}
