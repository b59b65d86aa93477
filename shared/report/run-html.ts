import { writtenFor } from '../nvme/nvme-cli/nvme-cli-line.ts';
import { simulatedTimeWords } from '../simulation/clock-words.ts';
import { durationWords, periodWords } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { migrationFigures, migrationSections } from './migration-html.ts';
import { commandBlock, htmlTable, proposalNote, section } from './page.ts';
import { rehearsedSection } from './rehearsal-matrix-html.ts';
import type { RunReport } from './report-schema.ts';

/** The body of a procedure's report. */
export function runBody(report: RunReport): Markup {
  const { migration } = report;
  return markup`<div class="m">Run ${report.runId} · ${periodWords(report.startedAt, report.endedAt)} · Berth ${report.programVersion}</div>
${simulatedTimePart(report)}
<div class="out ${report.outcome.tone}">${report.outcome.words.map((word) =>
    word.strong ? markup`<b>${word.text}</b>` : markup`${word.text}`,
  )}</div>
${migration === null ? null : migrationFigures(migration)}
${migration === null ? [] : migrationSections(migration)}
${errorPart(report)}
${injectedPart(report)}
${auditPart(report)}
${rehearsedSection(report)}
${section('Steps', steps(report))}
${section('Commands of the procedure', commands(report))}`;
}

function errorPart({ error, leftovers }: RunReport): Markup | null {
  if (error === null && leftovers.length === 0) return null;
  return section(
    'What went wrong',
    markup`${error === null ? null : markup`<p>${error.message} ${error.fix ?? ''}</p>`}
${(error?.details ?? []).map((line) => markup`<p class="small">${line}</p>`)}
${leftovers.map(({ what, commandLines }) => markup`<h3>Left over: ${what}</h3>${commandBlock(commandLines)}`)}`,
  );
}

function simulatedTimePart({ simulatedTime }: RunReport): Markup | null {
  if (simulatedTime === null) return null;
  const end = simulatedTime.endedAt === null ? '' : ` to ${simulatedTimeWords(simulatedTime.endedAt)}`;
  return markup`<div class="m">Simulated time ${simulatedTimeWords(simulatedTime.startedAt)}${end} since the fleet began; every duration below is simulated time.</div>`;
}

function injectedPart({ injected }: RunReport): Markup | null {
  if (injected.length === 0) return null;
  const rows = injected.map(({ at, words }) => [simulatedTimeWords(at), words]);
  return section(
    'Fault injected',
    htmlTable([{ title: 'Simulated time', unbroken: true }, { title: 'What' }], rows),
  );
}

/** What was not in order about guests and functions when it had ended, or that everything was. */
function auditPart({ audit }: RunReport): Markup | null {
  if (audit === null) return null;
  return section(
    'Who has what',
    audit.length === 0
      ? markup`<p>Every guest and every function on the hosts of this procedure was in order when it had ended.</p>`
      : markup`${audit.map(
          ({ title, lines, waysOut }) => markup`<h3>${title}</h3>
${lines.map((line) => markup`<p class="small">${line}</p>`)}
${waysOut.map((way) => markup`<p>Way out: ${way.words}</p>${way.kind === 'shell' ? commandBlock(way.commandLines) : null}`)}`,
        )}`,
  );
}

function steps(report: RunReport): Markup {
  const rows = report.steps.map((step) => [
    step.phase,
    step.hostId,
    step.words,
    step.status,
    step.durationMicroseconds === null ? '' : durationWords(step.durationMicroseconds / 1000),
    step.readBack,
  ]);
  return htmlTable(
    [
      { title: 'Phase', unbroken: true },
      { title: 'Host', unbroken: true },
      { title: 'Step' },
      { title: 'Status' },
      { title: 'Time', numeric: true },
      { title: 'Read back' },
    ],
    rows,
  );
}

function commands(report: RunReport): Markup {
  const blocks: { hostId: string; lines: string[] }[] = [];
  for (const step of report.steps) {
    if (step.commandLines.length === 0) continue;
    const last = blocks.at(-1);
    if (last?.hostId === step.hostId) last.lines.push(...step.commandLines);
    else blocks.push({ hostId: step.hostId, lines: [...step.commandLines] });
  }
  if (blocks.length === 0) return markup`<p class="m">No step has a command line.</p>`;
  const proposal = blocks.some((block) => block.lines.some((line) => line.includes('virtual_subsys_')));
  const generation = writtenFor(blocks.flatMap(({ lines }) => lines));
  return markup`<p class="m">${generation === null ? 'No line needs nvme-cli.' : `Written for ${generation}.`}</p>
${blocks.map(({ hostId, lines }) => markup`<h3>${hostId}</h3>${commandBlock(lines)}`)}
${proposal ? proposalNote : null}`;
}
