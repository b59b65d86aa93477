import type { SwitchOverDecision } from '#shared/migration/pre-copy/options.ts';
import { objectsOfStep } from '#shared/ownership/run-objects.ts';
import type { Step } from '#shared/procedure/step.ts';
import type { BerthError, Result } from '#shared/result.ts';
import type { Clock } from '../../ports.ts';
import type { StepOutcome } from '../perform/perform-context.ts';
import type { RunnerDependencies, RunnerSource } from '../runner-dependencies.ts';
import type { RunObserver } from './run-observer.ts';
import type { RunRecord } from './run-record.ts';

/** One run under way, with what it works on. */
export interface RunUnderWay
  extends Pick<RunnerDependencies, 'writer' | 'log' | 'timeoutMilliseconds' | 'nvmeCli'> {
  /** The time of the hosts, which may be simulated. */
  readonly clock: Clock;
  readonly source: RunnerSource;
  readonly record: RunRecord;
  readonly observer: RunObserver | null;
  readonly abort: AbortController;
  /** What a person has decided of a migration that copies while its guest goes on; null: nothing that was not taken yet. */
  readonly decided: { decision: SwitchOverDecision | null };
  /** Given when the program ends: stop before the next step, wait for nothing, and leave the rest to the journal. */
  readonly stop: AbortController;
  /** Called when the run has ended. */
  readonly endings: (() => void)[];
  /** What was asked of devices and not answered yet: it may still take effect. */
  readonly unanswered: Set<UnansweredStep>;
  /** Fleet ids of what other procedures have had in their hands since the run ended: that is no longer its own. */
  readonly overtaken: Set<string>;
}

/** A step, or one of the way back, whose answer did not come in time. */
export interface UnansweredStep {
  readonly step: Step;
  /** Of the step in the plan that it is, or that it undoes. */
  readonly index: number;
  readonly direction: 'forward' | 'back';
  /** Settles when the device, the kernel or the hypervisor has answered: then nothing of it can come any more. */
  readonly answer: Promise<Result<StepOutcome>>;
  /** Set when it has settled. */
  isAnswered: boolean;
}

export const abortedByPerson: BerthError = {
  code: 'aborted',
  message: 'It was aborted as requested, and the steps already done were undone.',
};

export const interruptedAndRolledBack: BerthError = {
  code: 'aborted',
  message: 'It was interrupted when Berth ended, and was rolled back as requested.',
};

export const interruptedAndLeft: BerthError = {
  code: 'aborted',
  message: 'It was interrupted when Berth ended, and was left as it was, as requested.',
};

/** Whether another procedure has had something that this step changes in its hands since the run ended. */
export function isOvertaken({ overtaken }: Pick<RunUnderWay, 'overtaken'>, step: Step): boolean {
  return overtaken.size > 0 && objectsOfStep(step).some((id) => overtaken.has(id));
}

/** A program that closes must not wait for a clock that stands still; it is let go when the run has ended. */
export function hurry({ clock, endings }: RunUnderWay): void {
  const release = clock.hurry?.();
  if (release !== undefined) endings.push(release);
}
