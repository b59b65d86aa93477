import { z } from 'zod';

/** What can happen at a step of a migration that is rehearsed. */
export const rehearsalFaultSchema = z.enum([
  'refused-once',
  'refused-always',
  'answer-lost',
  'answered-late',
  'takes-effect-late',
  'killed-before-journal',
  'killed-before-journal-back',
  'killed-after-journal',
  'killed-after-journal-back',
  'wrong-length',
  'link-down',
  'source-host-lost',
  'destination-host-lost',
  'source-primary-reset',
  'destination-primary-reset',
  'source-function-reset',
  'destination-function-reset',
]);
export type RehearsalFault = z.infer<typeof rehearsalFaultSchema>;

export const rehearsalFaults: readonly RehearsalFault[] = rehearsalFaultSchema.options;

/** The name of each, short enough for the head of a column. */
export const rehearsalFaultWords: Readonly<Record<RehearsalFault, string>> = {
  'refused-once': 'refused once',
  'refused-always': 'refused for good',
  'answer-lost': 'answer lost',
  'answered-late': 'answered late',
  'takes-effect-late': 'takes effect after its timeout',
  'killed-before-journal': 'killed before journal, resume',
  'killed-before-journal-back': 'killed before journal, roll-back',
  'killed-after-journal': 'killed after journal, resume',
  'killed-after-journal-back': 'killed after journal, roll-back',
  'wrong-length': 'wrong length',
  'link-down': 'link down',
  'source-host-lost': 'source host lost',
  'destination-host-lost': 'destination host lost',
  'source-primary-reset': 'source primary reset',
  'destination-primary-reset': 'destination primary reset',
  'source-function-reset': 'source function reset',
  'destination-function-reset': 'destination function reset',
};

/** What each of them is, in one sentence. */
export const rehearsalFaultMeanings: Readonly<Record<RehearsalFault, string>> = {
  'refused-once': 'The first thing that the step changes is refused, with an error that may pass.',
  'refused-always': 'It is refused each time that it is asked for.',
  'answer-lost': 'It takes effect, and its answer does not come.',
  'answered-late': 'It takes effect, and is answered after its timeout.',
  'takes-effect-late': 'It is given up, and takes effect after that.',
  'killed-before-journal':
    'The program is killed before the step is journalled, starts again and goes on with the migration.',
  'killed-before-journal-back':
    'The program is killed before the step is journalled, starts again and takes the migration back.',
  'killed-after-journal':
    'The program is killed when the step is journalled, starts again and goes on with the migration.',
  'killed-after-journal-back':
    'The program is killed when the step is journalled, starts again and takes the migration back.',
  'wrong-length':
    'The next Migration Receive and Track Receive of every primary controller bring 12 bytes instead of what was asked for.',
  'link-down': 'The migration link of the source is down from then on.',
  'source-host-lost': 'The source host loses power.',
  'destination-host-lost': 'The destination host loses power.',
  'source-primary-reset': 'The primary controller at the source is reset.',
  'destination-primary-reset': 'The primary controller at the destination is reset.',
  'source-function-reset': 'The first function of the guest at the source is reset (FLR).',
  'destination-function-reset': 'The first function of the guest at the destination is reset (FLR).',
};

/** One of each kind, for a rehearsal of a minute or two. */
export const usualRehearsalFaults: readonly RehearsalFault[] = [
  'refused-once',
  'refused-always',
  'answer-lost',
  'killed-after-journal',
  'link-down',
  'destination-host-lost',
];
