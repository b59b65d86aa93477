import { rehearsalFaultWords } from '../migration/rehearsal/fault.ts';
import {
  type MigrationRehearsal,
  type RehearsalCell,
  rehearsalSummary,
  rehearsedGuestWords,
} from '../migration/rehearsal/rehearsal-result.ts';
import { durationWords } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { code, section } from './page.ts';
import type { RunReport } from './report-schema.ts';

/** What was seen of a plan on simulated twins before it started; nothing where it was not rehearsed. */
export function rehearsedSection({ rehearsal, steps }: RunReport): Markup | null {
  if (rehearsal === null) return null;
  const cells = new Map(rehearsal.cells.map((cell) => [`${cell.step} ${cell.fault}`, cell]));
  const notable = rehearsal.cells.filter(({ passed, guest }) => !passed || guest === 'unknown');
  return section(
    'Rehearsed before the start, on simulated twins',
    markup`<p>${rehearsalSummary(rehearsal)}. ${new Date(rehearsal.at).toISOString()}${rehearsal.seed === null ? '' : `, seed ${rehearsal.seed}`}. Plan, SHA-256 ${code(rehearsal.planDigest)}</p>
<p class="m small">M: the guest moved. S: it was back at the source. ?: neither, and the record says the way on. ✕: something did not hold. Milliseconds: how long the guest stood still.</p>
<table class="x"><thead><tr><th scope="col">Step</th>${rehearsal.faults.map(
      (fault) => markup`<th scope="col">${rehearsalFaultWords[fault]}</th>`,
    )}</tr></thead><tbody>
${rehearsal.steps.map(
  (step) => markup`<tr><th scope="row">${step + 1}. ${steps[step]?.words ?? ''}</th>${rehearsal.faults.map(
    (fault) => cellMarkup(cells.get(`${step} ${fault}`)),
  )}</tr>
`,
)}</tbody></table>
${notable.length === 0 ? null : notableCells(notable)}`,
  );
}

const letters = { moved: 'M', 'at-source': 'S', unknown: '?' } as const;

function cellMarkup(cell: RehearsalCell | undefined): Markup {
  if (cell === undefined) return markup`<td></td>`;
  const { passed, guest, downtimeMilliseconds } = cell;
  const downtime = downtimeMilliseconds === null ? '' : ` ${durationWords(downtimeMilliseconds)}`;
  const tone = passed ? (guest === 'unknown' ? 'warn' : 'ok') : 'no';
  return markup`<td><span class="${tone}">${passed ? '' : '✕ '}${letters[guest]}</span>${downtime}</td>`;
}

function notableCells(cells: MigrationRehearsal['cells']): Markup {
  return markup`<ul class="small">${cells.map(
    ({ step, fault, passed, guest, wayOn, problems = [] }) =>
      markup`<li>Step ${step + 1}, ${rehearsalFaultWords[fault]}: ${[
        passed ? 'passed' : 'failed',
        `guest ${rehearsedGuestWords[guest]}`,
        ...(wayOn === undefined ? [] : [`way on: ${wayOn}`]),
        ...problems,
      ].join('; ')}</li>`,
  )}</ul>`;
}
