import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Length, decodeBase64, encodeBase64, endsCleanly } from './base64.ts';

test('round trip, and the same text as Node writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(base64Length(text)).toBe(bytes.length);
      expect(decodeBase64(text)).toEqual(bytes);
      expect(endsCleanly(text)).toBe(true);
    }),
  );
});

test('a text whose last digit has bits of no byte is told apart, in step with the decoder', () => {
  const digit = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
  const ending = fc.oneof(
    fc.tuple(digit, digit).map(([first, second]) => `${first}${second}==`),
    fc.tuple(digit, digit, digit).map((digits) => `${digits.join('')}=`),
  );
  fc.assert(
    fc.property(ending, (text) => {
      const decodes = () => decodeBase64(text);
      if (endsCleanly(text)) expect(decodes()).toHaveLength(base64Length(text));
      else expect(decodes).toThrow();
    }),
  );
});
