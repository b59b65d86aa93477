import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns } from '../test-support/property-runs.ts';
import {
  readAscii,
  readBigUnsigned,
  readUnsigned,
  readUuid,
  writeAscii,
  writeBigUnsigned,
  writeUnsigned,
} from './byte-view.ts';
import { bitNames } from './layout.ts';
import { identifyControllerFields } from './layouts/identify/identify-controller-fields.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const place = (offset: number, size: number) => ({ structure: 'Test', field: 'FIELD', offset, size });

test('numbers are little-endian', () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(readUnsigned(bytes, place(0, 4))).toEqual({ ok: true, value: 0x04030201 });
  expect(readBigUnsigned(bytes, place(0, 8))).toEqual({ ok: true, value: 0x0807060504030201n });
});

test('numbers agree with DataView', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(8), (bytes, at) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      expect(readUnsigned(bytes, place(at, 4))).toEqual({ ok: true, value: view.getUint32(at, true) });
      expect(readBigUnsigned(bytes, place(at, 8))).toEqual({ ok: true, value: view.getBigUint64(at, true) });
    }),
  );
});

test('reading and writing outside are refused and change nothing', () => {
  const bytes = new Uint8Array(4);
  expect(readUnsigned(bytes, place(1, 4))).toMatchObject({
    ok: false,
    error: { code: 'device-data', object: 'Test', field: 'bytes 1-4 (FIELD)' },
  });
  expect(writeUnsigned(bytes, place(-1, 2), 1)).toMatchObject({
    ok: false,
    error: { code: 'invalid-request' },
  });
  expect(writeBigUnsigned(bytes, place(0, 8), 1n).ok).toBe(false);
  expect([...bytes]).toEqual([0, 0, 0, 0]);
});

test('values that do not fit are refused with the range that does', () => {
  const bytes = new Uint8Array(4);
  for (const value of [-1, 65536, 1.5, Number.NaN])
    expect(writeUnsigned(bytes, place(0, 2), value)).toMatchObject({
      ok: false,
      error: { fix: 'Use 0 to 65535' },
    });
  expect(writeBigUnsigned(bytes, place(0, 1), 256n).ok).toBe(false);
});

test('text is padded with blanks, and kept with its padding', () => {
  const bytes = new Uint8Array(4);
  expect(writeAscii(bytes, place(0, 4), 'ab').ok).toBe(true);
  expect(readAscii(bytes, place(0, 4))).toEqual({ ok: true, value: 'ab  ' });
  expect(writeAscii(bytes, place(0, 4), 'abcde').ok).toBe(false);
  expect(readAscii(Uint8Array.from([0x61, 0, 0]), place(0, 3))).toEqual({ ok: true, value: 'a\0\0' });
  expect(readAscii(Uint8Array.from([0x61, 0, 0x62]), place(0, 3)).ok).toBe(false);
});

test('a UUID keeps the order of its bytes', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index);
  expect(readUuid(bytes, place(0, 16))).toEqual({ ok: true, value: '00010203-0405-0607-0809-0a0b0c0d0e0f' });
});

test('UTF-8 is taken in its shortest form only, and gives back the same bytes', () => {
  const malformed = [
    [0x80],
    [0xc3],
    [0xc0, 0x80],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
  ];
  for (const bytes of malformed)
    expect([bytes, decodeUtf8(Uint8Array.from(bytes))]).toEqual([bytes, undefined]);
  // A byte order mark belongs to the text.
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
      const text = decodeUtf8(bytes);
      if (text === undefined)
        expect(Buffer.from(Buffer.from(bytes).toString())).not.toEqual(Buffer.from(bytes));
      else expect(encodeUtf8(text)).toEqual(new Uint8Array(bytes));
    }),
    { numRuns: numRuns(500, 20_000) },
  );
  // Random bytes are seldom valid, so valid text is tried in both directions as well.
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = new Uint8Array(Buffer.from(text));
      expect(encodeUtf8(text)).toEqual(bytes);
      expect(decodeUtf8(bytes)).toBe(text);
    }),
  );
  expect(encodeUtf8('\udc00')).toBeUndefined();
});

test('bits that are set are named, unknown ones by number', () => {
  const oacs = identifyControllerFields.find((field) => field.key === 'oacs');
  expect(oacs && bitNames(oacs, 0x8880)).toEqual([
    'Virtualization Management',
    'Host managed live migration',
    'bit 15',
  ]);
});
