import type { Explanation } from '#shared/explain/explanation.ts';

/** Why something was refused in the state in which everything was, and what helps. Sentences without a full stop. */
export interface Refusal {
  /** Names the object and its value: `VF 1 is not enabled: sriov_numvfs is 0`. */
  readonly cause: string;
  readonly fix: string;
  /**
   * Shell lines of the host after which the refused line succeeds, in their order. Empty where the line itself has to
   * change, or where only a person can decide, because something would be lost that somebody may need.
   */
  readonly lines: readonly string[];
}

/** What is known of an error in general, where nobody could look into why it came. */
export function refusalOfExplanation({
  meaning,
  remedy,
  lookAt,
}: Pick<Explanation, 'meaning' | 'remedy' | 'lookAt'>): Refusal {
  const looks = lookAt[0] === undefined ? '' : `; look at ${lookAt[0]}`;
  return { cause: withoutStop(meaning), fix: `${remedy.join('; or ')}${looks}`, lines: [] };
}

/** A sentence of an explanation or an error, as a part of a refusal. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

/** The fix with its lines, as one text. */
export function fixText({ fix, lines }: Pick<Refusal, 'fix' | 'lines'>): string {
  return lines.length === 0 ? fix : `${fix}: ${lines.join('; ')}`;
}
