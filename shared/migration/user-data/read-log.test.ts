import { describe, expect, test } from 'vitest';
import {
  lbaChangeInformation as information,
  entrySequenceAttributes as sequence,
  type UserDataMigrationEntry,
} from '../../nvme/layouts/tracking/user-data-migration-entry.ts';
import { readLog } from './read-log.ts';

function entry(change: Partial<UserDataMigrationEntry>): UserDataMigrationEntry {
  return {
    ...{ nsid: 1, nlb: 0, slba: 0n, phase: 1, entrySequence: sequence.normal, deallocated: false },
    ...{ changeInformation: information.range, reserved: [] },
    ...change,
  };
}
const end = (entrySequence: number) => entry({ nsid: 0, entrySequence, changeInformation: information.none });
const first = entry({ entrySequence: sequence.first });

describe('entries of a log of user data', () => {
  test('name ranges by namespace, and NLB counts from 0', () => {
    const {
      changed,
      whole,
      end: how,
    } = readLog(
      [
        entry({ entrySequence: sequence.first, slba: 7n, nlb: 2 }),
        entry({ nsid: 3, slba: 100n, deallocated: true }),
        entry({ slba: 9n, nlb: 4 }),
      ],
      false,
    );
    expect(Object.fromEntries(changed)).toEqual({
      1: [
        { from: 7, to: 10 },
        { from: 9, to: 14 },
      ],
      3: [{ from: 100, to: 101 }],
    });
    expect([whole.size, how]).toEqual([0, 'open']);
  });

  test('say of a whole namespace that it changed, whatever range stands beside that', () => {
    const { changed, whole } = readLog(
      [entry({ nsid: 4, changeInformation: information.wholeNamespace })],
      true,
    );
    expect([...whole]).toEqual([4]);
    expect(changed.size).toBe(0);
  });

  test.each([
    ['suspended', [first, end(sequence.lastSuspended)], 'suspended', false],
    ['full', [first, end(sequence.lastFull)], 'broken-off', false],
    ['stopped', [end(sequence.lastStopped)], 'broken-off', false],
    ['begun again after a gap', [first, end(sequence.lastFull), first], 'open', true],
    ['begun again with no mark before', [first, first], 'open', true],
    ['resumed after it was suspended', [first, end(sequence.lastSuspended), first], 'open', false],
    [
      'suspended after a gap',
      [end(sequence.lastFull), first, end(sequence.lastSuspended)],
      'suspended',
      true,
    ],
  ] as const)('%s: how it ends, and whether something may be missing', (_, entries, ends, anew) => {
    const reading = readLog(entries, false);
    expect([reading.end, reading.beginsAnew]).toEqual([ends, anew]);
  });

  test('a log that was read before does not begin', () => {
    expect(readLog([first], true).beginsAnew).toBe(true);
    expect(readLog([first], false).beginsAnew).toBe(false);
  });
});
