import type { Result } from '#shared/result.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import type { NamespaceDevice } from '../hosts/simulated/host/namespace-devices.ts';
import type { AnswerTimeout } from '../nvme/ask-controller.ts';
import type { CommandOutput } from './command-output.ts';
import type { SimulationCommand } from './grammar/console-command.ts';

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
      /** Why, in a sentence's part; a kernel says it in its log, if at all. */
      readonly reason: string;
    };

/** The files below `/sys`; paths go through links as in Linux. */
export interface ConsoleSysfs {
  /** The text of a file with its line end, or why not, as `strerror` words it. */
  read(
    path: string,
  ): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };
  /** Where a link leads, as it is written; null for what is not a link. */
  readLink(path: string): string | null;
  /** The path without links on the way; null where there is nothing. */
  canonical(path: string): string | null;
  /** What is there, a link followed; null where there is nothing. */
  kindOf(
    path: string,
  ):
    | { readonly kind: 'folder' }
    | { readonly kind: 'file'; readonly readable: boolean; readonly writable: boolean }
    | null;
  /** Names of what is in a folder, in the order of the alphabet; null for what is not a folder. */
  list(path: string): readonly string[] | null;
  /** Whether a file can be opened to write to it. */
  open(path: string): KernelAnswer;
}

/** A host that the console can work on: its queues, and the kernel's answers in its own words. */
export interface ConsoleHost {
  readonly connection: Pick<
    HostConnection,
    'adminQueue' | 'describe' | 'functions' | 'pci' | 'virtualMachines'
  >;
  /** How long one command may take, longer than its kernel gives it: whoever gives up first words the failure. */
  readonly timeout: AnswerTimeout;
  readonly sysfs: ConsoleSysfs;
  /** Block devices of the namespaces, and the controllers through which the host reaches each. */
  namespaces(): readonly NamespaceDevice[];
  /** Writes a text as `echo VALUE > PATH` does; `path` below `/sys`, through links as in Linux. */
  writeSysfs(path: string, text: string): Promise<KernelAnswer>;
  /** Lets so much of the host's time pass. */
  sleep(milliseconds: number): Promise<void>;
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
