import { countWords } from '../../count-words.ts';

/**
 * How many controllers one procedure changes at most. Its steps are journalled, shown and, if need be, undone one by one:
 * a selection of thousands is changed in parts that a person can follow.
 */
export const mostTogether = 500;

/** Why so many controllers, or other things, cannot be changed in one procedure; empty when they can. */
export function togetherBlockers(count: number, one = 'controller'): string[] {
  return count > mostTogether
    ? [
        `${countWords(count, one)} are selected, and one procedure changes at most ${mostTogether}. ` +
          'Select fewer, for example those of one host: type its name into the filter and select all again.',
      ]
    : [];
}
