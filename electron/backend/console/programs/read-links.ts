import { type CommandOutput, joined, printed, refused } from '../command-output.ts';
import type { HostProgram, ProgramCall } from './program.ts';

/** Options that do here what they do there; of readlink `-q` and `-s` are how it is anyway. */
const optionLetters = { readlink: 'efnqs', realpath: 'e' } as const;

/** `readlink [-f|-e] [-n] PATH…` and `realpath PATH…` on the files of a host. */
export function readLinksProgram(program: 'readlink' | 'realpath'): HostProgram {
  return async (call) => {
    const words = call.args;
    const given = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
    const options = given.filter((word) => /^-[a-z]/.test(word));
    const paths = [...given.filter((word) => !options.includes(word)), ...words.slice(given.length + 1)];
    const letters = new Set(options.flatMap((word) => [...word.slice(1)]));
    const known = optionLetters[program];
    const unknown = [...letters].find((letter) => !known.includes(letter));
    if (unknown !== undefined)
      return refused(
        `${program}: invalid option -- '${unknown}'\nIts options here are ${[...known].map((letter) => `-${letter}`).join(', ')}`,
        1,
      );
    if (paths.length === 0) return refused(`${program}: missing operand\nWrite ${program} /sys/…`, 1);
    const whole = program === 'realpath' || letters.has('f') || letters.has('e');
    const outputs: CommandOutput[] = [];
    for (const path of paths) {
      const target = whole ? await wholePath(call, path, !letters.has('e')) : await linkTarget(call, path);
      if (target !== null) outputs.push(printed(letters.has('n') ? target : `${target}\n`));
      // readlink is silent about what is not a link.
      else if (program === 'readlink') outputs.push({ ...printed(''), exit: 1 });
      else outputs.push(refused(`realpath: ${path}: No such file or directory`));
    }
    return { ...joined(outputs), exit: outputs.some(({ exit }) => exit !== 0) ? 1 : 0 };
  };
}

async function linkTarget({ files, cwd }: ProgramCall, path: string): Promise<string | null> {
  return files.readlink(files.resolvePath(cwd, path)).catch(() => null);
}

/** The last part of a path may be missing, unless everything must exist. */
async function wholePath(
  { files, cwd }: ProgramCall,
  given: string,
  mayMiss: boolean,
): Promise<string | null> {
  const path = files.resolvePath(cwd, given);
  const found = await files.realpath(path).catch(() => null);
  if (found !== null || !mayMiss) return found;
  const slash = path.lastIndexOf('/');
  const folder = slash > 0 ? await files.realpath(path.slice(0, slash)).catch(() => null) : '';
  return folder === null ? null : `${folder}/${path.slice(slash + 1)}`;
}
