import type { Problem } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { inTurns } from '../../in-turns.ts';
import { type Capture, openStoredCapture } from '../capture/capture.ts';
import { memoryStorage } from '../capture/storage/memory-storage.ts';
import { type Gathered, gather } from './gather.ts';
import { type RecognisedText, recogniseText } from './recognise-text.ts';
import { recordedSnapshot } from './recorded-facts.ts';
import { hostCommands } from './structures.ts';

/** A text that may hold outputs. */
export interface NamedText {
  /** File name; empty for what was pasted. */
  readonly file: string;
  readonly text: string;
}

/** A host as outputs of tools show it. */
export interface OutputHost {
  readonly capture: Capture;
  readonly gathered: Gathered;
}

/** What is read, in words. */
export const readOutputKinds =
  'outputs of nvme-cli (text or JSON), lspci, smartctl -j, dmesg, virsh dumpxml and nodedev-dumpxml, sysfs trees and sos reports';

/** Recognises each text; what is put together of them is one host. */
export async function recogniseTexts(texts: readonly NamedText[]): Promise<RecognisedText[]> {
  const recognised: RecognisedText[] = [];
  for (const { file, text } of texts) recognised.push(await inTurns(recogniseText(text, file)));
  return recognised;
}

/**
 * A recorded host made of outputs, the same kind as one of a capture folder. Refused when nothing in them is known, or
 * when what is known shows no controller. `name`: how it is called where no output says it; `problems`: what was not read.
 */
export async function openOutputs(
  recognised: readonly RecognisedText[],
  name: string,
  problems: readonly Problem[] = [],
): Promise<Result<OutputHost>> {
  const gathered = await inTurns(gather(recognised));
  if (gathered.findings.length === 0)
    return fail('invalid-file', unknownWords(name, recognised), {
      object: name,
      field: 'the whole file',
      fix: `Open a fleet file, a capture, or ${readOutputKinds}; for example the output of: nvme list -v -o json`,
    });
  const place = { name: gathered.host ?? name, place: name };
  const storage = memoryStorage(gathered.files);
  const opened = await openStoredCapture({ storage, snapshots: [recordedSnapshot], leftOut: [] }, place);
  if (opened.ok && opened.value.controllers.length > 0) {
    const capture = { ...opened.value, problems: [...problems, ...gathered.notes, ...opened.value.problems] };
    return succeed({ capture, gathered });
  }
  return fail('invalid-file', `${name} is ${titlesOf(gathered)}, which shows no controller by itself.`, {
    object: name,
    field: 'the whole file',
    fix: `Open it together with the output of: ${hostCommands.devices}`,
    details: [...problems, ...gathered.notes].map(({ message }: Problem) => message),
  });
}

/** What it is that holds nothing that is known. */
function unknownWords(name: string, [first, ...others]: readonly RecognisedText[]): string {
  if (first === undefined || others.length > 0 || first.form === 'files')
    return `${name} holds no output that Berth knows.`;
  return first.form === 'empty'
    ? `${name} is empty.`
    : `${name} is ${first.form} and holds no output that Berth knows.`;
}

/** `output of nvme list and lspci -vvv` */
export function titlesOf({ findings }: Pick<Gathered, 'findings'>): string {
  const titles = [...new Set(findings.map(({ title }) => title))];
  const shown = titles.length > 4 ? [...titles.slice(0, 3), `${titles.length - 3} more`] : titles;
  const [last, ...others] = shown.toReversed();
  return `output of ${others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`}`;
}
