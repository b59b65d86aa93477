import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { commandLineOf } from './command-line-of.ts';
import type { Block, CommandLine, OutputFinding } from './findings.ts';

/** A kind of output: how it begins, where it ends, what it says. Known by its content alone. */
export interface OutputKind {
  /** Whether it begins with this line. `command`: what stands above it, which decides only where the content cannot. */
  begins(line: string, command: CommandLine | null): boolean;
  /** The line after its last one. */
  end(lines: readonly string[], from: number): Pieces<number>;
  /** What it says; null when it is not such an output after all. */
  read(block: Block): Pieces<OutputFinding | null>;
}

const linesOfPiece = 2000;

/** The end of an output of which each line can be told. Empty lines end nothing; a command line does. */
export function* endOfLines(
  lines: readonly string[],
  from: number,
  belongs: (line: string, index: number) => boolean,
): Pieces<number> {
  const pacer = new Pacer(linesOfPiece);
  let end = from + 1;
  for (let at = from + 1; at < lines.length; at += 1) {
    yield* pacer.did();
    const line = lines[at] ?? '';
    if (line === '') continue;
    if (commandLineOf(line) !== null || !belongs(line, at)) break;
    end = at + 1;
  }
  return end;
}
