import {
  lbaChangeInformation,
  entrySequenceAttributes as sequence,
  type UserDataMigrationEntry,
} from '../../nvme/layouts/tracking/user-data-migration-entry.ts';
import type { BlockRange } from './block-ranges.ts';

/** How a stretch of the log ends. */
export type LogEnd =
  /** More may come. */
  | 'open'
  /** The controller is suspended: nothing can come before it resumes. */
  | 'suspended'
  /** It was stopped, or there was no room left: what changed since is not in it. */
  | 'broken-off';

/** What a stretch of the log of user data says. */
export interface LogReading {
  /** Blocks that changed, by NSID, as they were told. */
  readonly changed: ReadonlyMap<number, readonly BlockRange[]>;
  /** NSIDs of namespaces of which every block changed. */
  readonly whole: ReadonlySet<number>;
  readonly end: LogEnd;
  /** Within it the log was begun anew, so something may be missing before that. */
  readonly beginsAnew: boolean;
}

/**
 * Puts entries of a user data migration queue together (NVM Command Set 1.1, 5.6), in the order in which they were posted. A
 * range that was deallocated is one that changed: its blocks read otherwise now.
 * @param isBegun entries of this log were read before
 */
export function readLog(entries: readonly UserDataMigrationEntry[], isBegun: boolean): LogReading {
  const changed = new Map<number, BlockRange[]>();
  const whole = new Set<number>();
  let end: LogEnd = 'open';
  let begun = isBegun;
  let beginsAnew = false;
  for (const { nsid, slba, nlb, entrySequence, changeInformation } of entries) {
    const last = endOf(entrySequence);
    // A log that was suspended lost nothing: nothing changed until it went on.
    if (begun && entrySequence === sequence.first && end !== 'suspended') beginsAnew = true;
    // What comes behind an end is another log; only the end of the last one counts, and a gap stays one.
    if (end === 'broken-off') beginsAnew = true;
    end = last ?? 'open';
    begun = true;
    if (changeInformation === lbaChangeInformation.wholeNamespace) whole.add(nsid);
    if (changeInformation !== lbaChangeInformation.range) continue;
    const from = Number(slba);
    const ranges = changed.get(nsid) ?? [];
    ranges.push({ from, to: from + nlb + 1 });
    changed.set(nsid, ranges);
  }
  return { changed, whole, end, beginsAnew };
}

function endOf(entrySequence: number): LogEnd | null {
  switch (entrySequence) {
    case sequence.lastStopped:
    case sequence.lastFull:
      return 'broken-off';
    case sequence.lastSuspended:
      return 'suspended';
    default:
      return null;
  }
}
