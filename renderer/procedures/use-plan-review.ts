import { useCallback, useEffect, useRef, useState } from 'react';
import { type Agreed, nothingAgreed } from '#shared/procedure/agreement.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Proposal, Reviewable, Reviewed } from '#shared/procedure/proposal.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { askPlan, askStart, reviewedOf } from './reviewed-calls.ts';

/** The plan under review, and the way to start it. */
export interface PlanReview {
  /** The plan on the screen, with what has changed since the first look at it. */
  readonly proposal: Proposal | null;
  readonly error: BerthError | null;
  readonly loading: boolean;
  readonly reload: () => void;
  /**
   * Starts `change` (which differs from the one under review at most in what its plan does not depend on). Null when the
   * plan would be another one now: that one is on the screen then, for a new decision. `agreed`: what of the plan on the
   * screen the person has agreed to; left out: nothing has to be.
   */
  readonly start: (change: Reviewable, agreed?: Agreed) => Promise<Result<ProcedureRun | null>>;
}

const nothingYet = { proposal: null, error: null, loading: true };

/**
 * The plan of a change under review. It is planned again whenever the fleet moves, and always compared with the plan
 * that was looked at first, so that nothing changes under a person's eyes unsaid. `first`: a look at the plan of this
 * very change that was taken before; `onFirstLook` is told of one that is taken here.
 */
export function usePlanReview(
  change: Reviewable | null,
  first: Reviewed | null = null,
  onFirstLook?: (reviewed: Reviewed) => void,
): PlanReview {
  const revision = useFleetMirror((state) => state.revision);
  const [answer, setAnswer] = useState<Pick<PlanReview, 'proposal' | 'error' | 'loading'>>(nothingYet);
  const [round, setRound] = useState(0);
  // Compared as text: the same change in a new object must not plan again.
  const text = change === null ? null : JSON.stringify(change);
  // A ref, not state: taking the first look must not ask again.
  const look = useRef({ text, reviewed: first });
  const given = useRef({ first, onFirstLook });
  given.current = { first, onFirstLook };
  // biome-ignore lint/correctness/useExhaustiveDependencies: round and revision only ask again
  useEffect(() => {
    if (text === null) {
      setAnswer({ ...nothingYet, loading: false });
      return undefined;
    }
    // What the person edits is another change, with a first look of its own.
    if (look.current.text !== text) look.current = { text, reviewed: given.current.first };
    const { reviewed } = look.current;
    let current = true;
    setAnswer((before) => ({ ...before, loading: true }));
    void askPlan(JSON.parse(text) as Reviewable, reviewed).then((result) => {
      if (!current) return;
      if (!result.ok) {
        setAnswer({ proposal: null, error: result.error, loading: false });
        return;
      }
      if (reviewed === null) {
        look.current = { text, reviewed: reviewedOf(result.value) };
        given.current.onFirstLook?.(reviewedOf(result.value));
      }
      setAnswer({ proposal: result.value, error: null, loading: false });
    });
    return () => {
      current = false;
    };
  }, [text, round, revision]);
  const { proposal } = answer;
  const start = async (
    wanted: Reviewable,
    agreed: Agreed = nothingAgreed,
  ): Promise<Result<ProcedureRun | null>> => {
    if (proposal === null)
      return fail('refused', 'There is no plan yet.', { fix: 'Wait until it is shown.' });
    const started = await askStart(wanted, reviewedOf(proposal), agreed);
    if (!started.ok) return started;
    if (started.value.outcome === 'started') return succeed(started.value.run);
    setAnswer({ proposal: started.value.proposal, error: null, loading: false });
    return succeed(null);
  };
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...answer, reload, start };
}
