import type { Result } from '#shared/result.ts';
import type { HostConnection } from '../hosts/host-connection.ts';

/** What the kernel answers to a write into sysfs: nothing, or an error number by name and its text. */
export type SysfsWriteOutcome =
  | { readonly ok: true }
  /** `ERANGE`, `EBUSY`, `ENODEV`, `EACCES` (no such attribute), `ENOENT` (no such folder), … */
  | { readonly ok: false; readonly errno: string };

/** A host that the console can work on: its queues, and sysfs as text. */
export interface ConsoleHost {
  readonly connection: HostConnection;
  /** Writes a value as `echo VALUE > PATH` does. */
  writeSysfs(path: string, value: string): Promise<SysfsWriteOutcome>;
  /** Text of an attribute with its line end; a failure is `not-found`. */
  readSysfs(path: string): Promise<Result<string>>;
  /** Target of a link as `readlink` prints it, without a line end; `not-found` when there is none. */
  readSysfsLink(path: string): Promise<Result<string>>;
}
