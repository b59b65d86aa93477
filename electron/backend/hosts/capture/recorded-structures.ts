import { z } from 'zod';
import type { Pieces } from '#shared/bounds/pieces.ts';
import { largestControllerIdentifier } from '#shared/nvme/controller-identifier.ts';
import { encodeFields, type LayoutField } from '#shared/nvme/layout.ts';
import {
  blankIdentifyController,
  encodeIdentifyController,
  identifyControllerLength,
} from '#shared/nvme/layouts/identify/identify-controller.ts';
import { identifyControllerFields } from '#shared/nvme/layouts/identify/identify-controller-fields.ts';
import {
  blankIdentifyNamespace,
  encodeIdentifyNamespace,
  identifyNamespaceFields,
  lbaFormatFields,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import {
  encodePrimaryControllerCapabilities,
  type PrimaryControllerCapabilities,
  primaryControllerCapabilitiesFields,
} from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { controllerListLength, encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { encodeNamespaceList, namespaceListLength } from '#shared/nvme/layouts/lists/namespace-list.ts';
import type { Result } from '#shared/result.ts';
import { checkEntries, checkObject, checkRecorded } from './recorded-output.ts';
import { encodeSecondaryPages } from './recorded-secondaries.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** JSON outputs of nvme-cli as the 4096 bytes that the device answered; null when the JSON is of no use. */
export type FromJson = (files: SnapshotFiles, file: string, value: unknown) => Pieces<Uint8Array | null>;

// What an nvme-cli of another version prints more is not looked at: some of these objects have a hundred keys.
const uint8 = z.int().min(0).max(0xff);
const uint16 = z.int().min(0).max(0xffff);
const uint32 = z.int().min(0).max(0xffffffff);
const controllerIdentifier = z.int().min(0).max(largestControllerIdentifier);

const identifyControllerSchema = z.object({
  vid: uint16,
  ssvid: uint16,
  sn: z.string(),
  mn: z.string(),
  fr: z.string(),
  cmic: uint8,
  mdts: uint8,
  cntlid: uint16,
  ver: uint32,
  oaes: uint32,
  ctratt: uint32,
  oacs: uint16,
  lpa: uint8,
  sqes: uint8,
  cqes: uint8,
  nn: uint32,
  oncs: uint16,
  sgls: uint32,
});

export const identifyControllerFromJson: FromJson = function* (files, file, value) {
  yield* checkRecorded(files, file, identifyControllerSchema, value);
  const blank = blankIdentifyController();
  const values = yield* fieldsFromJson(files, file, identifyControllerFields, value, blank);
  if (values === null) return null;
  return encoded(files, file, encodeIdentifyController({ ...blank, ...values }), identifyControllerLength);
};

const identifyNamespaceSchema = z.object({
  nsze: z.union([z.int().min(0), z.string()]),
  ncap: z.union([z.int().min(0), z.string()]),
  flbas: uint8,
  nmic: uint8,
  lbafs: z.array(z.unknown()),
});

const lbaFormatSchema = z.object({ ms: uint16, ds: uint8, rp: uint8 });

export const identifyNamespaceFromJson: FromJson = function* (files, file, value) {
  yield* checkRecorded(files, file, identifyNamespaceSchema, value);
  const blank = blankIdentifyNamespace();
  const values = yield* fieldsFromJson(files, file, identifyNamespaceFields, value, blank);
  if (values === null) return null;
  const formats = (yield* checkEntries(files, file, 'lbafs', lbaFormatSchema, value)) ?? [];
  const lbafs = formats.map((format) => fieldsOnly(lbaFormatFields, format));
  const bytes = encodeIdentifyNamespace({ ...blank, ...values, lbafs } as typeof blank);
  return encoded(files, file, bytes, identifyControllerLength);
};

const primaryCapabilitiesSchema = z.object(
  Object.fromEntries(
    primaryControllerCapabilitiesFields.map((field) => [
      field.key,
      z
        .int()
        .min(0)
        .max(2 ** (8 * field.size) - 1),
    ]),
  ),
);

export const primaryCapabilitiesFromJson: FromJson = function* (files, file, value) {
  const checked = yield* checkRecorded(files, file, primaryCapabilitiesSchema, value);
  if (checked === null) return null;
  const fields: PrimaryControllerCapabilities = fieldsOnly(primaryControllerCapabilitiesFields, checked);
  const bytes = encodePrimaryControllerCapabilities({ ...fields, reserved: [] });
  return encoded(files, file, bytes, identifyControllerLength);
};

const secondaryEntrySchema = z.object({
  'secondary-controller-identifier': controllerIdentifier,
  'primary-controller-identifier': controllerIdentifier,
  'secondary-controller-state': z.int().min(0).max(1),
  'virtual-function-number': uint16,
  'num-virtual-queues': uint16,
  'num-virtual-interrupts': uint16,
});

export const secondaryListFromJson: FromJson = function* (files, file, value) {
  const entries = yield* checkEntries(files, file, 'secondary-controllers', secondaryEntrySchema, value);
  if (entries === null) return null;
  const list = entries.map((entry) => ({
    scid: entry['secondary-controller-identifier'],
    pcid: entry['primary-controller-identifier'],
    scs: entry['secondary-controller-state'],
    vfn: entry['virtual-function-number'],
    nvq: entry['num-virtual-queues'],
    nvi: entry['num-virtual-interrupts'],
  }));
  const bytes = encodeSecondaryPages(list);
  return encoded(files, file, bytes, bytes.ok ? bytes.value.length : 0);
};

const listedNamespaceSchema = z.object({ nsid: z.int().min(1).max(0xfffffffd) });

export const namespaceListFromJson: FromJson = function* (files, file, value) {
  const entries = yield* checkEntries(files, file, 'nsid_list', listedNamespaceSchema, value);
  if (entries === null) return null;
  const bytes = encodeNamespaceList({ identifiers: entries.map((entry) => entry.nsid) });
  return encoded(files, file, bytes, namespaceListLength);
};

const listedControllerSchema = z.object({ ctrl_id: controllerIdentifier });

export const controllerListFromJson: FromJson = function* (files, file, value) {
  const entries = yield* checkEntries(files, file, 'ctrl_list', listedControllerSchema, value);
  if (entries === null) return null;
  const bytes = encodeControllerList({ identifiers: entries.map((entry) => entry.ctrl_id), reserved: [] });
  return encoded(files, file, bytes, controllerListLength);
};

/**
 * The fields of a layout that a JSON object names. nvme-cli prints 128-bit numbers as text up to 2.3 and as numbers
 * later; fields that this nvme-cli does not print keep their blank value.
 */
function* fieldsFromJson<Fields extends readonly LayoutField[]>(
  files: SnapshotFiles,
  file: string,
  fields: Fields,
  value: unknown,
  blank: object,
): Pieces<Record<string, unknown> | null> {
  const object = yield* checkObject(files, file, value);
  if (object === null) return null;
  const present = fields.filter(({ key }) => object[key] !== undefined);
  const convert = ({ key, kind }: LayoutField) => (kind === 'big' ? bigFrom(object[key]) : object[key]);
  const all = Object.fromEntries(present.map((field) => [field.key, convert(field)]));
  // Almost always everything fits; only where something does not, each field is tried by itself to name it.
  if (fitTogether(file, present, all)) return { ...blank, ...all };
  const values: Record<string, unknown> = {};
  for (const field of present) {
    const given = object[field.key];
    const converted = all[field.key];
    if (fitTogether(file, [{ ...field, offset: 0 }], all)) values[field.key] = converted;
    else
      files.problem(file, `${shownValue(given)} does not fit the field ${field.title}`, {
        field: field.key,
        fix: 'Record the capture again, or remove the file',
      });
  }
  return { ...blank, ...values };
}

/** As JSON, of a list or an object only what it is: it may be large. */
function shownValue(given: unknown): string {
  if (typeof given === 'object' && given !== null) return Array.isArray(given) ? 'A list' : 'An object';
  return JSON.stringify(given);
}

/** Whether the values of these fields can be encoded. */
function fitTogether(
  file: string,
  fields: readonly LayoutField[],
  values: Readonly<Record<string, unknown>>,
): boolean {
  if (fields.some(({ key }) => values[key] === null)) return false;
  const length = Math.max(0, ...fields.map(({ offset, size }) => offset + size));
  return encodeFields(file, fields, values as never, new Uint8Array(length)).ok;
}

function bigFrom(value: unknown): bigint | null {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return BigInt(value);
  return typeof value === 'string' && /^\d{1,39}$/.test(value) ? BigInt(value) : null;
}

function fieldsOnly(fields: readonly LayoutField[], values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(fields.map((field) => [field.key, values[field.key]])) as never;
}

function encoded(
  files: SnapshotFiles,
  file: string,
  bytes: Result<Uint8Array>,
  length: number,
): Uint8Array | null {
  if (bytes.ok && bytes.value.length === length) return bytes.value;
  if (!bytes.ok)
    files.problem(file, bytes.error.message, {
      ...(bytes.error.field === undefined ? {} : { field: bytes.error.field }),
      fix: 'Record the capture again, or remove the file',
    });
  return null;
}
