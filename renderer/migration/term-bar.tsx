import { formatDuration } from '../ui/format.ts';
import styles from './migration.module.css';

/** By order of the terms, over again after the sixth; the legend names each. */
const tints = ['--accent', '--mig', '--vs1', '--online', '--vs2', '--vs4'];

/** The terms of a downtime as one bar, each named below; with a budget the bar is as wide as that, unless it is exceeded. */
export function TermBar({
  terms,
  budget = 0,
}: {
  readonly terms: readonly { readonly phase: string; readonly milliseconds: number }[];
  /** Milliseconds; 0: the bar is as wide as its terms. */
  readonly budget?: number;
}) {
  if (terms.length === 0) return null;
  const total = terms.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rest = Math.max(0, budget - total);
  const tint = (index: number) => `var(${tints[index % tints.length]})`;
  return (
    <div>
      <div className={styles.downtimeBar} aria-hidden>
        {terms.map(({ phase, milliseconds }, index) => (
          <span
            key={phase}
            style={{ flexGrow: total === 0 ? 1 : milliseconds / total, background: tint(index) }}
          />
        ))}
        {rest === 0 || total === 0 ? null : (
          <span className={styles.downtimeRest} style={{ flexGrow: rest / total }} />
        )}
      </div>
      <dl className={styles.downtimeLegend}>
        {terms.map(({ phase, milliseconds }, index) => (
          <div key={phase}>
            <dt>
              <span className={styles.swatch} style={{ background: tint(index) }} aria-hidden />
              {phase}
            </dt>
            <dd>{milliseconds === 0 ? '0 ms' : formatDuration(milliseconds * 1000)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
