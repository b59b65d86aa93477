/** One start of a program, in milliseconds since the command was started. */
export interface Start {
  readonly firstContentfulPaint: number;
  /** When the page marked that the topology can be used; null for a program without one. */
  readonly interactive: number | null;
  /** Megabytes of all processes once the program has been left alone for a while. */
  readonly memory: number;
}
export interface Starts {
  readonly program: readonly Start[];
  readonly bare: readonly Start[];
}
/**
 * Starts the program and a bare window in turn, so that whatever else the machine does hits both alike. The times are
 * those that the page itself recorded (paint timing and a mark, on the system clock); they are only read later,
 * through Chromium's remote debugging. The first start of each fills caches and data folder and does not count.
 */
export declare function measureStarts(): Promise<Starts>;
/** The same for `npm start` where all set-up is done; the bare window is opened without npm. */
export declare function measureNpmStarts(): Promise<Starts>;
