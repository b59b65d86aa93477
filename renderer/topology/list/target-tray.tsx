import { refusalWords } from '#shared/fleet/rules/assignment.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { targetKey } from '../../carry/carry.ts';
import { carriedTitle, useCarry } from '../../carry/carry-store.ts';
import styles from './list-view.module.css';

/** The targets beside the list while something is carried: legal ones first, the others with their reasons. */
export function TargetTray({ fleet }: { readonly fleet: Fleet }) {
  const carry = useCarry((state) => state.carry);
  if (carry.mode === 'idle') return null;
  const options = [...carry.options].sort(
    (left, right) => Number(right.verdict.allowed) - Number(left.verdict.allowed),
  );
  return (
    <section className={styles.tray} aria-label="Targets">
      <b>Assign {carriedTitle(fleet, carry.ids)} to</b>
      {options.map(({ target, title, verdict }) => {
        const key = targetKey(target);
        return (
          <div
            key={key}
            className={styles.target}
            data-target={key}
            data-allowed={verdict.allowed}
            data-chosen={carry.chosen === key}
          >
            <div className={styles.targetTitle}>{title}</div>
            <div className={styles.targetWords}>
              {verdict.allowed ? verdict.words : refusalWords(verdict.reasons)}
            </div>
          </div>
        );
      })}
    </section>
  );
}
