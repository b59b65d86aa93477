import { kindOfPath, readFileText } from '#backend/files/read-file.ts';
import {
  type Explained,
  type ExplainedError,
  explainText,
  largestExplainedText,
} from '#shared/explain/explain.ts';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { refuse } from '../print-error.ts';

export interface ExplainRequest {
  /** A file, `-` for standard input, or the words of a text. At least one. */
  readonly words: readonly string[];
  readonly json: boolean;
}

/** `berth explain TEXT|FILE|-`: 0 when something was explained, 1 when nothing in it is known. */
export async function runExplain({ words, json }: ExplainRequest, io: CommandLineIo): Promise<ExitCode> {
  const text = await textOf(words, io);
  if (!text.ok) return refuse(io, text.error);
  const explained = explainText(text.value);
  if (json) io.out(`${JSON.stringify(explained)}\n`);
  else if (explained.findings.length > 0) io.out(explainedText(explained));
  if (explained.findings.length > 0) return exitCodes.success;
  return refuse(io, {
    code: 'refused',
    message: 'The text holds no error that Berth knows.',
    fix: 'Give the lines with the error as they were printed: of nvme-cli, a shell, the kernel log, QEMU, libvirt or cloud-hypervisor; or a status alone, such as 0x4120',
  });
}

async function textOf(words: readonly string[], io: CommandLineIo): Promise<Result<string>> {
  const [first = ''] = words;
  if (words.length > 1) return succeed(words.join(' '));
  if (first === '-') return bounded(await io.readStdin());
  // No path is so long, nor has several lines.
  const kind = first.length < 4096 && !first.includes('\n') ? await kindOfPath(first, 'a text') : null;
  if (kind?.ok || (kind?.ok === false && kind.error.code === 'invalid-file'))
    return readFileText(first, { largest: largestExplainedText, what: 'a text with errors' });
  const looksLikePath = /^(?:\.{0,2}\/)\S*$|^\S+\.(?:txt|log)$/.test(first);
  if (looksLikePath && kind?.ok === false) return kind;
  return bounded(first);
}

function bounded(text: string): Result<string> {
  if (text.length <= largestExplainedText) return succeed(text);
  return fail('invalid-file', `The text has more than ${largestExplainedText} characters.`, {
    fix: 'Give the part of it that holds the error.',
  });
}

function explainedText({ findings, left }: Explained): string {
  const more = left === 0 ? [] : [`… and ${left} more kinds of errors`];
  return `${[...findings.map(findingText), ...more].join('\n\n')}\n`;
}

function findingText({ line, count, quotation, status, explanation }: ExplainedError): string {
  const { meaning, decidedBy, lookAt, remedy, sources } = explanation;
  const times = count === 1 ? '' : ` (and ${count - 1} more)`;
  return [
    `line ${line}${times}: ${quotation}`,
    ...(status === null ? [] : [`  Status: ${statusText(status)}`]),
    `  Meaning: ${meaning}`,
    ...section('Decided by', decidedBy),
    ...section('Look at', lookAt),
    ...section('Do', remedy),
    `  Known from: ${sources.join('; ')}`,
  ].join('\n');
}

function section(title: string, sentences: readonly string[]): string[] {
  return [`  ${title}:`, ...sentences.map((sentence) => `    - ${sentence}`)];
}

function statusText({ name, sct, sc, more, doNotRetry }: NonNullable<ExplainedError['status']>): string {
  const bits = [
    ...(doNotRetry === true ? ['Do Not Retry: the same command will fail again'] : []),
    ...(more === true ? ['More: the error log has an entry about it'] : []),
  ];
  return [`${name} (type ${sct}h, code ${suffixedHexadecimal(sc)})`, ...bits].join('; ');
}
