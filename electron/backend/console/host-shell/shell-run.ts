import type { ScriptUnit } from './script/script-units.ts';
import type { ShellBounds } from './shell-limits.ts';
import type { ShellOutput } from './shell-outputs.ts';

/** How one unit of a script ended. */
export interface UnitEnd {
  readonly unit: ScriptUnit;
  readonly exit: number;
  /** The unit had a word that makes no sense: an unknown command, option or value. */
  readonly misunderstood: boolean;
}

export interface RunListener {
  onOutput(output: ShellOutput): void;
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
  /** Left out: those of a script. */
  readonly bounds?: Partial<ShellBounds>;
}
