import type { HostConnection } from '../hosts/host-connection.ts';

/** What the kernel answers to a write into sysfs, or to a reset that a program asks for. */
export type KernelAnswer =
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

/** A host that the console can work on: its queues, and the kernel's answers in its own words. */
export interface ConsoleHost {
  readonly connection: Pick<HostConnection, 'functions' | 'adminQueue'>;
  /** Writes a value as `echo VALUE > PATH` does; `path` below `/sys/bus/pci`. */
  writeSysfs(path: string, value: string): Promise<KernelAnswer>;
  /** Controller reset of `nvme0`, as `nvme reset` asks the driver for it. */
  resetDevice(device: string): Promise<KernelAnswer>;
  /** NVM subsystem reset through `nvme0`. */
  resetSubsystemOfDevice(device: string): Promise<KernelAnswer>;
}
