import { type CommandOutput, joined, printed, refused } from '../command-output.ts';
import { bytesOfLatin1 } from '../host-shell/bytes-and-text.ts';
import type { HostProgram } from './program.ts';
import { fileRefusal, fileWords } from './program-files.ts';

/** `cat [FILE|-]…` */
export const catProgram: HostProgram = async ({ args, files, cwd, stdin }) => {
  const numbers = args.includes('-n');
  const paths = args.filter((word) => word === '-' || !word.startsWith('-'));
  const unknown = args.find((word) => /^-./.test(word) && !/^-[nuvetA]+$/.test(word) && word !== '--');
  if (unknown !== undefined) return refused(`cat: invalid option -- '${unknown.replace(/^-+/, '')}'`);
  const outputs: CommandOutput[] = [];
  for (const path of paths.length === 0 ? ['-'] : paths) {
    try {
      const bytes =
        path === '-' ? bytesOfLatin1(stdin()) : await files.readFileBuffer(files.resolvePath(cwd, path));
      outputs.push({ exit: 0, stdout: bytes, stderr: '' });
    } catch (error) {
      outputs.push(refused(`cat: can't open '${path}': ${fileWords(error)}`, 1, '', fileRefusal(error)));
    }
  }
  const all = { ...joined(outputs), exit: outputs.some((output) => output.exit !== 0) ? 1 : 0 };
  if (!numbers) return all;
  const lines = new TextDecoder().decode(all.stdout).replace(/\n$/, '').split('\n');
  const text = lines.map((line, index) => `${String(index + 1).padStart(6)}\t${line}\n`).join('');
  return { ...all, ...printed(text), stderr: all.stderr, exit: all.exit };
};
