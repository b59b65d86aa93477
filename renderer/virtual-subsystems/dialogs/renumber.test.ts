import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { changesOf, closeGaps, moveMember, numbersOf, renumberIntent } from './renumber.ts';

const [subsystem] = Object.values(
  fixtureFleet({ hosts: 1, vfsPerPrimary: 8, members: [3, 4, 6] }).virtualSubsystems,
);
if (subsystem === undefined) throw new Error('fixture');
const numbers = numbersOf(subsystem);
const short = (list: typeof numbers) =>
  list.map(({ secondaryId, text }) => `${secondaryId.split('/').at(-1)}:${text}`);

describe('renumbering by order', () => {
  it('moves a controller past the ids, which stay', () => {
    expect(short(numbers)).toEqual(['3:20', '4:21', '6:22']);
    expect(short(moveMember(numbers, 2, 0))).toEqual(['6:20', '3:21', '4:22']);
    expect(moveMember(numbers, 0, 3)).toBe(numbers);
  });

  it('loses no id and no controller, wherever one is dragged', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(2), (from, to) => {
        const moved = moveMember(numbers, from, to);
        expect(moved.map(({ text }) => text)).toEqual(['20', '21', '22']);
        expect(new Set(moved.map(({ secondaryId }) => secondaryId)).size).toBe(3);
        expect(moved[to]?.secondaryId).toBe(numbers[from]?.secondaryId);
      }),
      { numRuns: numRuns(30, 300) },
    );
  });

  it('closes gaps from the first id on, past the primary', () => {
    const gaps = [0, 7, 9].map((id, index) => ({ secondaryId: `${index}`, text: String(id) }));
    expect(closeGaps(gaps, 1).map(({ text }) => text)).toEqual(['0', '2', '3']);
  });

  it('tells the changes, and has no intent for half a number', () => {
    expect(changesOf(subsystem, numbers)).toEqual([]);
    expect(changesOf(subsystem, moveMember(numbers, 0, 1)).map(({ from, to }) => `${from}>${to}`)).toEqual([
      '21>20',
      '20>21',
    ]);
    expect(renumberIntent(subsystem, [{ secondaryId: 'x', text: '2x' }])).toBeNull();
  });
});
