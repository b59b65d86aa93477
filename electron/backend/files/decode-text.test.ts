import { expect, test } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import { decodeText } from './decode-text.ts';

test('a long text is decoded in pieces, also where a character lies on the border', () => {
  for (const character of ['a', 'é', '€', '😀']) {
    // One byte before, so that none of them ends at the border.
    const text = `x${character.repeat(600_000)}`;
    const { result, pieces } = countPieces(decodeText(Buffer.from(text)));
    expect(result === text).toBe(true);
    expect(pieces).toBe(Math.ceil(Buffer.byteLength(text) / (512 * 1024)));
  }
});

test('what is no UTF-8 is replaced, and a byte order mark stays if it is wanted', () => {
  expect(atOnce(decodeText(Uint8Array.of(0x61, 0xff, 0xe2, 0x82)))).toBe('a\ufffd\ufffd');
  const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
  expect(atOnce(decodeText(marked))).toBe('a');
  expect(atOnce(decodeText(marked, true))).toBe('\ufeffa');
  expect(atOnce(decodeText(new Uint8Array()))).toBe('');
});
