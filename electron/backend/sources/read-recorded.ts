import path from 'node:path';
import { hasArchiveName } from '#shared/archive-name.ts';
import { largestOutput, largestOutputs } from '#shared/bounds/sizes.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { decodeText } from '../files/decode-text.ts';
import { kindOfPath, readFileBytes } from '../files/read-file.ts';
import { type Capture, openCapture } from '../hosts/capture/capture.ts';
import type { Gathered } from '../hosts/outputs/gather.ts';
import { openOutputs, readOutputKinds, recogniseTexts } from '../hosts/outputs/open-outputs.ts';
import { recogniseFolder } from '../hosts/outputs/output-folder.ts';
import type { RecognisedText } from '../hosts/outputs/recognise-text.ts';
import { inTurns } from '../in-turns.ts';

/** What a path holds: the text of a fleet file, or a recorded host. */
export type SourceContent = { readonly kind: 'fleet-file'; readonly text: string } | RecordedHost;

/** A recorded host; `outputs`: what it was put together of, null for a capture. */
export interface RecordedHost {
  readonly kind: 'recorded';
  readonly capture: Capture;
  readonly outputs: Gathered | null;
}

const what = 'a file with outputs of tools, a fleet file or a capture';

/** What stands at a path that a person chose; known by its content, never by its name. */
export async function readSource(file: string, snapshot?: string): Promise<Result<SourceContent>> {
  const kind = await kindOfPath(file, what);
  if (!kind.ok) return kind;
  if (kind.value === 'folder' || hasArchiveName(file)) {
    const capture = await openCapture(file, snapshot);
    if (capture.ok) return succeed({ kind: 'recorded', capture: capture.value, outputs: null });
    if (snapshot !== undefined || kind.value === 'file') return capture;
    const recognised = await recogniseFolder(file);
    const isKnown = recognised.some(({ findings }) => findings.length > 0);
    return isKnown ? recordedHost(recognised, path.basename(file)) : capture;
  }
  const text = await readOutputText(file);
  if (!text.ok) return text;
  // Only a fleet file says this of itself, also a damaged one; JSON of tools is told from it without parsing it.
  if (text.value.includes('"berth-fleet"') || /^\s*\{\s*"format"/.test(text.value.slice(0, 500)))
    return succeed({ kind: 'fleet-file', text: text.value });
  const recognised = await recogniseTexts([{ file, text: text.value }]);
  const isJson = /^\s*[{[]/.test(text.value.slice(0, 200));
  if (recognised.every(({ findings }) => findings.length === 0) && isJson)
    return succeed({ kind: 'fleet-file', text: text.value });
  return recordedHost(recognised, path.basename(file));
}

/** Outputs of one host in several files. */
export async function readOutputFiles(files: readonly string[]): Promise<Result<RecordedHost>> {
  const recognised = await recogniseFiles(files);
  if (!recognised.ok) return recognised;
  const [first = ''] = files;
  const name = path.basename(first);
  return recordedHost(recognised.value, files.length === 1 ? name : `${name} and ${files.length - 1} more`);
}

/** The outputs in files and folders, each read on its own. */
export async function recogniseFiles(files: readonly string[]): Promise<Result<RecognisedText[]>> {
  const recognised: RecognisedText[] = [];
  let length = 0;
  for (const file of files) {
    const kind = await kindOfPath(file, what);
    if (!kind.ok) return kind;
    if (kind.value === 'folder') {
      recognised.push(...(await recogniseFolder(file)));
      continue;
    }
    const text = await readOutputText(file);
    if (!text.ok) return text;
    length += text.value.length;
    if (length > largestOutputs)
      return fail('invalid-file', `The files have more than ${largestOutputs} characters together.`, {
        ...{ object: file, field: 'size', fix: 'Choose fewer files.' },
      });
    recognised.push(...(await recogniseTexts([{ file, text: text.value }])));
  }
  return succeed(recognised);
}

/** Outputs that were pasted, or came by standard input. */
export async function readPastedOutputs(text: string): Promise<Result<RecordedHost>> {
  return recordedHost(await recogniseTexts([{ file: '', text }]), 'pasted text');
}

async function recordedHost(
  recognised: readonly RecognisedText[],
  name: string,
): Promise<Result<RecordedHost>> {
  const opened = await openOutputs(recognised, name);
  if (!opened.ok) return opened;
  const { capture, gathered } = opened.value;
  return succeed({ kind: 'recorded', capture, outputs: gathered });
}

async function readOutputText(file: string): Promise<Result<string>> {
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
