/**
 * One thing that stands against a change. Rules answer with these, so that a planner, a check, a draft and a dialog give the
 * same reason and the same way out.
 */
export interface Blocker {
  /** A whole sentence that names the object: `Virtual id 20 is taken in my_v_nqn_1.` */
  readonly reason: string;
  /** A whole sentence in the imperative: `Choose another one.` */
  readonly fix: string;
}

/** Reason and fix in one line, as refusals list them. */
export function blockerWords({ reason, fix }: Blocker): string {
  return `${reason} ${fix}`;
}
