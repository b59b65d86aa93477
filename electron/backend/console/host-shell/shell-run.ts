import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import type { ScriptUnit } from './script/script-units.ts';
import type { ShellBounds } from './shell-limits.ts';
import type { RefusalAtLine, ShellOutput } from './shell-outputs.ts';

/** How one unit of a script ended. */
export interface UnitEnd {
  readonly unit: ScriptUnit;
  readonly exit: number;
  /** The unit had a word that makes no sense: an unknown command, option or value. */
  readonly misunderstood: boolean;
  /** Everything that was refused in it, also where its words went elsewhere. */
  readonly refusals: readonly RefusalAtLine[];
}

export interface RunListener {
  onOutput(output: ShellOutput): void;
  /** Before a command on this line runs; awaited. It may be told more than once, but once with `begins`. */
  onLine?(line: number, begins: boolean): Promise<void> | void;
  /** Awaited before the next unit begins. */
  onUnit?(end: UnitEnd): Promise<void> | void;
}

/** How a text that was run came to its end. */
export type RunEnd =
  | { readonly kind: 'done'; readonly exit: number }
  /** By `exit`, or after a failure under `set -e`: the shell is over. */
  | { readonly kind: 'exited'; readonly exit: number }
  /** It would not have ended by itself, or was told to stop. Its variables are kept, what else it had is not. */
  | { readonly kind: 'stopped'; readonly line: number; readonly reason: string }
  /** Nothing of it has run. */
  | {
      readonly kind: 'not-a-script';
      readonly line: number;
      readonly message: string;
      /** More lines could make it one. */
      readonly unfinished: boolean;
    };

export interface ShellOptions {
  /** Lets time pass between two lines. */
  readonly betweenLines?: () => Promise<void>;
  /** The release of nvme-cli that `nvme` is; left out: the usual one. */
  readonly nvme?: NvmeCliRelease;
  /** Left out: those of a script. */
  readonly bounds?: Partial<ShellBounds>;
}

/** A text that a shell runs. */
export interface ShellJob {
  readonly units: readonly ScriptUnit[];
  readonly listener: RunListener;
  readonly signal: AbortSignal | undefined;
  /** Index of the unit that runs. */
  at: number;
  readonly resolve: (end: RunEnd) => void;
}
