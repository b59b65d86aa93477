import { bytesWords, durationWords } from './format.ts';
import { type Markup, markup } from './markup.ts';

const width = 752;
const barHeight = 22;
const chartHeight = 110;
const baseline = chartHeight - 8;
const colours = ['#4c8dd6', '#d98324', '#7a5fc7', '#2f9e75'] as const;

/** One bar, as long as the downtime, in parts as long as its phases; the legend carries names and times. */
export function downtimeBar(phases: readonly { phase: string; milliseconds: number }[]): Markup {
  const total = phases.reduce((sum, phase) => sum + phase.milliseconds, 0);
  let left = 0;
  const parts = phases.map(({ milliseconds }, index) => {
    const length = total === 0 ? 0 : (milliseconds / total) * width;
    const rectangle = markup`<rect x="${round(left)}" y="0" width="${round(length)}" height="${barHeight}" fill="${colour(index)}"/>`;
    left += length;
    return rectangle;
  });
  const legend = phases.map(
    ({ phase, milliseconds }, index) =>
      markup`<span><i style="background:${colour(index)}"></i>${phase} ${durationWords(milliseconds)}</span>`,
  );
  const words = phases.map(({ phase, milliseconds }) => `${phase} ${durationWords(milliseconds)}`).join(', ');
  return markup`<svg viewBox="0 0 ${width} ${barHeight}" role="img" aria-label="${words}">${parts}</svg>
<div class="legend">${legend}</div>
`;
}

/** Bytes left over time, as a line that starts with all memory. */
export function memoryChart(points: readonly { milliseconds: number; bytes: number }[]): Markup {
  const last = Math.max(1, ...points.map((point) => point.milliseconds));
  const most = Math.max(1, ...points.map((point) => point.bytes));
  const path = points
    .map(({ milliseconds, bytes }, index) => {
      const x = round((milliseconds / last) * width);
      const y = round(baseline - (bytes / most) * (baseline - 6));
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
  const words = `${bytesWords(most)} at the start, ${bytesWords(points.at(-1)?.bytes ?? 0)} left after ${durationWords(last)}`;
  return markup`<svg viewBox="0 0 ${width} ${chartHeight}" role="img" aria-label="${words}"><path d="${path}" fill="none" stroke="#d98324" stroke-width="2"/><path d="M0 ${baseline}H${width}" stroke="#0f8a56" stroke-dasharray="4 4"/></svg>
<p class="m small">${words}</p>
`;
}

function colour(index: number): string {
  return colours[index % colours.length] ?? colours[0];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
