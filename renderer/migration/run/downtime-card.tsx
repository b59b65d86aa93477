import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { Card } from '../../ui/content/small.tsx';
import { formatDuration } from '../../ui/format.ts';
import styles from '../migration.module.css';

/** By order of the phases, over again after the sixth; the legend names each. */
const tints = ['--accent', '--mig', '--vs1', '--online', '--vs2', '--vs4'];

/** Where the downtime went: one bar of the measured phases, with the forecast and the budget beside it. */
export function DowntimeCard({ facts }: { readonly facts: MigrationFacts }) {
  const { downtimePhases: phases } = facts;
  const total = phases.reduce((sum, phase) => sum + phase.milliseconds, 0);
  const forecast = formatDuration(facts.downtimeForecastMilliseconds * 1000);
  return (
    <Card
      className={styles.block}
      label="Where the downtime went"
      aside={`measured ${formatDuration(total * 1000)} · forecast ${forecast}`}
    >
      <div className={styles.downtime}>
        <div className={styles.downtimeBar} aria-hidden>
          {phases.map((phase, index) => (
            <span
              key={phase.phase}
              style={{
                flexGrow: total === 0 ? 1 : phase.milliseconds / total,
                background: `var(${tints[index % tints.length]})`,
              }}
            />
          ))}
        </div>
        <dl className={styles.downtimeLegend}>
          {phases.map((phase, index) => (
            <div key={phase.phase}>
              <dt>
                <span
                  className={styles.swatch}
                  style={{ background: `var(${tints[index % tints.length]})` }}
                  aria-hidden
                />
                {phase.phase}
              </dt>
              <dd>{formatDuration(phase.milliseconds * 1000)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Card>
  );
}
