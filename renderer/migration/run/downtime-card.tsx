import type { Fleet } from '#shared/fleet/schema.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import { termsOfRound } from '#shared/migration/pre-copy/terms-of-round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { type Column, DataTable } from '../../ui/content/data-table.tsx';
import { Card } from '../../ui/content/small.tsx';
import { formatDuration } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { TermBar } from '../term-bar.tsx';
import { linkBetween, preCopyStep } from './pre-copy/terms-card.tsx';

interface TermRow {
  readonly phase: string;
  readonly forecast: number;
  readonly measured: number | null;
}

/** Where the downtime went: one bar of the measured phases, each beside its forecast where that is known by term. */
export function DowntimeCard({
  run,
  facts,
  hosts,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
  const { downtimePhases: phases } = facts;
  const total = phases.reduce((sum, phase) => sum + phase.milliseconds, 0);
  const forecast = formatDuration(forecastInForce(facts) * 1000);
  const step = preCopyStep(run);
  const round = facts.preCopy?.rounds.at(-1);
  const terms =
    round === undefined || step === undefined
      ? []
      : termsOfRound(round, { queues: step.queues, link: linkBetween(facts, hosts) });
  const rows = terms.map(({ phase, milliseconds }): TermRow => {
    const measured = phases.find((one) => one.phase === phase)?.milliseconds ?? null;
    return { phase, forecast: milliseconds, measured };
  });
  return (
    <Card
      className={styles.block}
      label="Where the downtime went"
      aside={`measured ${formatDuration(total * 1000)} · forecast ${forecast}`}
    >
      <div className={styles.downtime}>
        <TermBar terms={phases} />
      </div>
      {rows.length === 0 ? null : (
        <DataTable
          label="Downtime by term, forecast and measured"
          columns={columns}
          rows={rows}
          rowKey={({ phase }) => phase}
        />
      )}
    </Card>
  );
}

const columns: readonly Column<TermRow>[] = [
  { id: 'phase', title: 'Term', cell: ({ phase }) => phase },
  {
    id: 'forecast',
    title: 'Forecast at the switch-over',
    align: 'right',
    cell: ({ forecast }) => formatDuration(forecast * 1000),
  },
  {
    id: 'measured',
    title: 'Measured',
    align: 'right',
    cell: ({ measured }) => (measured === null ? '–' : formatDuration(measured * 1000)),
  },
];
