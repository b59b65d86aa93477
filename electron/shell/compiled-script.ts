import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

/** Where the build puts V8's compiled code of a script. */
export function compiledFileOf(file: string): string {
  return `${file}.compiled`;
}

export interface LoadedScript {
  readonly exports: unknown;
  /** False where there is no compiled code, or that of another Electron: the script was compiled from its text. */
  readonly fromCompiled: boolean;
}

/**
 * Runs a script that is one function expression with the arguments of a CommonJS module, as `vite.backend.config.ts`
 * makes it. Node keeps no compiled code of modules in every Electron that Berth runs in, and compiling the backend
 * takes longer than running it.
 *
 * Compiled code is part of the program like the script itself: made by the build, in a package inside the archive
 * whose integrity is checked, and never written while the program runs. V8 refuses that of another version or of a
 * text of another length; only time is lost then.
 *
 * @throws what the script throws, and the error of reading it when it is not there
 */
export function loadScript(file: string): LoadedScript {
  const text = readFileSync(file, 'utf8');
  const cachedData = compiledCode(file);
  const script = new Script(text, {
    filename: file,
    ...(cachedData === null ? {} : { cachedData }),
  });
  const module = new Module(file);
  const require = createRequire(file);
  // Modules that it requires later require it in turn.
  require.cache[file] = module;
  script.runInThisContext()(module.exports, require, module, file, path.dirname(file));
  return { exports: module.exports, fromCompiled: script.cachedDataRejected === false };
}

function compiledCode(file: string): Buffer | null {
  try {
    return readFileSync(compiledFileOf(file));
  } catch {
    // A build without an Electron to compile with, or a platform where that failed.
    return null;
  }
}
