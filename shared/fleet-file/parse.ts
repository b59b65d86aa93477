import { findExcess } from '../bounds/find-excess.ts';
import { shorten, shortenError, shortenList } from '../bounds/shorten.ts';
import { fleetFileBounds } from '../bounds/sizes.ts';
import { fail, type Result, succeed } from '../result.ts';
import { type FileProblem, fieldText } from './problems.ts';
import { findFleetProblems } from './rules.ts';
import { type FleetFile, fleetFileFormat, fleetFileSchema, fleetFileVersion } from './schema.ts';

/**
 * Reads a fleet file. Every problem is found and named with file, field and fix: the first one is the error's message,
 * all of them are its details.
 */
export function parseFleetFile(text: string, fileName: string): Result<FleetFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return shortened(
      fail('invalid-file', `${fileName} is not JSON: ${reason}`, {
        object: fileName,
        field: 'the whole file',
        fix: 'Open a fleet file that Berth exported, or repair the JSON',
      }),
    );
  }
  return checkFleetFile(value, fileName);
}

export interface FleetCheckOptions {
  /**
   * No other file is read soon: zod then does not write code for the schemas first, which takes longer than one fleet
   * does and pays only from the second one on.
   */
  readonly once?: boolean;
}

/** The same for a value that was parsed already; defaults are filled in. */
export function checkFleetFile(
  value: unknown,
  fileName: string,
  options: FleetCheckOptions = {},
): Result<FleetFile> {
  const foreign = foreignFormat(value, fileName);
  if (foreign) return shortened(foreign);
  const { file, problems } = readFleetValue(value, options);
  return file !== undefined && problems.length === 0 ? succeed(file) : refuse(fileName, problems);
}

/** Every problem of a text that may be a fleet file, each at its field; none: it can be opened. */
export function findTextProblems(text: string): readonly FileProblem[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return shortProblems([{ field: fieldText([]), message, fix: 'Repair the JSON' }]);
  }
  const foreign = foreignFormat(value, 'This');
  if (foreign !== undefined && !foreign.ok) {
    const { field, message, fix } = foreign.error;
    return shortProblems([{ field: field ?? fieldText([]), message, fix: fix ?? '' }]);
  }
  return shortProblems(readFleetValue(value).problems);
}

function readFleetValue(
  value: unknown,
  { once = false }: FleetCheckOptions = {},
): { file?: FleetFile; problems: readonly FileProblem[] } {
  const excess = findExcess(value, fleetFileBounds);
  if (excess !== null)
    return { problems: [{ field: fieldText(excess.path), message: excess.message, fix: excess.fix }] };
  const parsed = fleetFileSchema.safeParse(value, { jitless: once });
  if (parsed.success) return { file: parsed.data, problems: findFleetProblems(parsed.data) };
  return {
    problems: parsed.error.issues.map((issue) => ({
      field: fieldText(issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))),
      ...wordsOf(issue),
    })),
  };
}

/** The most frequent slip, text in place of a number, in words; everything else as the schema says it. */
function wordsOf(issue: { readonly code: string; readonly expected?: string; readonly message: string }) {
  if (
    issue.code === 'invalid_type' &&
    issue.expected === 'number' &&
    issue.message.endsWith('received string')
  )
    return { message: 'A number is needed here, and this is text', fix: 'Write a number, without quotes' };
  return { message: issue.message, fix: 'Write a value as the message says' };
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

function refuse(fileName: string, problems: readonly FileProblem[]): Result<never> {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return shortened(
    fail('invalid-file', `${fileName}: ${first?.field}: ${first?.message}${more}`, {
      object: fileName,
      ...(first ? { field: first.field, fix: first.fix } : {}),
      details: shortProblems(problems).map(
        (problem) => `${problem.field}: ${problem.message}. ${problem.fix}`,
      ),
    }),
  );
}

/** What a file says is never echoed in full. */
function shortened(refusal: Result<never>): Result<never> {
  return refusal.ok ? refusal : { ok: false, error: shortenError(refusal.error) };
}

/** Enough to repair the file by; each short enough to be shown. */
function shortProblems(problems: readonly FileProblem[]): FileProblem[] {
  const last = (left: number): FileProblem => ({
    field: fieldText([]),
    message: `There are ${left} more problems`,
    fix: 'Repair these first',
  });
  return shortenList(problems, 200, last).map(({ field, message, fix }) => ({
    field: shorten(field, 300),
    message: shorten(message, 500),
    fix: shorten(fix, 500),
  }));
}
