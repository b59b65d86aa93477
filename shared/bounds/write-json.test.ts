import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from '../test-support/property-runs.ts';
import { atOnce } from './pieces.ts';
import { writeJson, writeJsonWithin } from './write-json.ts';

const large = { list: Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'x'.repeat(50) })) };

describe('JSON that is written in pieces', () => {
  it('is that of JSON.stringify, with and without spaces', () => {
    const values = fc.oneof(
      fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 60, size: 'max' }),
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 60, size: 'max' }),
    );
    let walked = 0;
    fc.assert(
      fc.property(values, fc.constantFrom(0, 2), (value, spaces) => {
        const expected = JSON.stringify(value, null, spaces);
        if (expected.length > 5000) walked++;
        expect(atOnce(writeJson(value, spaces))).toBe(expected);
      }),
      { numRuns: numRuns(200, 5000), seed: 12 },
    );
    expect(walked).toBeGreaterThan(10);
  });

  it('leaves out fields that are undefined, whether it is walked through or not', () => {
    for (const rest of [{}, large]) {
      const value = { ...rest, a: undefined, b: [1] };
      expect(atOnce(writeJson(value))).toBe(JSON.stringify(value));
    }
  });

  it('ends soon after it became longer than it may be', () => {
    const text = JSON.stringify(large, null, 2);
    expect(atOnce(writeJsonWithin(large, text.length, 2))).toBe(text);
    expect(atOnce(writeJsonWithin(large, text.length - 1, 2))).toBeNull();
    const work = writeJsonWithin(large, 1000, 2);
    expect(work.next()).toEqual({ done: true, value: null });
  });

  it('pauses after some hundred thousand characters', () => {
    const work = writeJson(large);
    let pauses = 0;
    while (!work.next().done) pauses++;
    expect(pauses).toBe(Math.floor(JSON.stringify(large).length / (256 * 1024 + 100)));
  });
});
