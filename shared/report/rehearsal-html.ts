import { countWords } from '../count-words.ts';
import { periodWords } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { code, htmlTable, section } from './page.ts';
import type { RehearsalReport } from './report-schema.ts';

/** The body of the report of a rehearsal. */
export function rehearsalBody({ rehearsal, madeAt, programVersion }: RehearsalReport): Markup {
  const { copyOf, end, counts, interrupted, difference, differenceLeft } = rehearsal;
  const isGood = end?.kind === 'done' && end.exit === 0 && interrupted.length === 0;
  const of = copyOf.twin ? 'a simulated twin' : 'a copy';
  return markup`<div class="m">${periodWords(madeAt, null)} · Berth ${programVersion}</div>
<div class="out ${isGood ? 'good' : 'warning'}">${end?.words ?? 'It has not come to its end.'} ${countWords(counts.commands, 'device command')}, ${countWords(counts.changes, 'other change')}, ${counts.refused} refused, ${countWords(interrupted.length, 'interruption')}.</div>
<p>Rehearsed on ${of} of ${copyOf.name}, revision ${copyOf.revision}, with nvme-cli ${rehearsal.nvme}. The real fleet is untouched.</p>
${section('Interrupted', interruptions(rehearsal))}
${section('What changed', changes(difference, differenceLeft))}
${section('The script, line by line', lines(rehearsal))}`;
}

function interruptions({ interrupted }: RehearsalReport['rehearsal']): Markup {
  if (interrupted.length === 0) return markup`<p>Nobody.</p>`;
  return htmlTable(
    [{ title: 'Line', numeric: true }, { title: 'Guests' }, { title: 'What they lose' }],
    interrupted.map(({ line, threat }) => [
      String(line),
      threat.guests.map(({ title }) => title).join(', '),
      threat.losses.join(' '),
    ]),
  );
}

function changes(difference: RehearsalReport['rehearsal']['difference'], left: number): Markup {
  if (difference.length === 0) return markup`<p>Nothing.</p>`;
  const rows = difference.flatMap(({ title, kind, fields, lines: by, typed }) => {
    const shown = fields.length === 0 ? [{ name: kind, before: '', after: '' }] : fields;
    return shown.map(({ name, before, after }) => [title, name, before, after, causeWords(by, typed)]);
  });
  const columns = ['What', 'Field', 'Before', 'After', 'Lines'].map((title) => ({ title }));
  return markup`${htmlTable(columns, rows)}
${left === 0 ? null : markup`<p class="small">and ${countWords(left, 'more object')}</p>`}`;
}

/** `4, 6 and by hand`. */
function causeWords(by: readonly number[], typed: boolean): string {
  return [by.join(', '), typed ? 'by hand' : ''].filter((word) => word !== '').join(' and ');
}

function lines({ script, lines: happened }: RehearsalReport['rehearsal']): Markup {
  const byLine = new Map(happened.map((each) => [each.line, each]));
  return htmlTable(
    [
      { title: '', numeric: true },
      { title: 'Line' },
      { title: 'Ran', numeric: true },
      { title: 'What happened' },
    ],
    script.map((text, index) => {
      const of = byLine.get(index + 1);
      const words =
        of === undefined
          ? []
          : [
              of.commands === 0 ? '' : countWords(of.commands, 'command'),
              of.changes === 0 ? '' : countWords(of.changes, 'other change'),
              of.skipped ? 'left out' : '',
              of.refused ? 'refused' : '',
              of.said.trim(),
              of.cause === '' ? '' : `Cause: ${of.cause}`,
              of.fix === '' ? '' : `Fix: ${of.fix}`,
            ];
      return [
        String(index + 1),
        code(text),
        of === undefined ? '' : String(of.passes),
        words.filter((word) => word !== '').join(' · '),
      ];
    }),
  );
}
