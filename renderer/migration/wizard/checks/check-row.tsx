import { Check as CheckIcon, TriangleAlert, X } from 'lucide-react';
import type { Check } from '#shared/migration/checks/check.ts';
import type { CheckRemedies } from '#shared/procedure/remedies/remedy.ts';
import { Checkbox } from '../../../ui/controls/form.tsx';
import { dispatch } from '../dispatch.ts';
import { CheckDetails } from './check-details.tsx';
import styles from './checks.module.css';
import { RemedyList } from './remedy-list.tsx';

/** How a verdict shows; the word is said where the icon is not seen. */
const verdicts = {
  passed: { icon: CheckIcon, tone: 'ok', word: 'Passed' },
  warning: { icon: TriangleAlert, tone: 'warn', word: 'Warning' },
  error: { icon: X, tone: 'bad', word: 'Blocks the move' },
} as const;

/** One check: what was found, what it follows from, and what can be done about it from here. */
export function CheckRow({
  check,
  acknowledged,
  remedies,
}: {
  readonly check: Check;
  readonly acknowledged: boolean;
  /** Left out: none is known, or none was asked for yet. */
  readonly remedies?: CheckRemedies | undefined;
}) {
  const { icon: Icon, tone, word } = verdicts[check.verdict];
  return (
    <li className={styles.check}>
      <span className={tone}>
        <Icon size={14} aria-hidden />
        <span className="visually-hidden">{word}:</span>
      </span>
      <span className={styles.checkTitle}>{check.title}</span>
      <div className={styles.evidence}>
        {check.evidence}
        {check.fix === '' ? null : <span className={styles.fix}>{check.fix}</span>}
        {remedies === undefined ? null : <RemedyList remedies={remedies} />}
        <CheckDetails check={check} />
      </div>
      <span>
        {check.verdict === 'warning' ? (
          <Checkbox
            checked={acknowledged}
            onChange={(next) => dispatch({ kind: 'acknowledge', ids: [check.id], acknowledged: next })}
          >
            Acknowledge
          </Checkbox>
        ) : null}
      </span>
    </li>
  );
}
