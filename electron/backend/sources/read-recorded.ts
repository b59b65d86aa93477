import path from 'node:path';
import { hasArchiveName } from '#shared/archive-name.ts';
import { largestOutput, largestOutputs } from '#shared/bounds/sizes.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { decodeText } from '../files/decode-text.ts';
import { kindOfPath, readFileBytes } from '../files/read-file.ts';
import { type Capture, openCaptureOf } from '../hosts/capture/capture.ts';
import { openPlace, type Reading } from '../hosts/capture/storage/open-storage.ts';
import { refusePacking, repackingLine } from '../hosts/capture/storage/repacking-line.ts';
import type { Gathered } from '../hosts/outputs/gather.ts';
import { openOutputs, readOutputKinds, recogniseTexts } from '../hosts/outputs/open-outputs.ts';
import { type RecognisedTree, recogniseTree } from '../hosts/outputs/output-folder.ts';
import type { RecognisedText } from '../hosts/outputs/recognise-text.ts';
import { inTurns } from '../in-turns.ts';

/** What a path holds: the text of a fleet file, or a recorded host. */
export type SourceContent = FleetFileText | RecordedHost;

interface FleetFileText {
  readonly kind: 'fleet-file';
  readonly text: string;
}

/** A recorded host; `outputs`: what it was put together of, null for a capture. */
export interface RecordedHost {
  readonly kind: 'recorded';
  readonly capture: Capture;
  readonly outputs: Gathered | null;
}

const what = 'a file with outputs of tools, a fleet file or a capture';

/** What stands at a path that a person chose; known by its content, never by its name. */
export async function readSource(
  file: string,
  snapshot?: string,
  reading?: Reading,
): Promise<Result<SourceContent>> {
  const kind = await kindOfPath(file, what);
  if (!kind.ok) return kind;
  if (kind.value === 'folder' || hasArchiveName(file)) {
    const place = await openPlace(file, reading);
    if (!place.ok) return place;
    const { capture: stored, tree } = place.value;
    if (stored.ok) {
      const capture = await openCaptureOf(stored.value, file, snapshot);
      return capture.ok ? succeed({ kind: 'recorded', capture: capture.value, outputs: null }) : capture;
    }
    if (snapshot !== undefined) return stored;
    const recognised = await recogniseTree(tree);
    return holdOutputs(recognised.texts) ? recordedHost(recognised, tree.name) : stored;
  }
  const content = await readTextFile(file);
  if (!content.ok) return content;
  return content.value.kind === 'fleet-file'
    ? succeed(content.value)
    : recordedHost({ texts: content.value.texts, problems: [] }, path.basename(file));
}

/** A regular file: a fleet file, or the outputs in it, which may be none. */
export async function readTextFile(
  file: string,
): Promise<Result<FleetFileText | { readonly kind: 'outputs'; readonly texts: RecognisedText[] }>> {
  const text = await readOutputText(file);
  if (!text.ok) return text;
  // Only a fleet file says this of itself, also a damaged one; JSON of tools is told from it without parsing it.
  if (text.value.includes('"berth-fleet"') || /^\s*\{\s*"format"/.test(text.value.slice(0, 500)))
    return succeed({ kind: 'fleet-file', text: text.value });
  const texts = await recogniseTexts([{ file, text: text.value }]);
  return succeed({ kind: 'outputs', texts });
}

/** Whether anything in the texts was known. */
export function holdOutputs(texts: readonly RecognisedText[]): boolean {
  return texts.some(({ findings }) => findings.length > 0);
}

/** Outputs of one host in several files. */
export async function readOutputFiles(
  files: readonly string[],
  reading?: Reading,
): Promise<Result<RecordedHost>> {
  const recognised = await recogniseFiles(files, reading);
  if (!recognised.ok) return recognised;
  const [first = ''] = files;
  const name = path.basename(first);
  return recordedHost(recognised.value, files.length === 1 ? name : `${name} and ${files.length - 1} more`);
}

/** The outputs in files, folders and archives, each read on its own. */
export async function recogniseFiles(
  files: readonly string[],
  reading?: Reading,
): Promise<Result<RecognisedTree>> {
  const texts: RecognisedText[] = [];
  const problems: Problem[] = [];
  let length = 0;
  for (const file of files) {
    const kind = await kindOfPath(file, what);
    if (!kind.ok) return kind;
    if (kind.value === 'folder' || hasArchiveName(file)) {
      const place = await openPlace(file, reading);
      if (!place.ok) return place;
      const tree = await recogniseTree(place.value.tree);
      texts.push(...tree.texts);
      problems.push(...tree.problems);
      continue;
    }
    const text = await readOutputText(file);
    if (!text.ok) return text;
    length += text.value.length;
    if (length > largestOutputs)
      return fail('invalid-file', `The files have more than ${largestOutputs} characters together.`, {
        ...{ object: file, field: 'size', fix: 'Choose fewer files.' },
      });
    texts.push(...(await recogniseTexts([{ file, text: text.value }])));
  }
  return succeed({ texts, problems });
}

/** Outputs that were pasted, or came by standard input. */
export async function readPastedOutputs(text: string): Promise<Result<RecordedHost>> {
  return recordedHost({ texts: await recogniseTexts([{ file: '', text }]), problems: [] }, 'pasted text');
}

async function recordedHost(
  { texts, problems }: RecognisedTree,
  name: string,
): Promise<Result<RecordedHost>> {
  const opened = await openOutputs(texts, name, problems);
  if (!opened.ok) return opened;
  const { capture, gathered } = opened.value;
  return succeed({ kind: 'recorded', capture, outputs: gathered });
}

async function readOutputText(file: string): Promise<Result<string>> {
  if (repackingLine(file) !== null) return refusePacking(file, null);
  const bytes = await readFileBytes(file, { largest: largestOutput, what });
  if (!bytes.ok) return bytes;
  const [first, second] = bytes.value;
  if ((first === 0x1f && second === 0x8b) || (first === 0x50 && second === 0x4b))
    return fail('invalid-file', `${path.basename(file)} is compressed.`, {
      object: file,
      field: 'first bytes',
      fix: `Unpack it and open its folder, or open ${readOutputKinds}.`,
    });
  return succeed(await inTurns(decodeText(bytes.value, true)));
}
