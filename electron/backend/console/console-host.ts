import type { Result } from '#shared/result.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import type { AnswerTimeout } from '../nvme/ask-controller.ts';
import type { CommandOutput } from './command-output.ts';
import type { SimulationCommand } from './grammar/console-line.ts';

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
  /** How long one command may take, longer than its kernel gives it: whoever gives up first words the failure. */
  readonly timeout: AnswerTimeout;
  /** Writes a value as `echo VALUE > PATH` does; `path` below `/sys/bus/pci`. */
  writeSysfs(path: string, value: string): Promise<KernelAnswer>;
  /** Controller reset of `nvme0`, as `nvme reset` asks the driver for it. */
  resetDevice(device: string): Promise<KernelAnswer>;
  /** NVM subsystem reset through `nvme0`. */
  resetSubsystemOfDevice(device: string): Promise<KernelAnswer>;
  /** The controller's properties, by nvme-cli's name; null where nothing maps them. */
  registers(device: string): Readonly<Record<string, bigint>> | null;
  /** What can happen to a simulated host; absent where the host is real. */
  simulate?(command: SimulationCommand): Promise<CommandOutput>;
  /** Files that lines name; absent where lines must not touch files. */
  readonly files?: ConsoleFiles;
}

/** Files for data that goes into commands or comes out of them. */
export interface ConsoleFiles {
  read(path: string): Promise<Result<Uint8Array>>;
  write(path: string, bytes: Uint8Array): Promise<Result<void>>;
}
