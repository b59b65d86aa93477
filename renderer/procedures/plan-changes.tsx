import type { PlanChanges } from '#shared/procedure/plan-changes.ts';
import { Tag } from '../ui/content/small.tsx';
import { Banner } from '../ui/content/states.tsx';
import styles from './plan-changes.module.css';

/**
 * Says what differs from the plan that was reviewed, for a new decision. The live region is there before anything is in
 * it, so that it is read out when it appears.
 */
export function PlanChangesNotice({ changes }: { readonly changes: PlanChanges | null }) {
  return (
    <div role="status" aria-label="Changes of the plan">
      {changes === null ? null : (
        <Banner
          tone="warning"
          title="The fleet changed since you reviewed this"
          lines={[
            changes.summary,
            ...changes.removed.map(({ words }) => `No longer a step: ${words}`),
            ...changes.consequences.added.map((line) => `New: ${line}`),
            ...changes.consequences.removed.map((line) => `No longer: ${line}`),
          ]}
        >
          Nothing has run. Check the marked steps and decide again.
        </Banner>
      )}
    </div>
  );
}

/** Marks one step of the plan that was not reviewed as it is now; nothing for any other. */
export function StepChangeMark({
  changes,
  index,
  words,
}: {
  readonly changes: PlanChanges | null;
  /** Of the step in the plan, from 0. */
  readonly index: number;
  readonly words: string;
}) {
  const found = changes?.steps.find((step) => step.index === index);
  if (found === undefined) return null;
  return (
    <span className={styles.mark}>
      <Tag tone="warning">{found.change}</Tag>
      {found.before === null ? null : (
        <span className={styles.before}>
          {found.before === words ? 'It is undone in a different way.' : `Reviewed: ${found.before}`}
        </span>
      )}
    </span>
  );
}
