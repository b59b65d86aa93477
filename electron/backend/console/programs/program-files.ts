import { succeed } from '#shared/result.ts';
import type { ConsoleFiles, ConsoleHost } from '../console-host.ts';
import { FileError } from '../host-shell/files/file-error.ts';
import type { ProgramCall } from './program.ts';

/**
 * The host with the files that options of nvme name: those of the shell, and where it has none, those of whoever runs
 * the command line. What is written goes to both, so that later lines find it.
 */
export function hostWithFiles({ host, files, cwd }: ProgramCall): ConsoleHost {
  const own = host.files;
  if (own === undefined) return host;
  const both: ConsoleFiles = {
    read: async (given) => {
      const path = files.resolvePath(cwd, given);
      return (await files.exists(path)) ? succeed(await files.readFileBuffer(path)) : own.read(given);
    },
    write: async (given, bytes) => {
      await files.writeFile(files.resolvePath(cwd, given), bytes).catch(() => undefined);
      return own.write(given, bytes);
    },
  };
  return { ...host, files: both };
}

/** What a file that a program named could not be, in the words of `strerror`. */
export function fileWords(error: unknown): string {
  if (error instanceof FileError) return error.words;
  return error instanceof Error ? error.message : String(error);
}
