import type { Problem } from '#shared/fleet/schema.ts';
import { type BerthError, type Result, succeed } from '#shared/result.ts';
import type { CaptureStorage } from '../../hosts/capture/storage/capture-storage.ts';
import type { CommandOutput } from '../command-output.ts';
import { isNvmeCommandName } from '../commands/table.ts';
import type { ConsoleHost } from '../console-host.ts';
import { openShell } from '../host-shell/open-shell.ts';
import { runLine } from '../host-shell/run-line.ts';
import type { Shell } from '../host-shell/shell.ts';
import { type Comparability, comparabilityOf, differenceOf } from './compare-output.ts';
import { notSimulatedReason } from './not-simulated.ts';
import { type RecordedCommand, readRecordedCommands, readRecordedText } from './recorded-commands.ts';
import { type RecordedProgram, recordedPrograms } from './recorded-programs.ts';

/** One line of `commands.tsv` after its replay. */
export type ReplayedLine = { readonly recorded: RecordedCommand } & (
  | { readonly outcome: 'matched' }
  | {
      readonly outcome: 'different';
      /** What differs: `exit code`, `status text`, `output`, `JSON value`, `link target`. */
      readonly difference: string;
      readonly expected: CommandOutput;
      readonly actual: CommandOutput;
    }
  | { readonly outcome: 'not-compared'; readonly reason: string }
);

export interface Replay {
  readonly lines: readonly ReplayedLine[];
  readonly matched: number;
  readonly different: number;
  readonly notCompared: number;
  readonly problems: readonly Problem[];
}

export interface ReplayOptions {
  /** The capture's files. */
  readonly storage: CaptureStorage;
  /** Where they are, for messages. */
  readonly place: string;
  /** The snapshot that the simulated host was made from: the first one. */
  readonly snapshot: string;
  readonly host: ConsoleHost;
  /** Namespaces that the capture lists but describes nowhere, by `<subsystem NQN>#<NSID>`. */
  readonly undescribed: ReadonlySet<string>;
  /** Lets the host's time pass between two lines, as it did when they were recorded. */
  readonly betweenLines: () => Promise<void>;
}

/**
 * Runs every line of a capture's `commands.tsv` on its simulated twin and compares what it prints with what was
 * recorded. Lines from before the twin's snapshot have already had their effect and are not run again.
 */
export async function replayCapture(options: ReplayOptions): Promise<Result<Replay>> {
  const recorded = await readRecordedCommands(options.storage, options.place);
  if (!recorded.ok) return recorded;
  const { commands, problems } = recorded.value;
  const start = commands.findIndex(({ file }) => file.startsWith(`${options.snapshot}/`));
  const shell = await openShell(options.host);
  const lines: ReplayedLine[] = [];
  for (const [index, command] of commands.entries()) {
    if (index < start) {
      const reason = `it ran before the snapshot ${options.snapshot}, which the twin starts from`;
      lines.push({ recorded: command, outcome: 'not-compared', reason });
      continue;
    }
    lines.push(await replayLine(options, shell, command));
    await options.betweenLines();
  }
  shell.close();
  const count = (outcome: ReplayedLine['outcome']) => lines.filter((line) => line.outcome === outcome).length;
  return succeed({
    lines,
    matched: count('matched'),
    different: count('different'),
    notCompared: count('not-compared'),
    problems,
  });
}

async function replayLine(
  options: ReplayOptions,
  shell: Shell,
  recorded: RecordedCommand,
): Promise<ReplayedLine> {
  const line = await recordedPrograms(shell, recorded.command);
  if (!line.ok && !isOptionError(line.error))
    return { recorded, outcome: 'not-compared', reason: notSimulatedReason(recorded.command, line.error) };
  // It runs even where its output is not compared: later lines may depend on its effect.
  const actual = await runLine(shell, recorded.command);
  const comparability: Comparability = line.ok ? comparabilityOf(line.value) : { kind: 'bytes' };
  if (comparability.kind === 'none')
    return { recorded, outcome: 'not-compared', reason: comparability.reason };
  const undescribed = line.ok ? await undescribedNamespace(options, shell, line.value) : null;
  if (undescribed !== null) return { recorded, outcome: 'not-compared', reason: undescribed };
  const expected = await recordedOutput(options.storage, recorded);
  if (expected === null)
    return { recorded, outcome: 'not-compared', reason: `its recorded output ${recorded.file} is missing` };
  const difference = differenceOf(comparability.kind, expected, actual);
  return difference === null
    ? { recorded, outcome: 'matched' }
    : { recorded, outcome: 'different', difference, expected, actual };
}

/** nvme-cli's own refusal of an option: its words are compared like those of a device. */
function isOptionError(error: BerthError): boolean {
  const command = /^nvme (\S+)$/.exec(error.object ?? '')?.[1] ?? '';
  return isNvmeCommandName(command) && /^Expected |: unrecognized option /.test(error.message);
}

/** Why Identify data of a namespace cannot be compared; null when the twin knows it, or when it is not attached. */
async function undescribedNamespace(
  options: ReplayOptions,
  shell: Shell,
  programs: readonly RecordedProgram[],
): Promise<string | null> {
  for (const program of programs) {
    if (program.kind !== 'nvme' || program.command.name !== 'id-ns') continue;
    const { command } = program;
    const nsid = command.values['namespace-id'] ?? command.device.namespace;
    const read = options.host.sysfs.read(`/sys/class/nvme/${command.device.name}/subsysnqn`);
    const nqn = read.ok ? read.text.trimEnd() : null;
    if (!options.undescribed.has(`${nqn}#${nsid}`)) continue;
    const attached = await runLine(shell, `nvme list-ns ${command.device.text} -n ${nsid} -o json`);
    const isAttached = Buffer.from(attached.stdout).toString('utf8').includes(`"nsid":${nsid}\n`);
    if (isAttached || command.values.force)
      return `the capture does not describe namespace ${nsid} of ${nqn}`;
  }
  return null;
}

async function recordedOutput(
  storage: CaptureStorage,
  recorded: RecordedCommand,
): Promise<CommandOutput | null> {
  const stdout = await storage.read(recorded.file);
  const stderr =
    recorded.stderrFile === '' ? succeed('') : await readRecordedText(storage, recorded.stderrFile);
  return stdout.ok && stderr.ok ? { exit: recorded.exit, stdout: stdout.value, stderr: stderr.value } : null;
}
