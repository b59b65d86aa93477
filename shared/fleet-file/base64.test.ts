import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Length, decodeBase64, encodeBase64 } from './base64.ts';

test('round trip, and the same text as Node writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(base64Length(text)).toBe(bytes.length);
      expect(decodeBase64(text)).toEqual(bytes);
    }),
  );
});
