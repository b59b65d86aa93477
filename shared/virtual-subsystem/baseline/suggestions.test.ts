import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet, PrimaryController } from '../../fleet/schema.ts';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { numRuns } from '../../test-support/property-runs.ts';
import { maskBlockers } from '../mask/check-mask.ts';
import { baselineMask, baselineRows } from './baseline.ts';
import { joinSuggestions, jointSuggestions } from './suggestions.ts';

/** A fleet whose primaries are one member and some candidates with these log pages and optional commands. */
function fleetOf(given: readonly { readonly oncs: number; readonly lpa: number }[]): {
  readonly fleet: Fleet;
  readonly member: PrimaryController;
} {
  const fleet = migrationFleet();
  const template = Object.values(fleet.controllers).find((one) => one.role === 'primary');
  if (template?.role !== 'primary' || template.capabilities === null)
    throw new Error('the fixture has no primary controller');
  const { capabilities } = template;
  const primaries = given.map(
    (values, index): PrimaryController => ({
      ...template,
      id: `host-${index}/0000:41:00.0`,
      capabilities: { ...capabilities, ...values },
    }),
  );
  const [member] = primaries;
  if (member === undefined) throw new Error('a member is needed');
  return {
    fleet: { ...fleet, controllers: Object.fromEntries(primaries.map((one) => [one.id, one])) },
    member,
  };
}

const bits = (most: number) => fc.integer({ min: 0, max: most });

describe('suggestions for several hosts at once', () => {
  it('make so many more eligible, and no other set of that size costs less', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ oncs: bits(0x1ff), lpa: bits(0x7f) }), { minLength: 3, maxLength: 6 }),
        (given) => {
          const { fleet, member } = fleetOf(given);
          const others = joinSuggestions(fleet, [member]).map(({ primary }) => primary);
          const cost = (set: readonly PrimaryController[]) => {
            const [before, after] = [baselineRows([member]), baselineRows([member, ...set])];
            const bitsOf = (rows: typeof before) =>
              rows
                .filter(({ field }) => field.key === 'oncs' || field.key === 'lpa')
                .reduce((sum, { common }) => sum + common.toString(2).replaceAll('0', '').length, 0);
            return bitsOf(before) - bitsOf(after);
          };
          for (const { primaries, words } of jointSuggestions(fleet, [member])) {
            const mask = baselineMask(baselineRows([member, ...primaries]));
            for (const one of [member, ...primaries]) expect(maskBlockers(one, mask)).toEqual([]);
            expect(words).toHaveLength(cost(primaries));
            for (const set of setsOf(others, primaries.length))
              expect(cost(set)).toBeGreaterThanOrEqual(words.length);
          }
          const sizes = jointSuggestions(fleet, [member]).map(({ primaries }) => primaries.length);
          expect(sizes.at(-1)).toBe(others.length);
          expect(new Set(sizes).size).toBe(sizes.length);
        },
      ),
      { numRuns: numRuns(60, 600) },
    );
  });

  it('take in whoever costs nothing', () => {
    const same = { oncs: 0x1ff, lpa: 0x06 };
    const { fleet, member } = fleetOf([same, same, same, { oncs: 0x0ff, lpa: 0x06 }]);
    const found = jointSuggestions(fleet, [member]);
    expect(found.map(({ primaries, words }) => [primaries.length, words.length])).toEqual([
      [2, 0],
      [3, 1],
    ]);
  });
});

function setsOf<Item>(items: readonly Item[], size: number): Item[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) =>
    setsOf(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]),
  );
}
