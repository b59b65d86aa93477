import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numRuns } from '../../test-support/property-runs.ts';
import { BlockRanges } from './block-ranges.ts';

const ranges = fc.array(
  fc.record({ from: fc.nat({ max: 300 }), length: fc.nat({ max: 30 }) }).map(({ from, length }) => ({
    from,
    to: from + length,
  })),
  { maxLength: 40 },
);

function blocksOf(list: readonly { from: number; to: number }[]): Set<number> {
  const blocks = new Set<number>();
  for (const { from, to } of list) for (let block = from; block < to; block++) blocks.add(block);
  return blocks;
}

describe('a set of blocks', () => {
  test('holds exactly what was added, in ranges that neither overlap nor touch', () => {
    fc.assert(
      fc.property(ranges, (added) => {
        const set = new BlockRanges(added);
        const list = set.list();
        expect(blocksOf(list)).toEqual(blocksOf(added));
        expect(set.blocks).toBe(blocksOf(added).size);
        expect(set.isEmpty).toBe(blocksOf(added).size === 0);
        for (const [index, { from, to }] of list.entries()) {
          expect(from).toBeLessThan(to);
          expect(list[index + 1]?.from ?? Number.POSITIVE_INFINITY).toBeGreaterThan(to);
        }
      }),
      { numRuns: numRuns(200, 5000), seed: 20261128 },
    );
  });

  test('in fewer ranges it holds at least as much, and keeps the widest gaps', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 8 }), (added, most) => {
        const set = new BlockRanges(added);
        const fewer = set.inAtMost(most);
        expect(fewer.length).toBeLessThanOrEqual(most);
        const held = blocksOf(fewer);
        for (const block of blocksOf(added)) expect(held.has(block)).toBe(true);
      }),
      { numRuns: numRuns(200, 5000), seed: 20261128 },
    );
    const set = new BlockRanges([
      { from: 0, to: 1 },
      { from: 3, to: 4 },
      { from: 100, to: 101 },
    ]);
    expect(set.inAtMost(2)).toEqual([
      { from: 0, to: 4 },
      { from: 100, to: 101 },
    ]);
  });

  test('of very many ranges the nearest become one, so that it stays small', () => {
    const set = new BlockRanges();
    for (let index = 0; index < 200_000; index++) set.add(index * 10, index * 10 + 1);
    expect(set.list().length).toBeLessThanOrEqual(2 ** 17);
    expect(set.blocks).toBeGreaterThanOrEqual(200_000);
    expect(set.list().at(-1)?.to).toBe(1_999_991);
  });
});
