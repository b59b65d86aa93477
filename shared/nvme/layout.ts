import { type Result, succeed } from '../result.ts';
import { type ByteRange, checkLength, rangeFailure, writeUnsigned } from './byte-view.ts';
import { blankValue, type FieldKind, readField, writeField } from './field-value.ts';

/** One bit of a field with its name in words; `mnemonic` where the specification gives one. */
export interface FieldBit {
  readonly bit: number;
  readonly title: string;
  readonly mnemonic?: string;
}

/** One field of a structure. Decoding, encoding, labels on screens and the leak check all come from this. */
export interface LayoutField {
  /** The specification's mnemonic in lower case, which is also nvme-cli's JSON key: `oacs`. */
  readonly key: string;
  /** The mnemonic as the specification writes it: `OACS`. */
  readonly mnemonic: string;
  /** First byte from the start of the structure. */
  readonly offset: number;
  /** Length in bytes. */
  readonly size: number;
  readonly kind: FieldKind;
  /** The name in words: `Optional Admin Command Support`. */
  readonly title: string;
  /** Where the specification defines it: `NVMe Base 2.1, 5.1.13.2.1`. */
  readonly clause: string;
  /** Names of the bits of a bit field. */
  readonly bits?: readonly FieldBit[];
  /** Largest defined value; anything above is reserved and refused when decoding. */
  readonly maximum?: number;
}

/** A byte that no field describes and that is not zero; kept so that decoding and encoding give the same bytes. */
export interface ReservedByte {
  readonly offset: number;
  readonly value: number;
}

type ValueOfKind<Kind extends FieldKind> = Kind extends 'unsigned'
  ? number
  : Kind extends 'big'
    ? bigint
    : Kind extends 'bytes'
      ? Uint8Array
      : string;

/** The decoded fields of a table, each under its key. */
export type FieldValues<Fields extends readonly LayoutField[]> = {
  readonly [Field in Fields[number] as Field['key']]: ValueOfKind<Field['kind']>;
};

/** The fields of one clause in the short form of the tables: key, offset, size, kind, title, and bits if any. */
export type FieldRow =
  | readonly [key: string, offset: number, size: number, kind: FieldKind, title: string]
  | readonly [
      key: string,
      offset: number,
      size: number,
      kind: FieldKind,
      title: string,
      more: { readonly bits?: readonly FieldBit[]; readonly maximum?: number },
    ];

type FieldOfRow<Row extends FieldRow> = LayoutField & { readonly key: Row[0]; readonly kind: Row[3] };

/** Spells out the rows of a table that one clause defines. */
export function fieldsOf<const Rows extends readonly FieldRow[]>(
  clause: string,
  rows: Rows,
): { readonly [Index in keyof Rows]: FieldOfRow<Rows[Index]> } {
  const fields = rows.map(([key, offset, size, kind, title, more]) => ({
    key,
    mnemonic: key.toUpperCase(),
    offset,
    size,
    kind,
    title,
    clause,
    ...more,
  }));
  return fields as unknown as { readonly [Index in keyof Rows]: FieldOfRow<Rows[Index]> };
}

/** Decodes every field of a table; `base` is where the structure starts inside `bytes`. */
export function decodeFields<const Fields extends readonly LayoutField[]>(
  structure: string,
  fields: Fields,
  bytes: Uint8Array,
  base = 0,
): Result<FieldValues<Fields>> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const range = rangeOf(structure, field, base);
    const value = readField(bytes, range, field.kind);
    if (!value.ok) return value;
    if (field.maximum !== undefined && typeof value.value === 'number' && value.value > field.maximum)
      return rangeFailure(
        'device-data',
        range,
        `${value.value} is a reserved value`,
        `Use a defined value, 0 to ${field.maximum}`,
      );
    values[field.key] = value.value;
  }
  return succeed(values as FieldValues<Fields>);
}

