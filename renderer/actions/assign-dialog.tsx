import { useMemo } from 'react';
import { type AssignmentOption, assignmentTargets, refusalWords } from '#shared/fleet/rules/assignment.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { targetKey } from '../carry/carry.ts';
import { carriedTitle } from '../carry/carry-store.ts';
import { propose } from '../procedures/intents.ts';
import { LeftBanner } from '../procedures/left-banner.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import styles from './assign-dialog.module.css';
import { closeDialog } from './shown-dialog.ts';

/** The click path of an assignment: every target with what it would do, or why not. */
export function AssignDialog({
  fleet,
  secondaryIds,
  left,
}: {
  readonly fleet: Fleet;
  readonly secondaryIds: readonly string[];
  /** What of the selection cannot be assigned, and why. */
  readonly left: readonly string[];
}) {
  // Thousands of controllers against hundreds of targets: judged once for each state of the fleet.
  const options = useMemo(() => assignmentTargets(fleet, secondaryIds), [fleet, secondaryIds]);
  // A target that is not allowed stays in the list with its reasons.
  const choose = ({ target, verdict }: AssignmentOption) => {
    if (!verdict.allowed) return;
    closeDialog();
    propose({ kind: 'assign', secondaryIds: [...secondaryIds], target }, left);
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={`Assign ${carriedTitle(fleet, secondaryIds)} to…`}
      description="Targets on the same host. The steps are shown for review before anything runs, unless changes are applied at once (Settings)."
    >
      <LeftBanner lines={left} />
      <div className={styles.list}>
        {options.map((option) => (
          <button
            key={targetKey(option.target)}
            type="button"
            className={styles.target}
            aria-disabled={!option.verdict.allowed}
            onClick={() => choose(option)}
          >
            <span className={styles.title}>{option.title}</span>
            <span className={`${styles.words} ${option.verdict.allowed ? styles.allowed : ''}`}>
              {option.verdict.allowed ? option.verdict.words : refusalWords(option.verdict.reasons)}
            </span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
