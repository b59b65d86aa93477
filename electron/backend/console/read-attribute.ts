import type { ConsoleHost } from './console-host.ts';

/** What an attribute of `/sys` says, without its line end; empty where it cannot be read. */
export function readAttribute({ sysfs }: Pick<ConsoleHost, 'sysfs'>, path: string): string {
  const read = sysfs.read(path);
  return read.ok ? read.text.trimEnd() : '';
}
