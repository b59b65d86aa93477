import { type ErrorCode, fail, type Result, succeed } from '../result.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/**
 * Bounds-checked little-endian access to the bytes of one structure. Every failure names the structure, the field and
 * the byte range, because the bytes come from a device or a file and the reader of the message has nothing else.
 */
export interface ByteRange {
  /** The structure's name in the specification, for example `Identify Controller`. */
  readonly structure: string;
  /** The field's mnemonic, for example `OACS`. */
  readonly field: string;
  /** First byte, from the start of the structure. */
  readonly offset: number;
  /** Length in bytes. */
  readonly size: number;
}

/** The longest NVMe Qualified Name in bytes, without the terminating NUL (NVMe Base 2.1, 4.7). */
export const maximumNqnBytes = 223;

/** `bytes 256-257 (OACS)`, as errors and screens name a place in a structure. */
export function rangeWords(range: ByteRange): string {
  const last = range.offset + range.size - 1;
  const where = range.size <= 1 ? `byte ${range.offset}` : `bytes ${range.offset}-${last}`;
  return `${where} (${range.field})`;
}

/** A failure about one byte range. `device-data` when reading what came from outside, `invalid-request` when writing. */
export function rangeFailure<T>(code: ErrorCode, range: ByteRange, problem: string, fix?: string): Result<T> {
  const place = rangeWords(range);
  return fail(code, `${range.structure}, ${place}: ${problem}`, {
    object: range.structure,
    field: place,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** Refuses data of any other length than the structure's. */
export function checkLength(structure: string, bytes: Uint8Array, length: number): Result<Uint8Array> {
  if (bytes.length === length) return succeed(bytes);
  return fail(
    'device-data',
    `${structure} must be ${length} bytes long, but ${bytes.length} bytes were given`,
    {
      object: structure,
      field: bytes.length === 0 ? 'no bytes' : `bytes 0-${bytes.length - 1}`,
      fix: `Read the structure again, all ${length} bytes of it`,
    },
  );
}

/** One more than the largest number of so many bytes; longer ones are big numbers. */
const limits: readonly number[] = [1, 2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32];

/** An unsigned number of 1 to 4 bytes. */
export function readUnsigned(bytes: Uint8Array, range: ByteRange): Result<number> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'device-data');
  let value = 0;
  for (let index = range.size - 1; index >= 0; index--)
    value = value * 256 + (bytes[range.offset + index] ?? 0);
  return succeed(value);
}

/** An unsigned number of any length, for 64 and 128 bits. */
export function readBigUnsigned(bytes: Uint8Array, range: ByteRange): Result<bigint> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'device-data');
  let value = 0n;
  for (let index = range.size - 1; index >= 0; index--) {
    const byte = bytes[range.offset + index] ?? 0;
    // Most 128-bit fields are zero, and big number arithmetic is the slowest part of decoding.
    if (byte !== 0 || value !== 0n) value = (value << 8n) | BigInt(byte);
  }
  return succeed(value);
}

/** A copy of raw bytes. */
export function readBytes(bytes: Uint8Array, range: ByteRange): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'device-data');
  return succeed(bytes.slice(range.offset, range.offset + range.size));
}

/**
 * ASCII text with its padding, untrimmed, so that it can be written back byte for byte. The specification pads with
 * blanks; trailing NULs are accepted because real drives have them.
 */
export function readAscii(bytes: Uint8Array, range: ByteRange): Result<string> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'device-data');
  let text = '';
  let padded = false;
  for (let index = 0; index < range.size; index++) {
    const byte = bytes[range.offset + index] ?? 0;
    if (byte === 0) padded = true;
    else if (byte < 0x20 || byte > 0x7e || padded) {
      const shown = byte.toString(16).padStart(2, '0');
      return rangeFailure(
        'device-data',
        range,
        `byte ${range.offset + index} is ${shown}h, which is not ASCII text`,
      );
    }
    text += String.fromCharCode(byte);
  }
  return succeed(text);
}

/** UTF-8 text up to the first NUL, at most 223 bytes, as NVMe Qualified Names are stored. */
export function readNqn(bytes: Uint8Array, range: ByteRange): Result<string> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'device-data');
  const raw = bytes.subarray(range.offset, range.offset + range.size);
  const end = raw.indexOf(0);
  if (end < 0 || end > maximumNqnBytes)
    return rangeFailure('device-data', range, `the name has no end within ${maximumNqnBytes} bytes`);
  const text = decodeUtf8(raw.subarray(0, end));
  return text === undefined ? rangeFailure('device-data', range, 'the name is not UTF-8') : succeed(text);
}

