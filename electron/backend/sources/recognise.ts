import path from 'node:path';
import { hasArchiveName } from '#shared/archive-name.ts';
import type { RecogniseAnswer, RecogniseRequest, Recognition } from '#shared/outputs/recognition.ts';
import { type Result, succeed } from '#shared/result.ts';
import { kindOfPath } from '../files/read-file.ts';
import { openPlace, type Reading } from '../hosts/capture/storage/open-storage.ts';
import { openOutputs, recogniseTexts } from '../hosts/outputs/open-outputs.ts';
import { type RecognisedTree, recogniseTree } from '../hosts/outputs/output-folder.ts';
import { holdOutputs, readTextFile, recogniseFiles } from './read-recorded.ts';

/** Outputs and problems that are shown; nobody reads more before opening. */
const mostShown = 200;

/** Says what files or a text are, without opening them. */
export async function recognise(
  request: RecogniseRequest,
  reading?: Reading,
): Promise<Result<RecogniseAnswer>> {
  if (request.kind === 'text')
    return outputsAnswer({ texts: await recogniseTexts([{ file: '', text: request.text }]), problems: [] });
  const [first = '', ...others] = request.paths.map((one) => path.resolve(one));
  if (others.length > 0) {
    const recognised = await recogniseFiles([first, ...others], reading);
    return recognised.ok ? outputsAnswer(recognised.value) : recognised;
  }
  const kind = await kindOfPath(first, 'a file or folder to open');
  if (!kind.ok) return kind;
  if (kind.value === 'folder' || hasArchiveName(first)) {
    const place = await openPlace(first, reading);
    // Whoever asks for its snapshots hears why there are none.
    if (!place.ok || place.value.capture.ok) return succeed({ kind: 'capture' });
    const recognised = await recogniseTree(place.value.tree);
    return holdOutputs(recognised.texts) ? outputsAnswer(recognised) : succeed({ kind: 'capture' });
  }
  const content = await readTextFile(first);
  if (!content.ok) return content;
  return content.value.kind === 'fleet-file'
    ? succeed({ kind: 'fleet-file' })
    : outputsAnswer({ texts: content.value.texts, problems: [] });
}

async function outputsAnswer(recognised: RecognisedTree): Promise<Result<RecogniseAnswer>> {
  return succeed({ kind: 'outputs', recognition: await recognitionOf(recognised) });
}

async function recognitionOf({ texts, problems }: RecognisedTree): Promise<Recognition> {
  const opened = await openOutputs(texts, 'this', problems);
  const findings = texts.flatMap((text) => text.findings);
  const host = texts.find((text) => text.host !== null)?.host ?? null;
  return {
    host: opened.ok ? opened.value.gathered.host : host,
    outputs: findings.slice(0, mostShown).map(({ title, form, device, holds, file, line }) => ({
      ...{ title, form, device, holds, line },
      file: path.basename(file),
    })),
    more: Math.max(0, findings.length - mostShown),
    problems: opened.ok ? opened.value.capture.problems.slice(0, mostShown) : [],
    unknownLines: texts.reduce((sum, { unknownLines }) => sum + unknownLines, 0),
    refusal: opened.ok ? null : { message: opened.error.message, fix: opened.error.fix ?? '' },
  };
}
