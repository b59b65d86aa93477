import type { PreCopyRound } from './round.ts';

/** The part of a round that the chart shows. */
export type ChartRound = Pick<
  PreCopyRound,
  'number' | 'startedMilliseconds' | 'milliseconds' | 'downtimeForecastMilliseconds' | 'allowedMilliseconds'
>;

/** What the chart draws, and how large. Coordinates have their origin at the upper left. */
export interface PreCopyChartInput {
  /** Oldest first. */
  readonly rounds: readonly ChartRound[];
  /** What the guest would have stood still for without any round, milliseconds; 0: not known. */
  readonly startMilliseconds: number;
  readonly budgetMilliseconds: number;
  /** Least length of the time axis, milliseconds, so that the end of the first round is in sight; left out: none. */
  readonly horizonMilliseconds?: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface RoundPoint extends Point {
  readonly number: number;
  readonly milliseconds: number;
}

/** Where the lines of the chart go. The downtime is on a logarithmic axis: it falls by powers of ten. */
export interface PreCopyChart {
  readonly line: string;
  /** Under the line, closed. */
  readonly area: string;
  /** What was short enough after each round: a staircase. */
  readonly allowed: string;
  readonly budgetY: number;
  /** Powers of ten, milliseconds. */
  readonly ticks: readonly { readonly y: number; readonly milliseconds: number }[];
  /** Ends of the rounds that are numbered; of those that stand close together every one that has room. */
  readonly numbered: readonly RoundPoint[];
  /** Shortest first. */
  readonly best: readonly RoundPoint[];
  /** The first round that was short enough. */
  readonly shortEnough: RoundPoint | null;
  readonly last: RoundPoint | null;
  /** Upper end of the time axis, milliseconds. */
  readonly endMilliseconds: number;
}

/** Room that the number of a round takes, in the units of the chart. */
const numberRoom = 26;
const mostBest = 3;
/** Rounds on each side among which a best moment is the shortest. */
const neighbours = 2;
/** So much longer counts as clearly longer. */
const clearly = 1.1;

/** Lays out the downtime that was forecast after each round over the time of copying. */
export function preCopyChart(input: PreCopyChartInput): PreCopyChart {
  const { rounds, startMilliseconds, budgetMilliseconds, width, height } = input;
  const end = Math.max(1, input.horizonMilliseconds ?? 0, ...rounds.map(endOf));
  const values = [
    budgetMilliseconds,
    ...rounds.flatMap((round) => [round.downtimeForecastMilliseconds, round.allowedMilliseconds]),
    ...(startMilliseconds > 0 ? [startMilliseconds] : []),
  ].map(atLeast);
  const low = Math.log10(Math.min(...values) / 1.6);
  const high = Math.log10(Math.max(...values) * 1.4);
  const x = (milliseconds: number) => rounded((milliseconds / end) * width);
  const y = (milliseconds: number) =>
    rounded(height - ((Math.log10(atLeast(milliseconds)) - low) / (high - low)) * height);
  const points = rounds.map((round): RoundPoint => {
    const milliseconds = round.downtimeForecastMilliseconds;
    return { x: x(endOf(round)), y: y(milliseconds), number: round.number, milliseconds };
  });
  const line = linePoints(input)
    .map(({ at, milliseconds }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(milliseconds)}`)
    .join(' ');
  const last = points.at(-1) ?? null;
  const firstX = startMilliseconds > 0 ? 0 : (points[0]?.x ?? 0);
  return {
    line,
    area: last === null ? '' : `${line} L${last.x} ${height} L${firstX} ${height} Z`,
    allowed: staircase(rounds, { x, y }),
    budgetY: y(budgetMilliseconds),
    ticks: powersOfTen(low, high).map((milliseconds) => ({ milliseconds, y: y(milliseconds) })),
    numbered: withRoom(points),
    best: bestMoments(points),
    shortEnough:
      points.find((_, index) => {
        const round = rounds[index];
        return round !== undefined && round.downtimeForecastMilliseconds <= round.allowedMilliseconds;
      }) ?? null,
    last,
    endMilliseconds: rounds.length === 0 ? 0 : end,
  };
}

/** Inside a round what is left falls evenly, which is a curve on this axis. */
function linePoints({ rounds, startMilliseconds }: PreCopyChartInput) {
  const pieces = rounds.length > 60 ? 1 : 8;
  const points: { at: number; milliseconds: number }[] =
    startMilliseconds > 0 && rounds.length > 0 ? [{ at: 0, milliseconds: startMilliseconds }] : [];
  for (const round of rounds) {
    const from = points.at(-1);
    const to = { at: endOf(round), milliseconds: round.downtimeForecastMilliseconds };
    if (from === undefined) points.push(to);
    else
      for (let piece = 1; piece <= pieces; piece += 1) {
        const part = piece / pieces;
        points.push({
          at: from.at + (to.at - from.at) * part,
          milliseconds: from.milliseconds + (to.milliseconds - from.milliseconds) * part,
        });
      }
  }
  return points;
}

function staircase(
  rounds: readonly ChartRound[],
  { x, y }: { readonly x: (at: number) => number; readonly y: (milliseconds: number) => number },
): string {
  return rounds
    .map((round, index) => {
      const level = y(round.allowedMilliseconds);
      return `${index === 0 ? `M0 ${level}` : `V${level}`} H${x(endOf(round))}`;
    })
    .join(' ');
}

/** The shortest of all, and others that are clearly shorter than what was around them. */
function bestMoments(points: readonly RoundPoint[]): RoundPoint[] {
  const order = [...points].sort((a, b) => a.milliseconds - b.milliseconds || a.number - b.number);
  const [shortest, ...others] = order;
  if (shortest === undefined) return [];
  const notable = others.filter((point) => {
    const index = points.indexOf(point);
    const before = points.slice(Math.max(0, index - neighbours), index);
    const after = points.slice(index + 1, index + neighbours + 1);
    const isShorter = (around: readonly RoundPoint[]) =>
      around.every(({ milliseconds }) => milliseconds > point.milliseconds) &&
      around.some(({ milliseconds }) => milliseconds > point.milliseconds * clearly);
    return isShorter(before) && isShorter(after);
  });
  return [shortest, ...notable.slice(0, mostBest - 1)];
}

function withRoom(points: readonly RoundPoint[]): RoundPoint[] {
  const kept: RoundPoint[] = [];
  for (const point of points) {
    const before = kept.at(-1);
    if (before === undefined || point.x - before.x >= numberRoom) kept.push(point);
  }
  return kept;
}

function powersOfTen(low: number, high: number): number[] {
  const powers: number[] = [];
  for (let power = Math.ceil(low); power <= Math.floor(high); power += 1) powers.push(10 ** power);
  return powers;
}

function endOf({ startedMilliseconds, milliseconds }: ChartRound): number {
  return startedMilliseconds + milliseconds;
}

/** A logarithmic axis has no zero: a hundredth of a millisecond is as good as none. */
function atLeast(milliseconds: number): number {
  return Math.max(0.01, milliseconds);
}

/** One decimal: a path with every digit would be several times as long. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
