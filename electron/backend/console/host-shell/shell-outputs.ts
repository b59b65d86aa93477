import type { ExecResult } from 'just-bash/browser';
import type { Refusal } from '../../hosts/refusal.ts';
import type { CommandOutput } from '../command-output.ts';
import { bytesOfLatin1, encodeText, latin1 } from './bytes-and-text.ts';
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
  /** Why what is said here was refused, and what helps; to be shown below it. */
  readonly refusals: readonly Refusal[];
}

/** What a program wrote to standard error, and why it was refused. */
interface Note {
  readonly line: number;
  readonly text: string;
  readonly refusals: readonly Refusal[];
}

/** A refusal, and the 1-based line of what was refused. */
export type RefusalAtLine = Refusal & { readonly line: number };

const nothing = { stream: 'stderr', bytes: new Uint8Array(), binary: false } as const;

/** What is known of outputs before they come: who said what on which line, and what could not be opened. */
export class ShellOutputs {
  /** The structure that a program printed last, one character a byte. */
  structure: string | null = null;
  /** What came to standard error last. */
  lastMessage = '';
  /** What programs wrote to standard error in this unit, in order. */
  #notes: Note[] = [];
  /** Everything that was refused in this unit, shown or not. */
  #refusals: RefusalAtLine[] = [];
  readonly #refusedToOpen = new Map<string, RefusedWrite>();
  /** What the kernel refused of what was written, and is not told yet. */
  #refusedWrites: RefusedWrite[] = [];

  /** A program on this line has written a text to standard error. */
  note(line: number, text: string, refusals: readonly Refusal[] = []): void {
    if (text !== '' || refusals.length > 0) this.#notes.push({ line, text, refusals });
    this.#refusals.push(...refusals.map((refusal) => ({ ...refusal, line })));
  }

  /** The kernel refused what a command wrote or wanted to write to. */
  refuseWrite(refused: RefusedWrite): void {
    if (refused.opened) this.#refusedWrites.push(refused);
    else this.#refusedToOpen.set(refused.path, refused);
  }

  get isWriteRefused(): boolean {
    return this.#refusedWrites.length > 0;
  }

  forgetWrites(): void {
    this.#refusedWrites = [];
  }

  /** What a command on this line says of what it wrote and the kernel refused; empty where nothing was. */
  tellWrites(line: number): string {
    const refused = this.#refusedWrites.splice(0);
    for (const each of refused) this.#noteWrite(line, each);
    return refused.map(refusedWriteText).join('');
  }

  #noteWrite(line: number, refused: RefusedWrite): void {
    this.note(line, refusedWriteText(refused), refused.refusal === null ? [] : [refused.refusal]);
  }

  /** What stands in this text is part of what another program says, which is refused for the same reasons. */
  #forget(whole: string): readonly Refusal[] {
    const forgotten = this.#notes.filter(({ text }) => whole.includes(text));
    this.#notes = this.#notes.filter((note) => !forgotten.includes(note));
    const refusals = forgotten.flatMap((note) => note.refusals);
    this.#refusals.splice(this.#refusals.length - refusals.length);
    return refusals;
  }

  /** What a command came to that another program ran; what it said is noted as that of the other one. */
  outputOf({ stdout, stderr, exitCode: exit }: ExecResult): CommandOutput {
    const isStructure = stdout === this.structure;
    const refusals = this.#forget(stderr);
    return {
      ...{ exit, stderr, stdout: isStructure ? bytesOfLatin1(stdout) : encodeText(stdout) },
      ...(refusals.length > 0 ? { refusals } : {}),
      ...(isStructure ? { binary: true } : {}),
    };
  }

  /** What was refused in the unit, and what is left of it to show: reasons of programs that said nothing themselves. */
  endUnit(): { readonly refusals: readonly RefusalAtLine[]; readonly silent: readonly ShellOutput[] } {
    const silent = this.#notes
      .filter(({ text }) => text === '')
      .map(({ line, refusals }): ShellOutput => ({ ...nothing, line, refusals }));
    this.#notes = [];
    return { refusals: this.#refusals.splice(0), silent };
  }

  /** Outputs with their lines; what programs said inside a function comes with the line that called it. */
  read(
    stream: 'stdout' | 'stderr',
    line: number,
    bytes: Uint8Array,
    resolve: (target: string) => string,
  ): readonly ShellOutput[] {
    if (stream === 'stdout')
      return [{ stream, line, bytes, binary: latin1(bytes) === this.structure, refusals: [] }];
    this.lastMessage = new TextDecoder().decode(bytes);
    let rest = this.#messageText(line, this.lastMessage, resolve);
    const parts: Note[] = [];
    for (const note of this.#notes.splice(0)) {
      const start = note.text === '' ? -1 : rest.indexOf(note.text);
      if (start === -1) {
        // Who said nothing is told of at the end of the unit.
        if (note.text === '') this.#notes.push(note);
        continue;
      }
      parts.push({ line, text: rest.slice(0, start), refusals: [] }, note);
      rest = rest.slice(start + note.text.length);
    }
    return [...parts, { line, text: rest, refusals: [] }]
      .filter(({ text }) => text !== '')
      .map((part) => ({
        stream,
        line: part.line,
        bytes: encodeText(part.text),
        binary: false,
        refusals: part.refusals,
      }));
  }

  /** The library's messages in the words of the host's shell. */
  #messageText(line: number, given: string, resolve: (target: string) => string): string {
    const text = given.replace(unopenedTargets, (whole, target: string) => {
      const refusal = this.#refusedToOpen.get(resolve(target)) ?? [...this.#refusedToOpen.values()].at(-1);
      if (refusal === undefined) return whole;
      this.#noteWrite(line, refusal);
      return refusedWriteText(refusal);
    });
    return withoutMarks(text).replace(/^bash: /gm, 'sh: ');
  }
}
