import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numRuns } from '../test-support/property-runs.ts';
import { compareReleases, featureLevels, platformFeatures, releaseOf } from './feature-levels.ts';
import { platformFeatureSchema } from './schema.ts';

describe('levels of kernel and QEMU', () => {
  test('every feature has one row', () => {
    expect(featureLevels.map(({ feature }) => feature).sort()).toEqual(
      [...platformFeatureSchema.options].sort(),
    );
  });

  test('the release before a feature does not have it, the release itself does', () => {
    for (const { feature, part, since } of featureLevels) {
      const [major, minor] = since;
      const before = minor === 0 ? `${major - 1}.99.1` : `${major}.${minor - 1}.9`;
      const at = (version: string) =>
        part === 'kernel' ? platformFeatures(version, '')[feature] : platformFeatures('', version)[feature];
      expect(at(`${major}.${minor}.0`)).toEqual({ available: true });
      expect(at(before)).toMatchObject({
        available: false,
        reason: expect.stringContaining(`not supported in ${part}`),
      });
    }
  });

  test('a newer release never has less', () => {
    const release = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(release, release, (one, other) => {
        const [older, newer] = [one, other].sort(compareReleases) as [[number, number], [number, number]];
        const had = platformFeatures(older.join('.'), older.join('.'));
        const has = platformFeatures(newer.join('.'), newer.join('.'));
        for (const { feature } of featureLevels)
          if (had[feature].available) expect(has[feature].available).toBe(true);
      }),
      { numRuns: numRuns(60, 600) },
    );
  });

  test('releases as distributions write them', () => {
    expect(releaseOf('6.8.0-41-generic')).toEqual([6, 8]);
    expect(releaseOf('9.2')).toEqual([9, 2]);
    expect(releaseOf('5.14.0-503.el9')).toEqual([5, 14]);
    expect(releaseOf('')).toBeNull();
    expect(releaseOf('unknown')).toBeNull();
  });

  test('an unknown version is said to be unknown', () => {
    expect(platformFeatures('', '').kernelMigrationV2).toEqual({
      available: false,
      reason: 'The kernel release is unknown.',
    });
    expect(platformFeatures('mainline', '').kernelMigrationV2).toEqual({
      available: false,
      reason: 'mainline is not a kernel release.',
    });
  });
});
