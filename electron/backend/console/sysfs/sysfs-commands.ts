import { type CommandOutput, joined, printed, refused } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';

/** Writes a text to a file of the host, worded as the lab's shell (busybox) does. */
export async function executeWrite(host: ConsoleHost, path: string, text: string): Promise<CommandOutput> {
  if (!path.startsWith('/sys/'))
    return refused(
      `sh: can't create ${path}: the console writes to /sys only\nWrite to /sys/bus/pci/devices/<address>/… instead`,
    );
  // A shell that prints nothing writes nothing.
  if (text === '') return printed('');
  const answer = await host.writeSysfs(path, text);
  if (answer.ok) return printed('');
  const reason = answer.reason.includes(path) ? '' : `\n${answer.reason}`;
  if (answer.stage === 'write') return refused(`sh: write error: ${answer.text}${reason}`);
  const words = answer.errno === 'ENOENT' ? 'nonexistent directory' : answer.text;
  return refused(`sh: can't create ${path}: ${words}${reason}`);
}

/** `cat PATH…` */
export function printFiles(host: ConsoleHost, paths: readonly string[]): CommandOutput {
  const outputs = paths.map((path) => {
    const answer = host.sysfs.read(path);
    return answer.ok ? printed(answer.text) : refused(`cat: can't open '${path}': ${answer.error}`);
  });
  return { ...joined(outputs), exit: outputs.some((output) => output.exit !== 0) ? 1 : 0 };
}
