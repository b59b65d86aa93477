import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { Card } from '../../ui/content/small.tsx';
import { formatDuration, formatMemory } from '../../ui/format.ts';
import styles from '../migration.module.css';
import { memoryChartGeometry } from './memory-chart-geometry.ts';

/** Units of the view box, not pixels: the chart is as wide as its card. */
const width = 720;
const height = 150;

/** Memory left to copy over time, with the forecast to the end dotted. */
export function MemoryCard({ facts }: { readonly facts: MigrationFacts }) {
  const chart = memoryChartGeometry({
    points: facts.memoryLeft,
    totalBytes: facts.memoryBytes,
    bytesPerSecond: facts.bytesPerSecond,
    width,
    height,
  });
  const { last } = chart;
  const words = last === null ? 'no memory has been copied yet' : `${formatMemory(last.bytes)} left`;
  return (
    <Card label="Memory left to copy" aside={`of ${formatMemory(facts.memoryBytes)}, over time`}>
      <svg
        className={styles.chart}
        viewBox={`-2 -8 ${width + 4} ${height + 28}`}
        role="img"
        aria-label={`Memory left to copy: ${words}`}
      >
        <line x1="0" x2={width} y1={height} y2={height} className={styles.axis} />
        <line x1="0" x2={width} y1="0" y2="0" className={styles.gridLine} />
        <line x1="0" x2={width} y1={height / 2} y2={height / 2} className={styles.gridLine} />
        {chart.area === '' ? null : <path d={chart.area} className={styles.chartArea} />}
        {chart.path === '' ? null : <path d={chart.path} className={styles.chartLine} />}
        {chart.forecast === '' ? null : <path d={chart.forecast} className={styles.chartForecast} />}
        {last === null ? (
          <text x={width / 2} y={height / 2 - 8} textAnchor="middle" className={styles.chartText}>
            Copying has not started
          </text>
        ) : (
          <>
            <circle cx={last.x} cy={last.y} r="4" className={styles.chartDot} />
            <text {...labelPlace(last)} className={styles.chartLabel}>
              {words}
            </text>
          </>
        )}
        <text x="0" y={height + 15} className={styles.chartText}>
          0 s
        </text>
        {chart.endMilliseconds === 0 ? null : (
          <text x={width} y={height + 15} textAnchor="end" className={styles.chartText}>
            {formatDuration(chart.endMilliseconds * 1000)}
          </text>
        )}
      </svg>
    </Card>
  );
}

/** Beside the point while there is room, in the free upper right corner later: the line falls from the left. */
function labelPlace(last: { readonly x: number; readonly y: number }) {
  return last.x < width * 0.7
    ? ({ x: last.x + 10, y: Math.max(12, last.y - 6), textAnchor: 'start' } as const)
    : ({ x: width, y: 16, textAnchor: 'end' } as const);
}
