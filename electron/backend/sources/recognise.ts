import path from 'node:path';
import { hasArchiveName } from '#shared/archive-name.ts';
import type { RecogniseAnswer, RecogniseRequest, Recognition } from '#shared/outputs/recognition.ts';
import { type Result, succeed } from '#shared/result.ts';
import { kindOfPath } from '../files/read-file.ts';
import { listSnapshots } from '../hosts/capture/capture.ts';
import { openOutputs, recogniseTexts } from '../hosts/outputs/open-outputs.ts';
import { recogniseFolder } from '../hosts/outputs/output-folder.ts';
import type { RecognisedText } from '../hosts/outputs/recognise-text.ts';
import { readSource, recogniseFiles } from './read-recorded.ts';

/** Outputs and problems that are shown; nobody reads more before opening. */
const mostShown = 200;

/** Says what files or a text are, without opening them. */
export async function recognise(request: RecogniseRequest): Promise<Result<RecogniseAnswer>> {
  if (request.kind === 'text') {
    const recognised = await recogniseTexts([{ file: '', text: request.text }]);
    return succeed({ kind: 'outputs', recognition: await recognitionOf(recognised) });
  }
  const [first = '', ...others] = request.paths;
  const file = path.resolve(first);
  if (others.length === 0) {
    const kind = await kindOfPath(file, 'a file or folder to open');
    if (!kind.ok) return kind;
    if (kind.value === 'file' && hasArchiveName(file)) return succeed({ kind: 'capture' });
    if (kind.value === 'folder' && ((await listSnapshots(file)).ok || !(await holdsOutputs(file))))
      return succeed({ kind: 'capture' });
    if (kind.value === 'file') {
      const content = await readSource(file);
      if (content.ok && content.value.kind === 'fleet-file') return succeed({ kind: 'fleet-file' });
    }
  }
  const recognised = await recogniseFiles(request.paths.map((one) => path.resolve(one)));
  if (!recognised.ok) return recognised;
  return succeed({ kind: 'outputs', recognition: await recognitionOf(recognised.value) });
}

async function holdsOutputs(folder: string): Promise<boolean> {
  return (await recogniseFolder(folder)).some(({ findings }) => findings.length > 0);
}

async function recognitionOf(recognised: readonly RecognisedText[]): Promise<Recognition> {
  const opened = await openOutputs(recognised, 'this');
  const findings = recognised.flatMap((text) => text.findings);
  const host = recognised.find((text) => text.host !== null)?.host ?? null;
  return {
    host: opened.ok ? opened.value.gathered.host : host,
    outputs: findings.slice(0, mostShown).map(({ title, form, device, holds, file, line }) => ({
      ...{ title, form, device, holds, line },
      file: path.basename(file),
    })),
    more: Math.max(0, findings.length - mostShown),
    problems: opened.ok ? opened.value.capture.problems.slice(0, mostShown) : [],
    unknownLines: recognised.reduce((sum, { unknownLines }) => sum + unknownLines, 0),
    refusal: opened.ok ? null : { message: opened.error.message, fix: opened.error.fix ?? '' },
  };
}
