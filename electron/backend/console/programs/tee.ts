import type { Refusal } from '../../hosts/refusal.ts';
import { type CommandOutput, joined, refused } from '../command-output.ts';
import { bytesOfLatin1 } from '../host-shell/bytes-and-text.ts';
import type { HostProgram, ProgramCall } from './program.ts';
import { fileRefusal, fileWords } from './program-files.ts';

/** `tee [-a] [FILE]…` */
export const teeProgram: HostProgram = async (call) => {
  const append = call.args.some((word) => /^-[ip]*a[aip]*$|^--append$/.test(word));
  const paths = call.args.filter((word) => !word.startsWith('-'));
  const stdout = bytesOfLatin1(call.stdin());
  const failures: CommandOutput[] = [];
  for (const path of paths) {
    const failure = await failureOf(call, call.files.resolvePath(call.cwd, path), stdout, append);
    if (failure !== null) failures.push(refused(`tee: ${path}: ${failure.words}`, 1, '', failure.refusal));
  }
  if (failures.length === 0) return { exit: 0, stdout, stderr: '' };
  return { ...joined(failures), stdout };
};

interface Failure {
  /** As `strerror` words it. */
  readonly words: string;
  readonly refusal: Refusal | undefined;
}

async function failureOf(
  { host, files, beforeEffect }: ProgramCall,
  path: string,
  bytes: Uint8Array,
  append: boolean,
): Promise<Failure | null> {
  if (path.startsWith('/sys/')) {
    await beforeEffect();
    const answer =
      bytes.length === 0
        ? host.sysfs.open(path)
        : await host.writeSysfs(path, new TextDecoder().decode(bytes));
    return answer.ok ? null : { words: answer.text, refusal: answer.refusal };
  }
  try {
    if (append) await files.appendFile(path, bytes);
    else await files.writeFile(path, bytes);
    return null;
  } catch (error) {
    return { words: fileWords(error), refusal: fileRefusal(error) };
  }
}