/** Raw bytes as lower-case hexadecimal digits in the order in which they are stored (NGUID, EUI64). */
export function readHexadecimal(bytes: Uint8Array, range: ByteRange): Result<string> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'device-data');
  let text = '';
  for (let index = 0; index < range.size; index++)
    text += (bytes[range.offset + index] ?? 0).toString(16).padStart(2, '0');
  return succeed(text);
}

/** Sixteen bytes as `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in the order in which they are stored. */
export function readUuid(bytes: Uint8Array, range: ByteRange): Result<string> {
  const digits = readHexadecimal(bytes, range);
  return digits.ok ? succeed(digits.value.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')) : digits;
}

export function writeUnsigned(bytes: Uint8Array, range: ByteRange, value: number): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'invalid-request');
  const limit = limits[range.size] ?? 0;
  if (!Number.isInteger(value) || value < 0 || value >= limit)
    return rangeFailure('invalid-request', range, `${value} does not fit`, `Use 0 to ${limit - 1}`);
  for (let index = 0; index < range.size; index++) bytes[range.offset + index] = value >>> (index * 8);
  return succeed(bytes);
}

export function writeBigUnsigned(bytes: Uint8Array, range: ByteRange, value: bigint): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'invalid-request');
  const limit = 1n << BigInt(range.size * 8);
  if (value < 0n || value >= limit)
    return rangeFailure('invalid-request', range, `${value} does not fit`, `Use 0 to ${limit - 1n}`);
  let rest = value;
  for (let index = 0; index < range.size; index++) {
    bytes[range.offset + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return succeed(bytes);
}

export function writeBytes(bytes: Uint8Array, range: ByteRange, value: Uint8Array): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'invalid-request');
  if (value.length !== range.size)
    return rangeFailure(
      'invalid-request',
      range,
      `${value.length} bytes were given`,
      `Give ${range.size} bytes`,
    );
  bytes.set(value, range.offset);
  return succeed(bytes);
}

/** Writes text left-justified and pads it with blanks. */
export function writeAscii(bytes: Uint8Array, range: ByteRange, value: string): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'invalid-request');
  if (!/^[\x20-\x7e]*\0*$/.test(value) || value.length > range.size)
    return rangeFailure(
      'invalid-request',
      range,
      `${JSON.stringify(value)} does not fit`,
      `Use at most ${range.size} printable ASCII characters`,
    );
  for (let index = 0; index < range.size; index++)
    bytes[range.offset + index] = index < value.length ? value.charCodeAt(index) : 0x20;
  return succeed(bytes);
}

/** Writes UTF-8 text, NUL-terminated and padded with NULs. */
export function writeNqn(bytes: Uint8Array, range: ByteRange, value: string): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'invalid-request');
  const encoded = encodeUtf8(value);
  if (encoded === undefined || encoded.length > maximumNqnBytes || value.includes('\0'))
    return rangeFailure(
      'invalid-request',
      range,
      `${encoded === undefined ? 'the name is not Unicode text' : `the name takes ${encoded.length} bytes`}`,
      `Use at most ${maximumNqnBytes} bytes of UTF-8 without NUL`,
    );
  bytes.fill(0, range.offset, range.offset + range.size);
  bytes.set(encoded, range.offset);
  return succeed(bytes);
}

/** Writes hexadecimal digits, with or without the dashes of a UUID, in their order. */
export function writeHexadecimal(bytes: Uint8Array, range: ByteRange, value: string): Result<Uint8Array> {
  if (!isInside(bytes, range)) return outside(bytes, range, 'invalid-request');
  const digits = value.replaceAll('-', '');
  if (digits.length !== range.size * 2 || !/^[0-9a-fA-F]*$/.test(digits))
    return rangeFailure(
      'invalid-request',
      range,
      `${JSON.stringify(value)} does not fit`,
      `Use ${range.size * 2} hexadecimal digits`,
    );
  for (let index = 0; index < range.size; index++)
    bytes[range.offset + index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  return succeed(bytes);
}

function isInside(bytes: Uint8Array, range: ByteRange): boolean {
  return range.offset >= 0 && range.size >= 0 && range.offset + range.size <= bytes.length;
}

function outside<T>(bytes: Uint8Array, range: ByteRange, code: ErrorCode): Result<T> {
  return rangeFailure(code, range, `only ${bytes.length} bytes are available`);
}
