import type { SimpleCommand } from '#shared/console/console-line.ts';
import { type CommandOutput, joined, printed, refused } from './command-output.ts';
import type { ConsoleHost } from './console-host.ts';

/** The C library's text of an error number, as a shell prints it. */
const errorTexts: Readonly<Record<string, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  EIO: 'Input/output error',
  EAGAIN: 'Resource temporarily unavailable',
  ENOMEM: 'Cannot allocate memory',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  ENODEV: 'No such device',
  EINVAL: 'Invalid argument',
  ENOTTY: 'Inappropriate ioctl for device',
  ENOSPC: 'No space left on device',
  ERANGE: 'Numerical result out of range',
  EOPNOTSUPP: 'Operation not supported',
  ETIMEDOUT: 'Connection timed out',
};

/** `echo VALUE > PATH` as busybox' shell does it in the lab. */
export async function executeWrite(host: ConsoleHost, path: string, value: string): Promise<CommandOutput> {
  if (!path.startsWith('/sys/'))
    return refused(
      `sh: can't create ${path}: the console writes to /sys only\nWrite to /sys/bus/pci/… instead`,
    );
  const outcome = await host.writeSysfs(path, value);
  if (outcome.ok) return printed('');
  const text = errorTexts[outcome.errno] ?? outcome.errno;
  // Opening fails where there is no such attribute or folder; everything else is the attribute's own refusal.
  if (outcome.errno === 'EACCES') return refused(`sh: can't create ${path}: ${text}`);
  if (outcome.errno === 'ENOENT' && !path.endsWith('/sriov_numvfs'))
    return refused(`sh: can't create ${path}: nonexistent directory`);
  return refused(`sh: write error: ${text}`);
}

/** `cat PATH…` and `readlink PATH` */
export async function executeRead(
  host: ConsoleHost,
  command: Extract<SimpleCommand, { kind: 'cat' | 'readlink' }>,
): Promise<CommandOutput> {
  if (command.kind === 'readlink') {
    const target = await host.readSysfsLink(command.path);
    // readlink is silent about what is not a link.
    return target.ok ? printed(`${target.value}\n`) : { ...printed(''), exit: 1 };
  }
  const outputs: CommandOutput[] = [];
  for (const path of command.paths) {
    const text = await host.readSysfs(path);
    outputs.push(
      text.ok ? printed(text.value) : refused(`cat: can't open '${path}': No such file or directory`),
    );
  }
  const failed = outputs.some((output) => output.exit !== 0);
  return { ...joined(outputs), exit: failed ? 1 : 0 };
}
