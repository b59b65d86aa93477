import path from 'node:path';
import type { Problem } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { decodeText } from '../../files/decode-text.ts';
import type { CaptureStorage } from '../../hosts/capture/storage/capture-storage.ts';
import { inTurns } from '../../in-turns.ts';

/** One line of a capture's `commands.tsv`: a command that ran, how it ended, and where its output was kept. */
export interface RecordedCommand {
  /** 1-based line in `commands.tsv`. */
  readonly line: number;
  /** File of its standard output inside the capture. */
  readonly file: string;
  readonly exit: number;
  /** File of its standard error; empty when there was none. */
  readonly stderrFile: string;
  readonly command: string;
}

export interface RecordedCommands {
  readonly commands: readonly RecordedCommand[];
  readonly problems: readonly Problem[];
}

const fileName = 'commands.tsv';

/** A recorded file as text. */
export async function readRecordedText(storage: CaptureStorage, file: string): Promise<Result<string>> {
  const read = await storage.read(file);
  return read.ok ? succeed(await inTurns(decodeText(read.value, true))) : read;
}

/** Reads `commands.tsv`; lines of another form become problems. `place`: how people know the capture. */
export async function readRecordedCommands(
  storage: CaptureStorage,
  place: string,
): Promise<Result<RecordedCommands>> {
  const read = await readRecordedText(storage, fileName);
  if (!read.ok && read.error.code !== 'not-found') return read;
  if (!read.ok)
    return fail('invalid-file', `${place} has no ${fileName}, so there is nothing to replay`, {
      object: path.join(place, fileName),
      fix: 'Choose a capture that was recorded with its commands',
    });
  const text = read.value;
  const commands: RecordedCommand[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || (index === 0 && line.startsWith('file\t'))) continue;
    const [file = '', exit = '', stderrFile = '', ...rest] = line.split('\t');
    if (rest.length !== 1 || !/^\d{1,3}$/.test(exit) || !isInside(file) || !isInside(stderrFile)) {
      problems.push({
        source: fileName,
        field: `line ${index + 1}`,
        message: 'The line is not file, exit, stderr_file and command, separated by tabs',
        fix: 'Record the capture again, or remove the line',
      });
      continue;
    }
    const command = (rest[0] ?? '').trim();
    commands.push({ line: index + 1, file, exit: Number(exit), stderrFile, command });
  }
  return succeed({ commands, problems });
}

/** A capture must not make Berth read files outside of its folder. */
function isInside(file: string): boolean {
  return !path.isAbsolute(file) && !path.normalize(file).startsWith('..');
}
