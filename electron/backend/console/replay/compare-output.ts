import { isDeepStrictEqual, stripVTControlCharacters } from 'node:util';
import type { CommandOutput } from '../command-output.ts';
import type { NvmeCommand } from '../grammar/console-command.ts';
import type { RecordedProgram } from './recorded-programs.ts';

/** How two outputs of one line are compared. */
export type ComparisonKind =
  /** JSON as values, exit code and status text. */
  | 'json'
  /** Standard output byte by byte, exit code and status text. */
  | 'bytes'
  /** As `bytes`, but of a link only the name that it leads to. */
  | 'links'
  /** JSON of a SMART log: what the drive is, without what it was used for. */
  | 'smart';

/** How a parsed line is compared, or why it is not. */
export type Comparability =
  | { readonly kind: ComparisonKind }
  | { readonly kind: 'none'; readonly reason: string };

/** Commands that run on a simulated host, but whose output depends on what a capture does not hold. */
const deviceDependent: Readonly<Partial<Record<NvmeCommand['name'], string>>> = {
  'get-log': 'log pages depend on how the recorded drive was used',
  'error-log': 'log pages depend on how the recorded drive was used',
  'changed-ns-list-log': 'log pages depend on how the recorded drive was used',
  'effects-log': 'a capture contains only the commands that were recorded, not all that the drive supports',
  'sanitize-log': 'log pages depend on how the recorded drive was used',
  'get-feature': 'feature values are not part of a capture',
  'set-feature': 'feature values are not part of a capture',
  'show-regs': 'registers are not part of a capture',
};

/** Decides from the programs of a line alone, never from what was recorded. */
export function comparabilityOf(programs: readonly RecordedProgram[]): Comparability {
  if (programs.length === 0) return { kind: 'none', reason: 'the line has no command' };
  if (programs.some(({ kind }) => kind === 'attribute'))
    return { kind: 'none', reason: 'it reads attributes of the recorded host, not of its NVMe controllers' };
  const commands = programs.flatMap((program) => (program.kind === 'nvme' ? [program.command] : []));
  for (const { name } of commands) {
    const reason = deviceDependent[name];
    if (reason !== undefined) return { kind: 'none', reason };
  }
  const only = programs.length === 1 ? commands[0] : undefined;
  if (commands.some(({ name }) => name === 'smart-log'))
    return only && printsJson(only)
      ? { kind: 'smart' }
      : { kind: 'none', reason: 'its counters depend on how the recorded drive was used' };
  if (only && printsJson(only)) return { kind: 'json' };
  return { kind: programs.some(({ kind }) => kind === 'links') ? 'links' : 'bytes' };
}

function printsJson(command: NvmeCommand): boolean {
  return (command.values as { readonly 'output-format'?: string })['output-format'] === 'json';
}

/** Null when the outputs match; else what differs, in a word. */
export function differenceOf(
  kind: ComparisonKind,
  recorded: CommandOutput,
  simulated: CommandOutput,
): string | null {
  if (recorded.exit !== simulated.exit) return 'exit code';
  if (statusText(recorded.stderr) !== statusText(simulated.stderr)) return 'status text';
  switch (kind) {
    case 'bytes':
      return Buffer.compare(recorded.stdout, simulated.stdout) === 0 ? null : 'output';
    case 'links':
      return linkNames(recorded.stdout) === linkNames(simulated.stdout) ? null : 'link target';
    case 'json':
      return sameJson(recorded.stdout, simulated.stdout) ? null : 'JSON value';
    case 'smart':
      return sameJson(recorded.stdout, simulated.stdout, unused) ? null : 'JSON value';
  }
}

/**
 * The first line of standard error. What follows in a recording is help text and run times; what follows here is the
 * fix.
 */
function statusText(stderr: string): string {
  const plain = stripVTControlCharacters(stderr);
  const lines = plain.split('\n').filter((line) => !/^(real|user|sys) +\d+\.\d+$/.test(line));
  return lines[0] ?? '';
}

// How deep a function lies behind bridges is not part of the twin, so only the end of a link counts.
function linkNames(stdout: Uint8Array): string {
  const lines = Buffer.from(stdout).toString('utf8').split('\n');
  return lines.map((line) => line.split('/').at(-1)).join('\n');
}

/** Counters of a SMART log that tell how a drive was used before and during the recording, not what it is. */
const usage: ReadonlySet<string> = new Set([
  'data_units_read',
  'data_units_written',
  'host_read_commands',
  'host_write_commands',
  'controller_busy_time',
  'power_cycles',
  'power_on_hours',
  'unsafe_shutdowns',
  'num_err_log_entries',
]);

/** Keeps the keys and the kind of every counter, but not its value. */
function unused(key: string, value: unknown): unknown {
  return usage.has(key) ? typeof value : value;
}

function sameJson(
  recorded: Uint8Array,
  simulated: Uint8Array,
  reviver?: (key: string, value: unknown) => unknown,
): boolean {
  const [left, right] = [recorded, simulated].map((bytes) => Buffer.from(bytes).toString('utf8'));
  if (left === undefined || right === undefined || left.trim() === '' || right.trim() === '')
    return left === right;
  try {
    return isDeepStrictEqual(JSON.parse(left, reviver), JSON.parse(right, reviver));
  } catch {
    return left === right;
  }
}
