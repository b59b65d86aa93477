import type { HostConnection } from '../hosts/host-connection.ts';

/** What the kernel answers to a write into sysfs. */
export type SysfsAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Whether opening the file failed or writing to it: shells word the two differently. */
      readonly stage: 'open' | 'write';
      /** `ERANGE`, `EBUSY`, … */
      readonly errno: string;
      /** As `strerror` words it. */
      readonly text: string;
    };

/** A host that the console can work on: its queues, and writes into sysfs as text. */
export interface ConsoleHost {
  readonly connection: HostConnection;
  /** Writes a value as `echo VALUE > PATH` does; `path` below `/sys/bus/pci`. */
  writeSysfs(path: string, value: string): Promise<SysfsAnswer>;
}
