/** What a limit is set on: the ratio to the baseline, or the value itself. */
export interface Limit {
  readonly on: 'ratio' | 'value';
  readonly is: 'at most' | 'at least';
  readonly value: number;
}

/** One measured figure before it is judged. */
export interface Measurement {
  readonly value: number;
  readonly unit: 'ms' | 'MB' | '%' | '/s';
  /** The same thing measured on the least possible program in the same run; null where there is no such thing. */
  readonly baseline: number | null;
  readonly limit: Limit;
  /** How many times the value was taken; value and baseline are medians. */
  readonly runs: number;
  /** Half the distance between the quartiles over the median, in percent: how far to trust the value. */
  readonly spread: number;
  /** Lines for the reader, such as what made a figure miss its limit. */
  readonly notes: readonly string[];
}

/** A figure as printed and as written with --json. */
export interface Figure extends Measurement {
  readonly name: string;
  readonly ratio: number | null;
  readonly passed: boolean;
  /** State of the machine when the figure was asked for. */
  readonly machine: MachineState;
}

export interface MachineState {
  /** Load average of one minute. */
  readonly load: number;
  /** Slowest over quickest of equal pieces of pure computation; 1 on a quiet machine. */
  readonly noise: number;
}

/** @param values at least one number */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Half the distance between the quartiles, in percent of the median. */
export function spreadOf(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : ((quantile(values, 0.75) - quantile(values, 0.25)) / 2 / middle) * 100;
}

/** Linear interpolation between the two nearest values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('there is no median of nothing');
  return below + (above - below) * (place - Math.floor(place));
}

/** Adds the ratio and the verdict. A limit on a ratio without a baseline is a missed limit, never a passed one. */
export function judge(name: string, measured: Measurement, machine: MachineState): Figure {
  const ratio = measured.baseline ? measured.value / measured.baseline : null;
  const subject = measured.limit.on === 'ratio' ? ratio : measured.value;
  const { is, value: bound } = measured.limit;
  const passed = subject !== null && (is === 'at most' ? subject <= bound : subject >= bound);
  return { name, ...measured, ratio, passed, machine };
}

/** A value with a limit on itself: the median of what was measured, at most so much. */
export function measured(values: readonly number[], unit: 'ms' | 'MB', atMost: number): Measurement {
  return {
    value: median(values),
    unit,
    baseline: null,
    limit: { on: 'value', is: 'at most', value: atMost },
    runs: values.length,
    spread: spreadOf(values),
    notes: [],
  };
}
