import type { NvmeFunction } from '../../hosts/host-connection.ts';
import { type CommandOutput, joined, printed, refused } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import type { SimpleCommand } from '../grammar/console-line.ts';
import { readSysfs, readSysfsLink } from './read-sysfs.ts';

/** `echo VALUE > PATH`, worded as the lab's shell (busybox) does. */
export async function executeWrite(host: ConsoleHost, path: string, value: string): Promise<CommandOutput> {
  if (!path.startsWith('/sys/'))
    return refused(
      `sh: can't create ${path}: the console writes to /sys only\nWrite to /sys/bus/pci/devices/<address>/… instead`,
    );
  const functions = await host.connection.functions();
  if (!functions.ok) return refused(functions.error.message);
  const answer = await host.writeSysfs(canonicalPath(path, functions.value), value);
  if (answer.ok) return printed('');
  if (answer.stage === 'write') return refused(`sh: write error: ${answer.text}`);
  const text = answer.errno === 'ENOENT' ? 'nonexistent directory' : answer.text;
  return refused(`sh: can't create ${path}: ${text}`);
}

/** Follows the links of sysfs that people use: a device's PCI function, and a function's driver. */
function canonicalPath(path: string, functions: readonly NvmeFunction[]): string {
  const [, deviceName, below] = /^\/sys\/class\/nvme\/(nvme\d+)\/device\/(.+)$/.exec(path) ?? [];
  const named = functions.find((known) => known.deviceName === deviceName);
  const direct = named === undefined ? path : `/sys/bus/pci/devices/${named.address}/${below}`;
  const [, address, file] = /^\/sys\/bus\/pci\/devices\/([^/]+)\/driver\/([^/]+)$/.exec(direct) ?? [];
  const bound = functions.find((known) => known.address === address);
  return bound?.driver == null ? direct : `/sys/bus/pci/drivers/${bound.driver}/${file}`;
}

/** `cat PATH…` and `readlink PATH` */
export async function executeRead(
  host: ConsoleHost,
  command: Extract<SimpleCommand, { kind: 'cat' | 'readlink' }>,
): Promise<CommandOutput> {
  if (command.kind === 'readlink') {
    const target = await readSysfsLink(host.connection, command.path);
    // readlink is silent about what is not a link.
    return target === null ? { ...printed(''), exit: 1 } : printed(`${target}\n`);
  }
  const outputs: CommandOutput[] = [];
  for (const path of command.paths) {
    const text = await readSysfs(host, path);
    outputs.push(
      text === null ? refused(`cat: can't open '${path}': No such file or directory`) : printed(`${text}\n`),
    );
  }
  return { ...joined(outputs), exit: outputs.some((output) => output.exit !== 0) ? 1 : 0 };
}
