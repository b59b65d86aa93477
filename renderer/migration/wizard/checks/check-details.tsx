import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Check, CheckedValue } from '#shared/migration/checks/check.ts';
import { componentNames, decidingRelease, versionWords } from '#shared/migration/checks/rules/with-rules.ts';
import { formatDateTime } from '../../../ui/format.ts';
import styles from './checks.module.css';

/** What decides a check, and what was read where and when; folded, so that what was found stays in sight. */
export function CheckDetails({ check: { title, rule, readings = [] } }: { readonly check: Check }) {
  // A hundred checks have several lines each; only those that somebody looks at are made.
  const [isOpen, setOpen] = useState(false);
  if (rule === undefined) return null;
  const release = decidingRelease(rule);
  const versions = versionWords(rule);
  return (
    <>
      {release === '' ? null : <span className={styles.release}>{release}</span>}
      <details className={styles.details} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary aria-label={`Rule and evidence of ${title}`}>
          <ChevronRight size={12} aria-hidden className={styles.chevron} />
          Rule and evidence
        </summary>
        {isOpen ? (
          <dl className={styles.facts}>
            <dt>Rule</dt>
            <dd>{rule.words}</dd>
            <dt>Decided by</dt>
            <dd>
              {rule.source === componentNames[rule.component]
                ? rule.source
                : `${componentNames[rule.component]}: ${rule.source}`}
            </dd>
            {versions === '' ? null : (
              <>
                <dt>Release</dt>
                <dd>{versions}</dd>
              </>
            )}
            {readings.map((reading) => (
              <ReadValue key={reading.side} reading={reading} />
            ))}
          </dl>
        ) : null}
      </details>
    </>
  );
}

const sideTitles = { source: 'Source', destination: 'Destination', both: 'Read from' } as const;

function ReadValue({ reading: { side, value, from, at } }: { readonly reading: CheckedValue }) {
  return (
    <>
      <dt>{sideTitles[side]}</dt>
      <dd>
        {value === '' ? null : (
          <>
            <code>{value}</code>{' '}
          </>
        )}
        {from}
        {at === null ? ' · time not recorded' : ` · ${formatDateTime(Date.parse(at))}`}
      </dd>
    </>
  );
}
