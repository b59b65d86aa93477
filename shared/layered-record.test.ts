import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layered, valuesOf, withEntry } from './layered-record.ts';
import { numRuns } from './test-support/property-runs.ts';

const keys = ['a', 'b', 'c', 'd', 'e'];

describe('a layered record', () => {
  it('reads like copies of a plain record, whichever of its versions is changed next', () => {
    const change = fc.record({
      from: fc.nat(),
      key: fc.constantFrom(...keys),
      value: fc.integer({ min: 0, max: 9 }),
    });
    const start = fc.dictionary(fc.constantFrom(...keys.slice(0, 3)), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(start, fc.array(change, { minLength: 1, maxLength: 12 }), (base, changes) => {
        const plain = [base];
        const versions = [layered(base)];
        for (const { from, key, value } of changes) {
          const index = from % versions.length;
          plain.push({ ...plain[index], [key]: value });
          versions.push(withEntry(versions[index] ?? {}, key, value));
        }
        for (const [index, version] of versions.entries()) {
          expect({ ...version }).toEqual(plain[index]);
          expect(Object.values(version).sort()).toEqual(Object.values(plain[index] ?? {}).sort());
          expect(valuesOf(version)).toEqual(Object.values(version));
          for (const key of keys) {
            expect(version[key]).toBe(plain[index]?.[key]);
            expect(key in version).toBe(key in (plain[index] ?? {}));
          }
        }
      }),
      { numRuns: numRuns(200, 5000) },
    );
  });

  it('knows nothing that the record does not have itself', () => {
    const record = withEntry(layered<number>({ a: 1 }), 'b', 2);
    expect(record.toString).toBeUndefined();
    expect('constructor' in record).toBe(false);
  });

  it('changes a plain record into a copy, and cannot be written', () => {
    const plain = { a: 1 };
    expect(withEntry(plain, 'a', 2)).toEqual({ a: 2 });
    expect(plain).toEqual({ a: 1 });
    expect(() => Object.assign(layered(plain), { a: 3 })).toThrow();
  });
});