/** Writes every field of a table into `bytes`; whatever no field covers stays as it is. */
export function encodeFields<const Fields extends readonly LayoutField[]>(
  structure: string,
  fields: Fields,
  values: FieldValues<Fields>,
  bytes: Uint8Array,
  base = 0,
): Result<Uint8Array> {
  const given = values as Readonly<Record<string, unknown>>;
  for (const field of fields) {
    const written = writeField(bytes, rangeOf(structure, field, base), field.kind, given[field.key]);
    if (!written.ok) return written;
  }
  return succeed(bytes);
}

/** A value with every field zero, and text fields blank. */
export function blankFields<const Fields extends readonly LayoutField[]>(
  fields: Fields,
): FieldValues<Fields> {
  const values: Record<string, unknown> = {};
  for (const field of fields) values[field.key] = blankValue(field);
  return values as FieldValues<Fields>;
}

/**
 * The bytes of `bytes` that encoding everything else did not produce: reserved bytes that are not zero and stale bytes
 * behind the end of a list or name. `encoded` holds the structure without them.
 */
export function reservedBytes(bytes: Uint8Array, encoded: Uint8Array): readonly ReservedByte[] {
  const found: ReservedByte[] = [];
  for (let offset = 0; offset < bytes.length; offset++) {
    const value = bytes[offset] ?? 0;
    if (value !== encoded[offset]) found.push({ offset, value });
  }
  return found;
}

/** Puts the reserved bytes back. */
export function writeReserved(
  structure: string,
  reserved: readonly ReservedByte[],
  bytes: Uint8Array,
): Result<Uint8Array> {
  for (const { offset, value } of reserved) {
    const written = writeUnsigned(bytes, { structure, field: 'reserved', offset, size: 1 }, value);
    if (!written.ok) return written;
  }
  return succeed(bytes);
}

/**
 * Decodes a structure of fixed length whose fields are one table, keeping its reserved bytes.
 * Refuses any other length.
 */
export function decodeLayout<const Fields extends readonly LayoutField[]>(
  structure: string,
  length: number,
  fields: Fields,
  bytes: Uint8Array,
): Result<FieldValues<Fields> & { readonly reserved: readonly ReservedByte[] }> {
  const checked = checkLength(structure, bytes, length);
  if (!checked.ok) return checked;
  const values = decodeFields(structure, fields, bytes);
  if (!values.ok) return values;
  const encoded = encodeFields(structure, fields, values.value, new Uint8Array(length));
  if (!encoded.ok) return encoded;
  return succeed({ ...values.value, reserved: reservedBytes(bytes, encoded.value) });
}

/** The inverse of `decodeLayout`. */
export function encodeLayout<const Fields extends readonly LayoutField[]>(
  structure: string,
  length: number,
  fields: Fields,
  value: FieldValues<Fields> & { readonly reserved: readonly ReservedByte[] },
): Result<Uint8Array> {
  const encoded = encodeFields(structure, fields, value, new Uint8Array(length));
  return encoded.ok ? writeReserved(structure, value.reserved, encoded.value) : encoded;
}

/** The names of the bits that are set in a value, unnamed ones as `bit 12`. */
export function bitNames(field: Pick<LayoutField, 'bits' | 'size'>, value: number): readonly string[] {
  const names: string[] = [];
  for (let bit = 0; bit < field.size * 8; bit++) {
    if (Math.floor(value / 2 ** bit) % 2 === 0) continue;
    names.push(field.bits?.find((named) => named.bit === bit)?.title ?? `bit ${bit}`);
  }
  return names;
}

/** Whether a part of a structure is all zero, as most entries of fixed tables are. */
export function isZero(bytes: Uint8Array, start: number, length: number): boolean {
  for (let offset = start; offset < start + length; offset++) if (bytes[offset] !== 0) return false;
  return true;
}

function rangeOf(structure: string, field: LayoutField, base: number): ByteRange {
  return { structure, field: field.mnemonic, offset: base + field.offset, size: field.size };
}
