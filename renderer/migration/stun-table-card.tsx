import { Check, X } from 'lucide-react';
import type { StunColumn } from '#shared/migration/stun-table.ts';
import { Card } from '../ui/content/small.tsx';
import styles from './stun-table-card.module.css';

/** The expected downtime by term over links of several speeds; the one that these hosts have is marked. */
export function StunTableCard({
  columns,
  basis,
  className,
}: {
  readonly columns: readonly StunColumn[];
  /** What the figures are made of, for example `at the forecast dirty rate`. */
  readonly basis: string;
  readonly className?: string | undefined;
}) {
  const phases = columns[0]?.terms.map(({ phase }) => phase) ?? [];
  if (phases.length === 0) return null;
  return (
    <Card className={className} label="Downtime by link speed, ms" aside={basis}>
      <div className={styles.scroll}>
        <table className={styles.table} aria-label="Expected downtime by link speed, milliseconds">
          <thead>
            <tr>
              <th scope="col">Gb/s</th>
              {columns.map(({ gigabitsPerSecond, isThisLink }) => (
                <th key={gigabitsPerSecond} scope="col" className={isThisLink ? styles.own : undefined}>
                  {Number(gigabitsPerSecond.toFixed(1))}
                  {isThisLink ? ', this link' : ''}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {phases.map((phase, row) => (
              <tr key={phase}>
                <th scope="row">{phase}</th>
                {columns.map(({ gigabitsPerSecond, isThisLink, terms }) => (
                  <td key={gigabitsPerSecond} className={isThisLink ? styles.own : undefined}>
                    {milliseconds(terms[row]?.milliseconds)}
                  </td>
                ))}
              </tr>
            ))}
            <tr className={styles.total}>
              <th scope="row">total</th>
              {columns.map(({ gigabitsPerSecond, isThisLink, totalMilliseconds, isWithinBudget }) => {
                const Icon = isWithinBudget ? Check : X;
                return (
                  <td
                    key={gigabitsPerSecond}
                    className={`${isThisLink ? styles.own : ''} ${isWithinBudget ? 'ok' : 'bad'}`}
                  >
                    <Icon size={12} aria-hidden />{' '}
                    <span className="visually-hidden">
                      {isWithinBudget ? 'within the budget' : 'over the budget'}
                    </span>
                    {milliseconds(totalMilliseconds)}
                  </td>
                );
              })}
            </tr>
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** One decimal below ten: a term of a fraction of a millisecond is not none. */
function milliseconds(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 10 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en-US');
}
