import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce } from '../../bounds/pieces.ts';
import { countPieces } from '../../test-support/count-pieces.ts';
import { encodeBase64 } from '../base64.ts';
import { encodeGranuleRuns, type GranuleRun, visitGranuleRuns } from './granule-runs.ts';

/** The runs of a text, ascending; undefined when it does not add up. */
function decodeGranuleRuns(text: string): readonly GranuleRun[] | undefined {
  const runs: GranuleRun[] = [];
  const addsUp = atOnce(visitGranuleRuns(text, (from, count) => runs.push({ from, count })));
  return addsUp ? runs : undefined;
}

test('runs come back as they were written', () => {
  const gaps = fc.array(fc.tuple(fc.nat({ max: 2 ** 31 }), fc.integer({ min: 1, max: 2 ** 31 })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(gaps, (pairs) => {
      let end = 0;
      const runs = pairs.map(([gap, count]) => {
        const from = end + gap;
        end = from + count;
        return { from, count };
      });
      expect(decodeGranuleRuns(encodeGranuleRuns(runs))).toEqual(runs);
    }),
  );
});

test('a scattered page takes a few bytes, a dense stretch takes two numbers', () => {
  expect(encodeGranuleRuns([])).toBe('');
  expect(encodeGranuleRuns([{ from: 5, count: 1 }])).toBe(encodeBase64(Uint8Array.of(5, 1)));
  expect(encodeGranuleRuns([{ from: 0, count: 300 }])).toBe(encodeBase64(Uint8Array.of(0, 0xac, 2)));
});

test.each([
  ['half a pair', [5]],
  ['a number that goes on behind the end', [5, 0x81]],
  ['a run of nothing', [5, 0]],
  ['a number beyond 2^53', [255, 255, 255, 255, 255, 255, 255, 255, 1, 1]],
])('is refused: %s', (_words, bytes) => {
  expect(decodeGranuleRuns(encodeBase64(Uint8Array.from(bytes)))).toBeUndefined();
});

test('a long text is read in pieces, also where a number lies on the border', () => {
  const runs = Array.from({ length: 20_000 }, (_, index) => ({ from: index * 300 + 1, count: 200 }));
  const seen: GranuleRun[] = [];
  const work = visitGranuleRuns(encodeGranuleRuns(runs), (from, count) => seen.push({ from, count }));
  expect(countPieces(work)).toEqual({ result: true, pieces: 2 });
  expect(seen).toEqual(runs);
});
