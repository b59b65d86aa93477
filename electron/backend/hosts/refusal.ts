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

/** The fix with its lines, as one text. */
export function fixText({ fix, lines }: Pick<Refusal, 'fix' | 'lines'>): string {
  return lines.length === 0 ? fix : `${fix}: ${lines.join('; ')}`;
}
