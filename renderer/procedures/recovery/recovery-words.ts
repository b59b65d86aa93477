import { countWords } from '#shared/count-words.ts';
import type { Recovery, RecoveryState } from '#shared/procedure/recovery/recovery.ts';

/** What the buttons say that lead to a way on, and the one that takes it. */
export const recoveryNames: Readonly<Record<Recovery, string>> = {
  resume: 'Resume',
  'roll-back': 'Roll back',
  dismiss: 'Leave as it is',
};

/** What stands over the steps of a way on. */
export const stepsTitles: Readonly<Record<Recovery, string>> = {
  resume: 'What Resume does',
  'roll-back': 'What Roll back does, the last step first',
  dismiss: 'What stays',
};

/** Of a step that was under way. */
export const uncertainWords = 'It was under way when Berth ended and may have taken effect.';

/** What is lost by leaving an interrupted procedure, as one says what cannot be undone. */
export const leavingIsFinal = 'It can be neither resumed nor rolled back afterwards.';

/** What a way on does, in a sentence. */
export function wayWords({ how, stepCount }: RecoveryState['ways'][number]): string {
  switch (how) {
    case 'resume':
      return stepCount === 0
        ? 'Nothing is left to do: it ends as done.'
        : `Does the ${countWords(stepCount, 'step')} that ${stepCount === 1 ? 'is' : 'are'} left.`;
    case 'roll-back':
      return stepCount === 0
        ? 'Nothing is to be taken back: it ends as rolled back.'
        : `Takes back what was done, in ${countWords(stepCount, 'step')}.`;
    case 'dismiss':
      return 'Runs nothing. What was done stays; the history lists it.';
  }
}

/** What the foot of the sheet says where no step runs. */
export function noStepWords(how: Recovery): string {
  return how === 'dismiss' ? 'Nothing runs' : 'No step is left';
}
