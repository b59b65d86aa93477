import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { cleanLines } from './clean-text.ts';
import { commandLineOf, commandOfFile, hostOfPrompt } from './command-line-of.ts';
import type { CommandLine, OutputFinding } from './findings.ts';
import { outputKinds } from './output-kinds.ts';

/** A finding and where it begins. */
export interface PlacedFinding extends OutputFinding {
  /** File that it stands in; empty for a text without a name. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

export interface RecognisedText {
  /** What it is as a whole, whether an output in it is known or not. */
  readonly form: 'text' | 'JSON' | 'XML' | 'binary' | 'empty' | 'files';
  readonly findings: readonly PlacedFinding[];
  /** The host that a prompt names. */
  readonly host: string | null;
  /** Lines with something in them that belong to no output that is known. */
  readonly unknownLines: number;
}

const linesOfPiece = 1000;
/** Outputs of one text; more are left out and said. */
const mostFindings = 5000;
/** Share of characters that no text has; more is binary. */
const mostUnreadable = 0.05;

/**
 * The outputs in a text, known by their content: command lines between them say from which device they are and where one
 * ends. `file`: its name says the same where no command line does.
 */
export function* recogniseText(text: string, file: string): Pieces<RecognisedText> {
  const form = formOf(text);
  if (form === 'binary') return { form, findings: [], host: null, unknownLines: 0 };
  const lines = yield* cleanLines(text);
  const findings: PlacedFinding[] = [];
  const ofFile = commandOfFile(file);
  let command: CommandLine | null = ofFile;
  let host: string | null = null;
  let unknownLines = 0;
  const pacer = new Pacer(linesOfPiece);
  for (let at = 0; at < lines.length; ) {
    yield* pacer.did();
    const line = lines[at] ?? '';
    const typed = line === '' ? null : commandLineOf(line);
    if (typed !== null) {
      command = typed;
      host ??= hostOfPrompt(line);
    }
    const kind =
      line === '' || typed !== null ? undefined : outputKinds.find((one) => one.begins(line, command));
    if (kind === undefined || findings.length >= mostFindings) {
      if (line !== '' && typed === null) unknownLines += 1;
      at += 1;
      continue;
    }
    const end = Math.max(at + 1, yield* kind.end(lines, at));
    const finding = yield* kind.read({ lines: lines.slice(at, end), command });
    if (finding === null) unknownLines += end - at;
    else findings.push({ ...finding, file, line: at + 1 });
    at = end;
  }
  return { form, findings, host, unknownLines };
}

function formOf(text: string): RecognisedText['form'] {
  if (looksBinary(text)) return 'binary';
  const begin = text.slice(0, 1000).trimStart();
  if (begin === '' && text.trim() === '') return 'empty';
  return /^<[?!A-Za-z]/.test(begin) ? 'XML' : /^[{[]/.test(begin) ? 'JSON' : 'text';
}

/** Whether a text was made of bytes that are none: zeros, or many that are no UTF-8. */
function looksBinary(text: string): boolean {
  const head = text.slice(0, 65_536);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  const unreadable = head.match(/[\u0000-\u0006\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  return unreadable > head.length * mostUnreadable;
}
