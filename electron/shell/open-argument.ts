import path from 'node:path';

/**
 * The source that a command line names: its first argument that is no option, or null. A packaged program is followed
 * by its arguments; from a folder, Electron's own options and the program's path stand before them.
 */
export function sourceOfArguments(
  argv: readonly string[],
  program: { readonly packaged: boolean; readonly path: string },
  workingDirectory: string,
): string | null {
  const own = argv.findIndex(
    (word, index) => index > 0 && path.resolve(workingDirectory, word) === program.path,
  );
  const words = argv.slice(program.packaged ? 1 : own === -1 ? argv.length : own + 1);
  return words.find((word) => !word.startsWith('-')) ?? null;
}
