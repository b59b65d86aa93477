/** What is known about an error that a tool prints: in plain English, each part with at least one sentence. */
export interface Explanation {
  /** Unique; stays the same when the words change. */
  readonly id: string;
  /** What happened, seen from the program that printed it. */
  readonly meaning: string;
  /**
   * Which version of what, or which property of the device, decides whether it happens. A version with `about` before it is
   * general knowledge; every other one is in the history, the release or the documentation of its project.
   */
  readonly decidedBy: readonly string[];
  /** Commands and files that tell which of the causes it is. */
  readonly lookAt: readonly string[];
  readonly remedy: readonly string[];
  /** Where it is known from: specification, source file, public report. */
  readonly sources: readonly string[];
}

/** An explanation of words that a program prints. */
export interface KnownText extends Explanation {
  /** Looked for in one line without colours, so it must not be anchored to its beginning. */
  readonly text: RegExp;
  /**
   * What must stand in the same line or shortly before it, because the words alone (`Device or resource busy`) mean
   * different things. Left out: nothing.
   */
  readonly near?: RegExp;
}

/** An explanation of an NVMe status. */
export interface KnownStatus extends Explanation {
  /** Status Code Type and Status Code. */
  readonly status: readonly [sct: number, sc: number];
  /** The nvme-cli commands that it is about; left out: any. */
  readonly commands?: RegExp;
}
