import {
  type ChartRound,
  type PreCopyChart,
  preCopyChart,
  type RoundPoint,
} from '#shared/migration/pre-copy/chart-geometry.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { Card } from '../../../ui/content/small.tsx';
import { formatDuration, formatMemory } from '../../../ui/format.ts';
import styles from '../../migration.module.css';

type Copied = NonNullable<MigrationFacts['preCopy']>;

/** Units of the view box, not pixels: the chart is as wide as its card. */
const width = 720;
const height = 190;
/** Left of the axis, for its figures. */
const margin = 52;

/** The downtime that was forecast after each round, what was allowed, the budget, and the best moments seen. */
export function PreCopyChartCard({
  facts,
  copied,
  linkBytesPerSecond,
}: {
  readonly facts: MigrationFacts;
  readonly copied: Copied;
  /** 0: not known. */
  readonly linkBytesPerSecond: number;
}) {
  const { rounds, state } = copied;
  const { downtimeBudgetMilliseconds: budget, memoryBytes } = facts;
  const startMilliseconds = linkBytesPerSecond > 0 ? (memoryBytes / linkBytesPerSecond) * 1000 : 0;
  const first = rounds.length === 0 ? firstRound(copied, { linkBytesPerSecond, budget }) : null;
  const whole = preCopyChart({
    rounds: first === null ? rounds : [first],
    startMilliseconds,
    budgetMilliseconds: budget,
    ...(first === null ? {} : { horizonMilliseconds: startMilliseconds }),
    ...{ width, height },
  });
  // Nothing is decided before the first round is over.
  const chart = first === null ? whole : { ...whole, allowed: '', best: [], numbered: [] };
  const left = rounds.at(-1)?.leftBytes ?? Math.max(0, copied.roundBytes - copied.roundSentBytes);
  const words =
    chart.last === null || first !== null
      ? 'the first round is not over yet'
      : `${formatDuration(forecastInForce(facts) * 1000)}, ${formatMemory(left)} left after round ${chart.last.number}; budget ${formatDuration(budget * 1000)}`;
  const held = state === 'holding' ? chart.shortEnough : null;
  return (
    <Card
      label="Downtime if it stopped now, by round"
      aside={
        <span className={styles.legend}>
          <span className={styles.legendBest}>◇ best moments</span>
          <span className={styles.legendAllowed}>▁▃▅ allowed</span>
          <span className={styles.legendBudget}>– – budget</span>
        </span>
      }
    >
      <svg
        className={styles.chart}
        viewBox={`${-margin} -18 ${width + margin + 10} ${height + 38}`}
        role="img"
        aria-label={`Downtime if it stopped now: ${words}`}
      >
        {chart.ticks.map(({ y, milliseconds }) => (
          <g key={milliseconds}>
            <line x1="0" x2={width} y1={y} y2={y} className={styles.gridLine} />
            <text x="-8" y={y + 4} textAnchor="end" className={styles.chartText}>
              {formatDuration(milliseconds * 1000)}
            </text>
          </g>
        ))}
        <line x1="0" x2={width} y1={height} y2={height} className={styles.axis} />
        <line
          x1="0"
          x2={width}
          y1={chart.budgetY}
          y2={chart.budgetY}
          className={styles.budgetLine}
          vectorEffect="non-scaling-stroke"
        />
        <text x="6" y={chart.budgetY - 5} className={styles.budgetText}>
          budget {formatDuration(budget * 1000)}
        </text>
        {chart.numbered.map(({ x, number }) => (
          <text key={number} x={x} y="-7" textAnchor="middle" className={styles.chartText}>
            {number}
          </text>
        ))}
        {chart.area === '' ? null : <path d={chart.area} className={styles.chartArea} />}
        {chart.allowed === '' ? null : <path d={chart.allowed} className={styles.allowedLine} />}
        {chart.line === '' ? null : <path d={chart.line} className={styles.chartLine} />}
        {held === null ? null : (
          <line x1={held.x} x2={held.x} y1="0" y2={height} className={styles.heldLine} />
        )}
        <Points chart={chart} left={left} />
        <text x="0" y={height + 15} className={styles.chartText}>
          0 s
        </text>
        {chart.endMilliseconds === 0 ? null : (
          <text x={width} y={height + 15} textAnchor="end" className={styles.chartText}>
            {formatDuration(chart.endMilliseconds * 1000)}
          </text>
        )}
        {held === null ? null : (
          <text {...beside(held)} y="11" className={styles.heldText}>
            held since here, it would have switched over
          </text>
        )}
      </svg>
    </Card>
  );
}

/** The first round while it is under way, at the rate of the link: it is most of the time, and begins without any figure. */
function firstRound(
  { roundSentBytes, roundBytes }: Copied,
  { linkBytesPerSecond, budget }: { readonly linkBytesPerSecond: number; readonly budget: number },
): ChartRound | null {
  if (linkBytesPerSecond <= 0 || roundSentBytes <= 0) return null;
  const left = (Math.max(0, roundBytes - roundSentBytes) / linkBytesPerSecond) * 1000;
  return {
    ...{ number: 1, startedMilliseconds: 0, milliseconds: (roundSentBytes / linkBytesPerSecond) * 1000 },
    ...{ downtimeForecastMilliseconds: left, allowedMilliseconds: budget },
  };
}

function Points({ chart, left }: { readonly chart: PreCopyChart; readonly left: number }) {
  const { best, last } = chart;
  const [shortest] = best;
  return (
    <>
      {best.map(({ x, y, number }) => (
        <path key={number} d={`M${x} ${y - 6} l6 6 l-6 6 l-6 -6 Z`} className={styles.bestMark} />
      ))}
      {shortest === undefined || shortest.number === last?.number ? null : (
        <text {...beside(shortest)} y={Math.min(height - 4, shortest.y + 17)} className={styles.chartLabel}>
          {formatDuration(shortest.milliseconds * 1000)} best
        </text>
      )}
      {last === null ? (
        <text x={width / 2} y={height / 2} textAnchor="middle" className={styles.chartText}>
          The first round is under way
        </text>
      ) : (
        <>
          <circle cx={last.x} cy={last.y} r="4" className={styles.chartDot} />
          <text {...beside(last)} y={Math.max(10, last.y - 10)} className={styles.chartLabel}>
            now: {formatDuration(last.milliseconds * 1000)}, {formatMemory(left)} left
          </text>
        </>
      )}
    </>
  );
}

/** Right of a point while there is room. */
function beside({ x }: RoundPoint): { readonly x: number; readonly textAnchor: 'start' | 'end' } {
  return x < width * 0.6 ? { x: x + 8, textAnchor: 'start' } : { x: x - 4, textAnchor: 'end' };
}
