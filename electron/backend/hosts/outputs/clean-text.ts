import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';

/** Characters that are cleaned between two pauses. */
const charactersOfPiece = 256 * 1024;

/** Colours and what else a terminal obeys (ECMA-48), also where a log shows the escape character as `^[`. */
const terminal =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /(?:\u001b|\^\[)\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\u001b\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)|\u001b[@-Z\\^_()][0-9A-B]?/g;

/** Marks of forums around what people paste. */
const boardCode =
  /\[\/?(?:code|pre|php|quote|spoiler|icode|mono|tt|color|colour|size|font|b|i|u|s|url)(?:=[^\]\n]{0,100})?\]/gi;

/** What pages put in place of characters. */
const pageText: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const invisible = /[\u0000\u0007\u0008\u000b\u000c\u007f\u00ad\u200b-\u200f\u2060\ufeff]/g;

/**
 * What people paste, as lines of plain text: without colours, forum marks, fences, invisible characters and the indentation
 * or quotation marks that all lines share.
 */
export function* cleanLines(text: string): Pieces<string[]> {
  const lines: string[] = [];
  const pacer = new Pacer(charactersOfPiece);
  for (let at = 0; at <= text.length; ) {
    const end = endOfLine(text, at);
    // A single line may be as long as the whole text: it is cleaned part by part.
    let line = '';
    for (let from = at; from < end; from += charactersOfPiece) {
      line += cleanPart(text.slice(from, Math.min(end, from + charactersOfPiece)));
      yield* pacer.did(charactersOfPiece / 4);
    }
    if (!/^\s*(?:```|~~~)\w{0,20}\s*$/.test(line.slice(0, 100))) lines.push(line.trimEnd());
    yield* pacer.did(end - at + 40);
    at = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
  }
  return yield* withoutCommonStart(lines, pacer);
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
  }
  return text.length;
}

function cleanPart(part: string): string {
  let clean = part;
  if (clean.includes('\u001b') || clean.includes('^')) clean = clean.replace(terminal, '');
  if (clean.includes('[')) clean = clean.replace(boardCode, '');
  if (clean.includes('&')) clean = clean.replace(/&(?:lt|gt|amp|quot);/g, (name) => pageText[name] ?? name);
  return clean.replace(invisible, '').replaceAll('\u00a0', ' ');
}

/** Without the quotation marks, then the blanks, that begin every line that is not empty. */
function* withoutCommonStart(lines: readonly string[], pacer: Pacer): Pieces<string[]> {
  const filled = lines.filter((line) => line !== '');
  const quoted = filled.length > 0 && filled.every((line) => line.startsWith('>'));
  yield* pacer.did(lines.length * 20);
  const unquoted = quoted ? lines.map((line) => line.replace(/^> ?/, '')) : lines;
  let common = Number.POSITIVE_INFINITY;
  for (const line of unquoted) {
    const blanks = line.length - line.trimStart().length;
    if (line !== '') common = Math.min(common, blanks);
    if (common === 0) break;
  }
  yield* pacer.did(lines.length * 20);
  const cut = Number.isFinite(common) ? common : 0;
  return unquoted.map((line) => line.slice(cut));
}
