/** One thing in a fleet file that cannot be: where, what, and what to write instead. */
export interface FileProblem {
  /** `subsystems[0].controllers[1].vq.total`. */
  readonly field: string;
  readonly message: string;
  readonly fix: string;
}

export type FieldPath = readonly (string | number)[];

/** `['hosts', 0, 'name']` as `hosts[0].name`. */
export function fieldText(path: FieldPath): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text === '' ? 'the whole file' : text;
}

/** Collects problems; every check adds what it finds and goes on. */
export class ProblemList {
  readonly problems: FileProblem[] = [];

  add(path: FieldPath, message: string, fix: string): void {
    this.problems.push({ field: fieldText(path), message, fix });
  }
}
