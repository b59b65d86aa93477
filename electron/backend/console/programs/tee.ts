import { refused } from '../command-output.ts';
import type { HostProgram, ProgramCall } from './program.ts';
import { fileWords } from './program-files.ts';

/** `tee [-a] [FILE]…` */
export const teeProgram: HostProgram = async (call) => {
  const append = call.args.some((word) => /^-[ip]*a[aip]*$|^--append$/.test(word));
  const paths = call.args.filter((word) => !word.startsWith('-'));
  const stdout = Uint8Array.from(call.stdin(), (character) => character.charCodeAt(0));
  const failures: string[] = [];
  for (const path of paths) {
    const words = await failureOf(call, call.files.resolvePath(call.cwd, path), stdout, append);
    if (words !== null) failures.push(`tee: ${path}: ${words}\n`);
  }
  if (failures.length === 0) return { exit: 0, stdout, stderr: '' };
  return { ...refused(failures.join('')), stdout };
};

async function failureOf(
  { host, files, beforeEffect }: ProgramCall,
  path: string,
  bytes: Uint8Array,
  append: boolean,
): Promise<string | null> {
  if (path.startsWith('/sys/')) {
    await beforeEffect();
    const answer =
      bytes.length === 0
        ? host.sysfs.open(path)
        : await host.writeSysfs(path, new TextDecoder().decode(bytes));
    if (answer.ok) return null;
    return answer.reason.includes(path) || answer.reason === ''
      ? answer.text
      : `${answer.text}\n${answer.reason}`;
  }
  try {
    if (append) await files.appendFile(path, bytes);
    else await files.writeFile(path, bytes);
    return null;
  } catch (error) {
    return fileWords(error);
  }
}
