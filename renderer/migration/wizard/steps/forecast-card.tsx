import { useMemo } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { type Forecast, type ForecastRound, forecastMigration } from '#shared/migration/forecast.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { stunTable } from '#shared/migration/stun-table.ts';
import { type Column, DataTable } from '../../../ui/content/data-table.tsx';
import { Card } from '../../../ui/content/small.tsx';
import { formatDuration, formatMemory } from '../../../ui/format.ts';
import { StunTableCard } from '../../stun-table-card.tsx';
import { TermBar } from '../../term-bar.tsx';
import styles from '../wizard.module.css';

/** The forecast of a request by term and by round, and the same over other links. */
export function ForecastCards({
  fleet,
  request,
}: {
  readonly fleet: Fleet;
  readonly request: MigrationRequest;
}) {
  const forecast = useMemo(() => forecastMigration(fleet, request), [fleet, request]);
  const columns = useMemo(() => stunTable(fleet, request), [fleet, request]);
  const budget = request.options.downtimeBudgetMilliseconds;
  return (
    <>
      <Card label="Forecast" aside={`budget ${formatDuration(budget * 1000)}`} className={styles.group}>
        <div className={styles.option}>
          <ForecastWords forecast={forecast} budget={budget} />
          <TermBar terms={forecast.phases} />
        </div>
        {forecast.rounds.length === 0 ? null : (
          <DataTable
            label="Rounds of copying, as they are expected"
            columns={roundColumns}
            rows={shownRounds(forecast.rounds)}
            rowKey={(round) => String(round.number)}
          />
        )}
      </Card>
      <StunTableCard className={styles.group} columns={columns} basis="forecast before the start" />
    </>
  );
}

function ForecastWords({ forecast, budget }: { readonly forecast: Forecast; readonly budget: number }) {
  const { downtimeMilliseconds: downtime, totalMilliseconds: total, rounds, converges } = forecast;
  if (downtime === null)
    return <p className="mute">No forecast: the speed of the migration link is not known.</p>;
  const over = downtime > budget;
  return (
    <p>
      Forecast{' '}
      <strong className={over ? 'warn' : 'ok'}>
        {formatDuration(downtime * 1000)} {over ? '(over the budget)' : '(within the budget)'}
      </strong>
      {rounds.length === 0 ? ', all memory in it' : ` after ${countWords(rounds.length, 'round')}`}
      {total === null ? null : ` · whole migration about ${formatDuration(total * 1000)}`}
      {converges ? null : (
        <span className="warn">
          {' '}
          · it does not converge: the guest writes as fast as the link takes it away
        </span>
      )}
    </p>
  );
}

/** All of a few; of many those at both ends, where something changes. */
function shownRounds(rounds: readonly ForecastRound[]): readonly ForecastRound[] {
  return rounds.length <= 8 ? rounds : [...rounds.slice(0, 4), ...rounds.slice(-3)];
}

const roundColumns: readonly Column<ForecastRound>[] = [
  { id: 'number', title: 'Round', cell: ({ number }) => number },
  { id: 'bytes', title: 'Sends', align: 'right', cell: ({ bytes }) => formatMemory(bytes) },
  {
    id: 'milliseconds',
    title: 'Takes',
    align: 'right',
    cell: ({ milliseconds }) => formatDuration(milliseconds * 1000),
  },
  { id: 'left', title: 'Leaves', align: 'right', cell: ({ leftBytes }) => formatMemory(leftBytes) },
];
