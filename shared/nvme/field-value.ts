import { type Result, unreachable } from '../result.ts';
import {
  type ByteRange,
  rangeFailure,
  readAscii,
  readBigUnsigned,
  readBytes,
  readHexadecimal,
  readNqn,
  readUnsigned,
  readUuid,
  writeAscii,
  writeBigUnsigned,
  writeBytes,
  writeHexadecimal,
  writeNqn,
  writeUnsigned,
} from './byte-view.ts';

/** How the bytes of a field become a value: numbers up to 32 bits, big numbers, padded text, names, raw bytes. */
export type FieldKind = 'unsigned' | 'big' | 'ascii' | 'nqn' | 'uuid' | 'hexadecimal' | 'bytes';

/** Reads the value of one field. */
export function readField(bytes: Uint8Array, range: ByteRange, kind: FieldKind): Result<unknown> {
  switch (kind) {
    case 'unsigned':
      return readUnsigned(bytes, range);
    case 'big':
      return readBigUnsigned(bytes, range);
    case 'ascii':
      return readAscii(bytes, range);
    case 'nqn':
      return readNqn(bytes, range);
    case 'uuid':
      return readUuid(bytes, range);
    case 'hexadecimal':
      return readHexadecimal(bytes, range);
    case 'bytes':
      return readBytes(bytes, range);
    default:
      return unreachable(kind);
  }
}

/** Writes the value of one field. It may come from a parsed file, so its type is checked here, too. */
export function writeField(
  bytes: Uint8Array,
  range: ByteRange,
  kind: FieldKind,
  value: unknown,
): Result<Uint8Array> {
  switch (kind) {
    case 'unsigned':
      return typeof value === 'number' ? writeUnsigned(bytes, range, value) : wrongType(range, 'a number');
    case 'big':
      return typeof value === 'bigint'
        ? writeBigUnsigned(bytes, range, value)
        : wrongType(range, 'a big number');
    case 'ascii':
      return typeof value === 'string' ? writeAscii(bytes, range, value) : wrongType(range, 'text');
    case 'nqn':
      return typeof value === 'string' ? writeNqn(bytes, range, value) : wrongType(range, 'text');
    case 'uuid':
    case 'hexadecimal':
      return typeof value === 'string' ? writeHexadecimal(bytes, range, value) : wrongType(range, 'text');
    case 'bytes':
      return value instanceof Uint8Array ? writeBytes(bytes, range, value) : wrongType(range, 'bytes');
    default:
      return unreachable(kind);
  }
}

function wrongType<T>(range: ByteRange, wanted: string): Result<T> {
  return rangeFailure('invalid-request', range, `the value is not ${wanted}`);
}

/** Zero, or blank text. */
export function blankValue(field: { readonly kind: FieldKind; readonly size: number }): unknown {
  switch (field.kind) {
    case 'unsigned':
      return 0;
    case 'big':
      return 0n;
    case 'ascii':
      return ' '.repeat(field.size);
    case 'nqn':
      return '';
    case 'uuid':
      return '00000000-0000-0000-0000-000000000000';
    case 'hexadecimal':
      return '00'.repeat(field.size);
    case 'bytes':
      return new Uint8Array(field.size);
    default:
      return unreachable(field.kind);
  }
}
