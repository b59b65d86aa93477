import { type PreCopyChart, preCopyChart } from '../migration/pre-copy/chart-geometry.ts';
import { bytesWords, durationWords } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { htmlTable } from './page.ts';
import type { MigrationPart } from './report-schema.ts';

type Copied = NonNullable<MigrationPart['preCopy']>;

/** Units of the view box. */
const width = 690;
const height = 170;
const margin = 56;
/** Of the bars that say how much of its time the guest lost. */
const throttleHeight = 26;

/**
 * The downtime that was forecast after each round on a logarithmic axis, as the run view draws it: with what was allowed, the
 * budget, the best moments and the throttling. No script, and dashes beside the colours, so that it can be printed.
 */
export function roundsChart(
  copied: Copied,
  { budget, startMilliseconds }: { readonly budget: number; readonly startMilliseconds: number },
): Markup {
  const { rounds } = copied;
  const chart = preCopyChart({
    ...{ rounds, startMilliseconds, budgetMilliseconds: budget, width, height },
  });
  const last = rounds.at(-1);
  const isThrottled = rounds.some(({ throttlePercent }) => throttlePercent > 0);
  const words = `${rounds.length} rounds; ${durationWords(last?.downtimeForecastMilliseconds ?? 0)} and ${bytesWords(last?.leftBytes ?? 0)} left at the end, budget ${durationWords(budget)}`;
  const text = (x: number, y: number, what: string, anchor = 'start') =>
    markup`<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="11" fill="#56636f">${what}</text>`;
  return markup`<svg viewBox="${-margin} -18 ${width + margin + 6} ${height + 38 + (isThrottled ? throttleHeight : 0)}" role="img" aria-label="${words}">
${chart.ticks.map(
  ({ y, milliseconds }) =>
    markup`<path d="M0 ${y}H${width}" stroke="#dde3e9"/>${text(-8, y + 4, durationWords(milliseconds), 'end')}`,
)}
<path d="M0 ${height}H${width}" stroke="#56636f"/>
<path d="M0 ${chart.budgetY}H${width}" stroke="#17202a" stroke-dasharray="5 4"/>${text(6, chart.budgetY - 5, `budget ${durationWords(budget)}`)}
<path d="${chart.area}" fill="#d98324" fill-opacity=".12"/>
<path d="${chart.allowed}" fill="none" stroke="#0f8a56" stroke-width="1.5" stroke-dasharray="2 2"/>
<path d="${chart.line}" fill="none" stroke="#d98324" stroke-width="2"/>
${chart.best.map(({ x, y }) => markup`<path d="M${x} ${y - 5}l5 5l-5 5l-5 -5Z" fill="#fff" stroke="#0f8a56" stroke-width="1.5"/>`)}
${chart.numbered.map(({ x, number }) => text(x, -7, String(number), 'middle'))}
${lastPoint(chart, last?.leftBytes ?? 0, text)}
${text(0, height + 15, '0 s')}${text(width, height + 15, durationWords(chart.endMilliseconds), 'end')}
${throttleBars(copied, chart.endMilliseconds)}
</svg>
<p class="m small">Line: what the guest would have stood still for after each round. Dotted: what was allowed. Dashed: the budget. Diamonds: the best moments.${
    isThrottled
      ? ` Bars below: the guest was throttled, by ${Math.max(...rounds.map(({ throttlePercent }) => throttlePercent))} % at most.`
      : ' The guest was not throttled.'
  }</p>
`;
}

function lastPoint(
  { last }: PreCopyChart,
  leftBytes: number,
  text: (x: number, y: number, what: string, anchor?: string) => Markup,
): Markup | null {
  if (last === null) return null;
  const words = `${durationWords(last.milliseconds)}, ${bytesWords(leftBytes)} left`;
  return markup`<circle cx="${last.x}" cy="${last.y}" r="3.5" fill="#d98324"/>${text(last.x - 6, Math.max(10, last.y - 9), words, 'end')}`;
}

/** How much of its processors' time the guest lost in each round. */
function throttleBars({ rounds }: Copied, endMilliseconds: number): Markup[] {
  const at = (milliseconds: number) =>
    Math.round((milliseconds / Math.max(1, endMilliseconds)) * width * 10) / 10;
  return rounds.flatMap(({ startedMilliseconds, milliseconds, throttlePercent }) => {
    if (throttlePercent === 0) return [];
    const x = at(startedMilliseconds);
    const high = Math.round((throttlePercent / 100) * throttleHeight * 10) / 10;
    const bottom = height + 20 + throttleHeight;
    return [
      markup`<rect x="${x}" y="${bottom - high}" width="${Math.max(1, at(startedMilliseconds + milliseconds) - x)}" height="${high}" fill="#7a5fc7"/>`,
    ];
  });
}

/** Each term of the downtime as it was forecast at the switch-over, and as it was. */
export function termsTable({ downtimeTerms: terms }: MigrationPart): Markup | null {
  if (terms.length === 0) return null;
  const sum = (of: readonly number[]) => of.reduce((all, each) => all + each, 0);
  const measured = terms.flatMap(({ measuredMilliseconds }) => measuredMilliseconds ?? []);
  return htmlTable(
    [
      { title: 'Term' },
      { title: 'Forecast at the switch-over', numeric: true },
      { title: 'Measured', numeric: true },
      { title: 'Difference', numeric: true },
    ],
    [
      ...terms.map(({ phase, forecastMilliseconds: forecast, measuredMilliseconds: real }) => [
        phase,
        durationWords(forecast),
        real === null ? 'not measured' : durationWords(real),
        real === null ? '' : signed(real - forecast),
      ]),
      [
        markup`<b>total</b>`,
        markup`<b>${durationWords(sum(terms.map(({ forecastMilliseconds }) => forecastMilliseconds)))}</b>`,
        markup`<b>${measured.length === 0 ? 'not measured' : durationWords(sum(measured))}</b>`,
        '',
      ],
    ],
  );
}

function signed(milliseconds: number): string {
  const sign = Math.abs(milliseconds) < 0.0005 ? '' : milliseconds < 0 ? '−' : '+';
  return `${sign}${durationWords(Math.abs(milliseconds))}`;
}

/** What was left at the switch-over would have taken so long over other links; the one that was there is marked. */
export function stunSection({ stun }: MigrationPart): Markup | null {
  const [first] = stun;
  if (first === undefined) return null;
  const cell = (value: string, isThisLink: boolean) =>
    isThisLink ? markup`<b>${value}</b>` : markup`${value}`;
  return markup`<h3>The same switch-over over other links</h3>
${htmlTable(
  [
    { title: 'Gb/s' },
    ...stun.map(({ gigabitsPerSecond, isThisLink }) => ({
      title: `${Number(gigabitsPerSecond.toFixed(1))}${isThisLink ? ', this link' : ''}`,
      numeric: true,
    })),
  ],
  [
    ...first.terms.map(({ phase }, row) => [
      phase,
      ...stun.map(({ terms, isThisLink }) => cell(durationWords(terms[row]?.milliseconds ?? 0), isThisLink)),
    ]),
    [
      markup`<b>total</b>`,
      ...stun.map(
        ({ totalMilliseconds, isWithinBudget }) =>
          markup`<span class="${isWithinBudget ? 'ok' : 'no'}">${isWithinBudget ? '✓' : '✕'} ${durationWords(totalMilliseconds)}</span>`,
      ),
    ],
  ],
)}
<p class="m small">✓: within the budget. ✕: over it.</p>
`;
}
