import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { Card } from '../../ui/content/small.tsx';
import { formatDuration } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { TermBar } from '../term-bar.tsx';

/** Where the downtime went: one bar of the measured phases, with the forecast beside it. */
export function DowntimeCard({ facts }: { readonly facts: MigrationFacts }) {
  const { downtimePhases: phases } = facts;
  const total = phases.reduce((sum, phase) => sum + phase.milliseconds, 0);
  const forecast = formatDuration(forecastInForce(facts) * 1000);
  return (
    <Card
      className={styles.block}
      label="Where the downtime went"
      aside={`measured ${formatDuration(total * 1000)} · forecast ${forecast}`}
    >
      <div className={styles.downtime}>
        <TermBar terms={phases} />
      </div>
    </Card>
  );
}
