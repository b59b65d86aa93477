import { encodeText, latin1 } from './bytes-and-text.ts';
import type { RefusedWrite } from './files/host-files.ts';
import { refusedWriteText } from './files/refused-write.ts';
import { unopenedTargets, withoutMarks } from './script/marked-paths.ts';

/** Bytes that a command printed. */
export interface ShellOutput {
  readonly stream: 'stdout' | 'stderr';
  /** 1-based line of the command; 0 where it is not known. */
  readonly line: number;
  readonly bytes: Uint8Array;
  /** A structure as it is, asked for as such, and not text. */
  readonly binary: boolean;
}

/** What is known of outputs before they come: who said what on which line, and what could not be opened. */
export class ShellOutputs {
  /** The structure that a program printed last, one character a byte. */
  structure: string | null = null;
  /** What came to standard error last. */
  lastMessage = '';
  /** What programs wrote to standard error in this unit, in order. */
  #notes: { readonly line: number; readonly text: string }[] = [];
  readonly #refusedToOpen = new Map<string, RefusedWrite>();

  /** A program on this line has written a text to standard error. */
  note(line: number, text: string): void {
    this.#notes.push({ line, text });
  }

  /** What stands in this text is part of what another program says. */
  forget(whole: string): void {
    this.#notes = this.#notes.filter(({ text }) => !whole.includes(text));
  }

  refuseToOpen(refusal: RefusedWrite): void {
    this.#refusedToOpen.set(refusal.path, refusal);
  }

  endUnit(): void {
    this.#notes = [];
  }

  /** Outputs with their lines; what programs said inside a function comes with the line that called it. */
  read(
    stream: 'stdout' | 'stderr',
    line: number,
    bytes: Uint8Array,
    resolve: (target: string) => string,
  ): readonly ShellOutput[] {
    if (stream === 'stdout') return [{ stream, line, bytes, binary: latin1(bytes) === this.structure }];
    this.lastMessage = new TextDecoder().decode(bytes);
    let rest = this.#messageText(this.lastMessage, resolve);
    const parts: (readonly [line: number, text: string])[] = [];
    for (const note of this.#notes.splice(0)) {
      const start = rest.indexOf(note.text);
      if (start === -1) continue;
      parts.push([line, rest.slice(0, start)], [note.line, note.text]);
      rest = rest.slice(start + note.text.length);
    }
    return [...parts, [line, rest] as const]
      .filter(([, text]) => text !== '')
      .map(([at, text]) => ({ stream, line: at, bytes: encodeText(text), binary: false }));
  }

  /** The library's messages in the words of the host's shell. */
  #messageText(given: string, resolve: (target: string) => string): string {
    const text = given.replace(unopenedTargets, (whole, target: string) => {
      const refusal = this.#refusedToOpen.get(resolve(target)) ?? [...this.#refusedToOpen.values()].at(-1);
      return refusal === undefined ? whole : refusedWriteText(refusal);
    });
    return withoutMarks(text).replace(/^bash: /gm, 'sh: ');
  }
}
