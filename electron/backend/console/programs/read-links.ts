import { type CommandOutput, joined, printed, refused } from '../command-output.ts';
import type { ConsoleSysfs } from '../console-host.ts';

/** Options that do here what they do there; of readlink `-q` and `-s` are how it is anyway. */
const options = { readlink: 'efnqs', realpath: 'e' } as const;

/** `readlink [-f|-e] [-n] PATH…` and `realpath PATH…` on the files of a host. */
export function readLinks(
  sysfs: ConsoleSysfs,
  program: 'readlink' | 'realpath',
  words: readonly string[],
): CommandOutput {
  const given = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  const isOption = (word: string) => /^-[a-z]/.test(word);
  const paths = [...given.filter((word) => !isOption(word)), ...words.slice(given.length + 1)];
  const letters = new Set(given.filter(isOption).flatMap((word) => [...word.slice(1)]));
  const known = options[program];
  const unknown = [...letters].find((letter) => !known.includes(letter));
  if (unknown !== undefined)
    return refused(
      `${program}: invalid option -- '${unknown}'\nIts options here are ${[...known].map((letter) => `-${letter}`).join(', ')}`,
    );
  if (paths.length === 0) return refused(`${program}: missing operand\nWrite ${program} /sys/…`);
  const whole = program === 'realpath' || letters.has('f') || letters.has('e');
  const outputs = paths.map((path): CommandOutput => {
    const target = whole ? wholePath(sysfs, path, !letters.has('e')) : sysfs.readLink(path);
    if (target !== null) return printed(letters.has('n') ? target : `${target}\n`);
    // readlink is silent about what is not a link.
    return program === 'readlink'
      ? { ...printed(''), exit: 1 }
      : refused(`realpath: ${path}: No such file or directory`);
  });
  return { ...joined(outputs), exit: outputs.some(({ exit }) => exit !== 0) ? 1 : 0 };
}

/** The last part of a path may be missing, unless everything must exist. */
function wholePath(sysfs: ConsoleSysfs, path: string, mayMiss: boolean): string | null {
  const found = sysfs.canonical(path);
  if (found !== null || !mayMiss) return found;
  const slash = path.replace(/\/+$/, '').lastIndexOf('/');
  const folder = slash > 0 ? sysfs.canonical(path.slice(0, slash)) : null;
  return folder === null ? null : `${folder}/${path.slice(slash + 1)}`;
}
