import { type CheckOptions, checkInPieces, type SchemaFinding } from '../bounds/check-in-pieces.ts';
import type { Excess } from '../bounds/find-excess.ts';
import type { Pieces } from '../bounds/pieces.ts';
import { readJson } from '../bounds/read-json.ts';
import { shortenError, shortenList } from '../bounds/shorten.ts';
import { fleetFileBounds } from '../bounds/sizes.ts';
import { fail, type Result, succeed } from '../result.ts';
import { type FileProblem, type FoundProblems, fieldText, shortProblem } from './problems.ts';
import { findFleetProblems } from './rules.ts';
import { type FleetFile, fleetFileFormat, fleetFileSchema, fleetFileVersion } from './schema.ts';

/** Problems that are told; each short enough to be shown. */
const mostTold = 200;

/**
 * Reads a fleet file, in pieces of some milliseconds however large and however wrong it is. Every problem is named with
 * file, field and fix: the first one is the error's message, the others are its details, up to a bound.
 */
export function* parseFleetFile(
  text: string,
  fileName: string,
  options: Pick<CheckOptions, 'once'> = {},
): Pieces<Result<FleetFile>> {
  const read = yield* readJson(text, fleetFileBounds);
  switch (read.kind) {
    case 'value':
      return yield* parseFleetValue(read.value, fileName, options);
    case 'excess':
      return refuse(fileName, onlyProblem(read.excess));
    case 'not-json':
      return shortened(
        fail('invalid-file', `${fileName} is not JSON: ${read.message}`, {
          object: fileName,
          field: 'the whole file',
          fix: 'Open a fleet file that Berth exported, or repair the JSON',
        }),
      );
  }
}

/** The same for the value of its JSON. */
export function* parseFleetValue(
  value: unknown,
  fileName: string,
  options: Pick<CheckOptions, 'once'> = {},
): Pieces<Result<FleetFile>> {
  const foreign = foreignFormat(value, fileName);
  if (foreign) return shortened(foreign);
  const { file, found } = yield* readFleetValue(value, options);
  return file !== undefined && found.problems.length === 0 ? succeed(file) : refuse(fileName, found);
}

/** Every problem of a text that may be a fleet file, each at its field; none: it can be opened. In pieces, as above. */
export function* findTextProblems(text: string): Pieces<readonly FileProblem[]> {
  const read = yield* readJson(text, fleetFileBounds);
  switch (read.kind) {
    case 'value': {
      const foreign = foreignFormat(read.value, 'This');
      if (foreign === undefined || foreign.ok) return told((yield* readFleetValue(read.value, {})).found);
      const { field, message, fix } = foreign.error;
      return [shortProblem({ field: field ?? fieldText([]), message, fix: fix ?? '' })];
    }
    case 'excess':
      return told(onlyProblem(read.excess));
    case 'not-json':
      return [shortProblem({ field: fieldText([]), message: read.message, fix: 'Repair the JSON' })];
  }
}

function* readFleetValue(
  value: unknown,
  options: CheckOptions,
): Pieces<{ readonly file?: FleetFile; readonly found: FoundProblems }> {
  const checked = yield* checkInPieces(fleetFileSchema, value, options);
  if (checked.ok) return { file: checked.value, found: yield* findFleetProblems(checked.value) };
  return { found: { problems: checked.findings.map(problemOf), complete: checked.complete } };
}

function problemOf(finding: SchemaFinding): FileProblem {
  const path = finding.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  return shortProblem({ field: fieldText(path), ...wordsOf(finding) });
}

function onlyProblem({ path, message, fix }: Excess): FoundProblems {
  return { problems: [shortProblem({ field: fieldText(path), message, fix })], complete: true };
}

/** The most frequent slip, text in place of a number, in words; everything else as the schema says it. */
function wordsOf({ code, expected, message }: SchemaFinding): {
  readonly message: string;
  readonly fix: string;
} {
  if (code === 'invalid_type' && expected === 'number' && message.endsWith('received string'))
    return { message: 'A number is needed here, and this is text', fix: 'Write a number, without quotes' };
  return { message, fix: 'Write a value as the message says' };
}

// Told apart from other mistakes, because a list of missing fields would only confuse here.
function foreignFormat(value: unknown, fileName: string): Result<never> | undefined {
  const given: { readonly format?: unknown; readonly version?: unknown } =
    typeof value === 'object' && value !== null ? value : {};
  if (given.format !== fleetFileFormat)
    return fail('invalid-file', `${fileName} is not a fleet file: its "format" is not "${fleetFileFormat}"`, {
      object: fileName,
      field: 'format',
      fix: 'Open a fleet file (exported by Berth), or open a capture as a folder',
    });
  const version = given.version;
  if (typeof version === 'number' && version > fleetFileVersion)
    return fail(
      'invalid-file',
      `${fileName} has version ${version} of the fleet file format; this Berth reads version ${fleetFileVersion}`,
      {
        object: fileName,
        field: 'version',
        fix: 'Open it with a newer Berth, or export it there for this version',
      },
    );
  return undefined;
}

function refuse(fileName: string, found: FoundProblems): Result<never> {
  const [first, ...others] = found.problems;
  const more = others.length > 0 ? ` (and ${found.complete ? '' : 'at least '}${others.length} more)` : '';
  return shortened(
    fail('invalid-file', `${fileName}: ${first?.field}: ${first?.message}${more}`, {
      object: fileName,
      ...(first ? { field: first.field, fix: first.fix } : {}),
      details: told(found).map((problem) => `${problem.field}: ${problem.message}. ${problem.fix}`),
    }),
  );
}

/** What a file says is never echoed in full. */
function shortened(refusal: Result<never>): Result<never> {
  return refusal.ok ? refusal : { ok: false, error: shortenError(refusal.error) };
}

/** Enough to repair the file by. */
function told({ problems, complete }: FoundProblems): FileProblem[] {
  return shortenList(problems, mostTold, (left) => ({
    field: fieldText([]),
    message: `There are ${complete ? '' : 'at least '}${left} more problems`,
    fix: 'Repair these first',
  }));
}
