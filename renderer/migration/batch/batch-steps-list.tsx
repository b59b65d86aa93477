import { Check } from 'lucide-react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { policyOf, policyTitles } from '#shared/migration/pre-copy/policies.ts';
import styles from '../wizard/wizard.module.css';
import { type BatchDraft, type BatchStep, batchSteps, changeDraft, moving } from './batch-draft.ts';

export const batchStepTitles: Record<BatchStep, string> = {
  source: 'Source',
  placement: 'Placement',
  options: 'Options',
  review: 'Review',
};

/** Whether something is chosen that moves. */
export function isBatchStepReachable(
  draft: BatchDraft,
  step: BatchStep,
  placements: readonly PlacementView[],
): boolean {
  if (step === 'source') return true;
  if (draft.what.kind === 'machines' && draft.what.virtualMachineIds.length === 0) return false;
  return step === 'placement' || moving(draft, placements).length > 0;
}

/** The four steps at the left. */
export function BatchStepsList({
  draft,
  fleet,
  placements,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
}) {
  const now = batchSteps.indexOf(draft.step);
  return (
    <nav className={styles.steps} aria-label="Steps of the migrations">
      <ol>
        {batchSteps.map((step, index) => {
          const reachable = isBatchStepReachable(draft, step, placements);
          const done = index < now;
          return (
            <li key={step}>
              <button
                type="button"
                className={styles.step}
                aria-current={draft.step === step ? 'step' : undefined}
                aria-disabled={!reachable || undefined}
                title={reachable ? undefined : 'Complete the earlier steps first'}
                onClick={() => (reachable ? changeDraft({ step }) : undefined)}
              >
                <span className={`${styles.stepNumber} ${done ? styles.stepDone : ''}`}>
                  {done ? <Check size={13} strokeWidth={3} aria-hidden /> : index + 1}
                  {done ? <span className="visually-hidden">Done:</span> : null}
                </span>
                <span className={styles.stepText}>
                  {batchStepTitles[step]}
                  <small>{summary(draft, fleet, placements, step)}</small>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function summary(
  draft: BatchDraft,
  fleet: Fleet,
  placements: readonly PlacementView[],
  step: BatchStep,
): string {
  switch (step) {
    case 'source':
      return draft.what.kind === 'evacuate'
        ? `all of ${hostTitle(fleet, draft.what.hostId)}`
        : countWords(draft.what.virtualMachineIds.length, 'virtual machine');
    case 'placement': {
      const refused = placements.filter(({ request }) => request === null).length;
      const placed = `${moving(draft, placements).length} of ${placements.length} move`;
      return placements.length === 0
        ? 'Destinations'
        : refused === 0
          ? placed
          : `${placed}, ${refused} refused`;
    }
    case 'options':
      return `${policyTitles[policyOf(draft.options)]}, ${draft.limits.atOnce} at once`;
    case 'review':
      return 'Warnings and start';
  }
}
