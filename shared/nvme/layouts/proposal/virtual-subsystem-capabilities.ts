import { type Result, succeed } from '../../../result.ts';
import { rangeFailure } from '../../byte-view.ts';
import { decodeEntryList, type EntryList, type EntryListLayout, encodeEntryList } from '../../entry-list.ts';
import { type FieldValues, fieldsOf } from '../../layout.ts';
import { virtualSubsystemClause } from './virtual-subsystem-identity.ts';

/** Bytes of the list as the data of Set Exposed Capabilities, and inside Virtual Subsystem Information. */
export const exposedCapabilitiesLength = 2048;
export const maximumExposedCapabilities = 127;

/**
 * How an entry narrows the field that it names: keep only these bits, report at most this value, or the same for a field
 * in which the hardware's 0 means `no limit` (MDTS, MAXCMD, MNAN): 0 then becomes the value. The last is for times that
 * the host must wait, where the larger value promises less (CAP.TO).
 */
export const exposedCapabilityRules = { keepBits: 0, atMost: 1, limit: 2, atLeast: 3 } as const;

/**
 * What an entry can name a field of, with its number on the wire and its length in bytes. Resources, log pages, features
 * and LBA formats are no structures of the specification: the tables stand for what a member lets its host have.
 */
export const exposedStructures = {
  'identify-controller': { value: 0, length: 4096, title: 'Identify Controller (CNS 01h)' },
  properties: { value: 1, length: 8, title: 'Controller properties: CAP' },
  resources: {
    value: 2,
    length: 4,
    title: 'Resources: I/O queue pairs in bytes 1:0, interrupt vectors in bytes 3:2',
  },
  'log-pages': { value: 3, length: 32, title: 'Log pages: bit n of the 256 is log page n' },
  features: { value: 4, length: 32, title: 'Features: bit n of the 256 is feature n' },
  'lba-formats': { value: 5, length: 8, title: 'LBA formats of every namespace: bit n of the 64 is LBAFn' },
} as const;
export type ExposedStructure = keyof typeof exposedStructures;

/** The structure of a number on the wire; undefined for a reserved one. */
export function exposedStructureOf(value: number): ExposedStructure | undefined {
  const names = Object.keys(exposedStructures) as ExposedStructure[];
  return names.find((name) => exposedStructures[name].value === value);
}

/** Fields of one entry: a field of a structure by its place, and how it is narrowed. */
export const exposedCapabilityFields = fieldsOf(virtualSubsystemClause, [
  ['offset', 0, 2, 'unsigned', 'Byte offset of the field in the structure', { maximum: 4095 }],
  ['size', 2, 1, 'unsigned', 'Length of the field in bytes, 1 to 8', { maximum: 8 }],
  [
    'rule',
    3,
    1,
    'unsigned',
    'Rule: 0 keep only these bits, 1 at most this value, 2 at most this value where 0 means no limit, 3 at least this value',
    { maximum: 3 },
  ],
  ['structure', 4, 1, 'unsigned', 'Structure that the field belongs to', { maximum: 5 }],
  ['value', 8, 8, 'big', 'Mask, largest or smallest value'],
]);
export type ExposedCapabilityWire = FieldValues<typeof exposedCapabilityFields>;

/** What the controllers of a virtual subsystem still show of their capabilities. It can only narrow. */
export type ExposedCapabilities = EntryList<ExposedCapabilityWire>;

const layout: EntryListLayout<typeof exposedCapabilityFields> = {
  structure: 'Exposed Capabilities',
  length: exposedCapabilitiesLength,
  countSize: 2,
  headerLength: 16,
  entryLength: 16,
  maximum: maximumExposedCapabilities,
  fields: exposedCapabilityFields,
  check(entry, name, base) {
    const named = exposedStructures[exposedStructureOf(entry.structure) ?? 'identify-controller'];
    if (entry.size > 0 && entry.offset + entry.size <= named.length) return succeed(undefined);
    return rangeFailure(
      'device-data',
      { structure: name, field: 'OFFSET and SIZE', offset: base, size: 3 },
      `${entry.size} bytes at ${entry.offset} are not a field of ${named.title}`,
    );
  },
};

/** Decodes exactly 2048 bytes. Refuses entries that reach outside their structure. */
export function decodeExposedCapabilities(bytes: Uint8Array): Result<ExposedCapabilities> {
  return decodeEntryList(layout, bytes);
}

/** Encodes up to 127 entries into 2048 bytes. */
export function encodeExposedCapabilities(value: ExposedCapabilities): Result<Uint8Array> {
  return encodeEntryList(layout, value);
}
