import { enoughFindings } from '../bounds/check-in-pieces.ts';
import { Pacer, type Pieces } from '../bounds/pieces.ts';
import { shorten } from '../bounds/shorten.ts';

/** One thing in a fleet file that cannot be: where, what, and what to write instead. */
export interface FileProblem {
  /** `subsystems[0].controllers[1].vq.total`. */
  readonly field: string;
  readonly message: string;
  readonly fix: string;
}

/** What was found in one file. */
export interface FoundProblems {
  readonly problems: readonly FileProblem[];
  /** False: there was enough to tell, and the rest was not looked at. */
  readonly complete: boolean;
}

/** The same, short enough to be shown: it may quote what the file says. */
export function shortProblem({ field, message, fix }: FileProblem): FileProblem {
  return { field: shorten(field, 300), message: shorten(message, 500), fix: shorten(fix, 500) };
}

export type FieldPath = readonly (string | number)[];

/** `['hosts', 0, 'name']` as `hosts[0].name`. */
export function fieldText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path)
    text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`;
  return text === '' ? 'the whole file' : text;
}

/** Fields, members and entries that rules look at between two pauses; one of them takes some microseconds at most. */
const lookedAtInPiece = 1000;

/** Collects problems; every check adds what it finds and goes on until there is enough to tell. */
export class ProblemList {
  readonly problems: FileProblem[] = [];
  private readonly pacer = new Pacer(lookedAtInPiece);

  get isFull(): boolean {
    return this.problems.length >= enoughFindings;
  }

  add(path: FieldPath, message: string, fix: string): void {
    if (!this.isFull) this.problems.push(shortProblem({ field: fieldText(path), message, fix }));
  }

  /** To be asked at each turn of a loop: whether the check may end. Yields when much has been looked at. */
  *isEnough(more = 1): Pieces<boolean> {
    yield* this.pacer.did(more);
    return this.isFull;
  }
}
