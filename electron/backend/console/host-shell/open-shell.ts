import type { ConsoleHost } from '../console-host.ts';
import { bootFiles } from './files/boot-files.ts';
import { loadShellLibrary } from './script/shell-library.ts';
import { Shell } from './shell.ts';
import type { ShellOptions } from './shell-run.ts';

/** A shell on a host. The library behind it is loaded with the first one. */
export async function openShell(host: ConsoleHost, options: ShellOptions = {}): Promise<Shell> {
  const [library, files] = await Promise.all([loadShellLibrary(), bootFiles(host)]);
  return new Shell(library, host, files, options);
}
