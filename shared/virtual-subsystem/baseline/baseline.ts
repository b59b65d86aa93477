import type { Controller } from '../../fleet/schema.ts';
import { hexadecimal } from '../../hexadecimal.ts';
import { byOffset, type ExposedCapability, inStructure, structureOf } from '../mask/exposed-capability.ts';
import type { ExposedField } from '../mask/exposed-field.ts';
import { exposedFields, fieldValue, isOfField } from '../mask/exposed-fields.ts';
import { narrowValue } from '../mask/narrow.ts';
import { lossWords } from '../mask/value-words.ts';

/** One field over all members of a baseline. */
export interface BaselineRow {
  readonly field: ExposedField;
  /** In the order of the members. */
  readonly values: readonly number[];
  /** What every member can show. */
  readonly common: number;
  /** What a guest loses against the richest member, in words. */
  readonly lost: readonly string[];
}

/**
 * The intersection of what the members offer, field by field: what a guest may see if it is to run on any of them.
 * Members whose Identify Controller could not be read are left out, and so are fields that one of them does not tell.
 */
export function baselineRows(members: readonly Controller[]): readonly BaselineRow[] {
  const read = readableMembers(members);
  if (read.length === 0) return [];
  return exposedFields.flatMap((field) => {
    const values = read.flatMap((member) => fieldValue(field, member) ?? []);
    if (values.length < read.length) return [];
    const same = field.comparable?.(read) ?? 0xffffffff;
    const offered = values.map((value) => (value & ~field.never & same) >>> 0);
    const common = offered.reduce((left, right) => combine(field, left, right));
    const lost = values.flatMap((value) => lossWords(field, value, common));
    return [{ field, values, common, lost: [...new Set(lost)] }];
  });
}

/** Members whose capabilities are known. */
export function readableMembers(members: readonly Controller[]): readonly Controller[] {
  return members.filter((member) => member.identity !== null && member.capabilities !== null);
}

/**
 * The mask that shows exactly the baseline. Every field gets an entry, also where all members agree: a later firmware
 * that offers more must not show through on one host only.
 */
export function baselineMask(rows: readonly BaselineRow[]): ExposedCapability[] {
  return rows.flatMap(({ field, common }) => {
    // A limit of 0 is no limit, and needs no entry.
    if (field.rule === 'limit' && common === 0) return [];
    return [entryOf(field, common)];
  });
}

/** The entry that narrows a field to this value. */
export function entryOf(field: ExposedField, value: number): ExposedCapability {
  const { structure, offset, size, rule } = field;
  return { ...inStructure(structure), offset, size, rule, value: hexadecimal(value) };
}

/** What both can show of one field. */
export function combine(field: Pick<ExposedField, 'rule'>, left: number, right: number): number {
  return Number(narrowValue({ rule: field.rule, value: hexadecimal(right) }, BigInt(left)));
}

/** The narrower of two masks, entry by entry: what survives both. */
export function intersectMasks(
  left: readonly ExposedCapability[],
  right: readonly ExposedCapability[],
): ExposedCapability[] {
  const result = new Map<string, ExposedCapability>();
  for (const entry of [...left, ...right]) {
    const key = `${structureOf(entry)} ${entry.offset} ${entry.size} ${entry.rule}`;
    const before = result.get(key);
    result.set(
      key,
      before === undefined
        ? entry
        : { ...entry, value: hexadecimal(narrowValue(entry, BigInt(before.value))) },
    );
  }
  return [...result.values()].sort(byOffset);
}

/** A field as the guests of a virtual subsystem read it when the hardware offers `offered`. */
export function exposedValue(
  field: ExposedField,
  mask: readonly ExposedCapability[],
  offered: number,
): number {
  return mask
    .filter((entry) => isOfField(field, entry))
    .reduce((value, entry) => Number(narrowValue(entry, BigInt(value))), offered);
}
