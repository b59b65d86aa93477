/** Where the lines of the memory chart go, in the chart's own coordinates. */
export interface ChartGeometry {
  readonly path: string;
  /** Area under the line, closed. */
  readonly area: string;
  readonly last: { readonly x: number; readonly y: number; readonly bytes: number } | null;
  /** Dotted continuation to zero at the present rate; empty when nothing is left or nothing moves. */
  readonly forecast: string;
  /** Upper end of the time axis, milliseconds. */
  readonly endMilliseconds: number;
}

/** What the chart draws, and how large. Coordinates have their origin at the upper left. */
export interface ChartInput {
  /** Memory left to copy, oldest first; milliseconds since the start of the migration. */
  readonly points: readonly { readonly milliseconds: number; readonly bytes: number }[];
  /** Upper end of the memory axis, bytes. */
  readonly totalBytes: number;
  /** Present rate; 0: nothing moves, and there is no forecast. */
  readonly bytesPerSecond: number;
  readonly width: number;
  readonly height: number;
}

/** Lays out memory left over time. The time axis always has room for the forecast, so that the end is in sight. */
export function memoryChartGeometry(input: ChartInput): ChartGeometry {
  const { points, width, height } = input;
  const lastPoint = points.at(-1);
  const first = points[0];
  if (first === undefined || lastPoint === undefined) {
    return { path: '', area: '', last: null, forecast: '', endMilliseconds: 0 };
  }
  const total = Math.max(input.totalBytes, ...points.map((point) => point.bytes), 1);
  const remaining =
    lastPoint.bytes > 0 && input.bytesPerSecond > 0 ? (lastPoint.bytes / input.bytesPerSecond) * 1000 : 0;
  const end = Math.max(lastPoint.milliseconds + remaining, 1);
  const x = (milliseconds: number) => round((milliseconds / end) * width);
  const y = (bytes: number) => round(height - (bytes / total) * height);
  const path = points
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.milliseconds)} ${y(point.bytes)}`)
    .join(' ');
  const last = { x: x(lastPoint.milliseconds), y: y(lastPoint.bytes), bytes: lastPoint.bytes };
  return {
    path,
    area: `${path} L${last.x} ${height} L${x(first.milliseconds)} ${height} Z`,
    last,
    forecast: remaining > 0 ? `M${last.x} ${last.y} L${round(width)} ${height}` : '',
    endMilliseconds: end,
  };
}

/** One decimal: a path with every digit would be several times as long. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
