import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { ArchiveFault, MissingProgram } from './archive-fault.ts';

/** Programs of the system that unpack what Node does not, with the option `-dc` that both have. */
export const unpackingPrograms = ['xz', 'bzip2'] as const;
export type UnpackingProgram = (typeof unpackingPrograms)[number];

/** MiB that xz may take, several times what its strongest preset asks for; an archive can ask for 4 GiB. */
const mostMemory = 512;

/** Characters of what the program says of itself; the first line is shown. */
const longestSaid = 4096;

/**
 * The unpacked bytes of packed ones, by a program of the system: the bytes go to its standard input, no file is named to it,
 * and no shell stands between. It ends when the reading ends, also in the middle. Where it says that something is wrong this
 * throws, after what it unpacked until then.
 */
export async function* throughProgram(
  program: UnpackingProgram,
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const place = await placeOf(program);
  if (place === null) throw new MissingProgram(program);
  const child = spawn(place, ['-dc'], { argv0: program, env: environment(), windowsHide: true });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const closed = new Promise<string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  const failed = await new Promise<Error | null>((resolve) => {
    child.once('spawn', () => resolve(null)).once('error', resolve);
  });
  if (failed !== null) throw new ArchiveFault(`${program} could not be started: ${failed.message}`);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < longestSaid) said += text;
  });
  let notRead: { readonly cause: unknown } | null = null;
  const read = async function* () {
    try {
      yield* packed;
    } catch (cause) {
      notRead = { cause };
      throw cause;
    }
  };
  // Where the program ends before it has read everything, its exit code says whether that is a fault.
  pipeline(read(), child.stdin, () => undefined);
  try {
    for await (const piece of child.stdout) yield piece as Uint8Array;
    const end = await closed;
    if (notRead !== null) throw (notRead as { readonly cause: unknown }).cause;
    if (end === null) return;
    if (/memory usage limit/i.test(said))
      throw new ArchiveFault(`${program} needs more than ${mostMemory} MiB of memory to unpack it`);
    throw new Error(`${program} ended with ${end}: ${firstLine(said)}`);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** Where a program is, by PATH; never in the folder that somebody happens to be in. null: nowhere. */
async function placeOf(program: UnpackingProgram): Promise<string | null> {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const place = path.join(folder, name);
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place;
  }
  return null;
}

/**
 * Both programs take options from the environment too: what stands there for other work does not count here. As options of
 * the environment these reach xz of every version, and another program of its name does not stumble over them.
 */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LC_ALL: 'C',
    // From 5.4 on, blocks that were packed apart, as `sos report` packs them, are unpacked side by side.
    XZ_DEFAULTS: `--threads=0 --memlimit-decompress=${mostMemory}MiB`,
    XZ_OPT: '',
    BZIP: '',
    BZIP2: '',
  };
}

function firstLine(said: string): string {
  const line = said.split('\n').find((one) => one.trim() !== '') ?? '';
  return line.trim().slice(0, 200);
}
