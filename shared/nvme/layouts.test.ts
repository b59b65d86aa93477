// Longer than 400 lines: one table of cases, read side by side.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import { numRuns } from '../test-support/property-runs.ts';
import type { LayoutField, ReservedByte } from './layout.ts';
import { decodeControllerState, encodeControllerState } from './layouts/controller-state/controller-state.ts';
import {
  decodeControllerStateFormats,
  encodeControllerStateFormats,
} from './layouts/controller-state/controller-state-formats.ts';
import {
  completionQueueStateFields,
  submissionQueueStateFields,
} from './layouts/controller-state/controller-state-queues.ts';
import {
  decodeIdentifyController,
  encodeIdentifyController,
} from './layouts/identify/identify-controller.ts';
import { identifyControllerFields } from './layouts/identify/identify-controller-fields.ts';
import {
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
  identifyNamespaceFields,
  lbaFormatFields,
} from './layouts/identify/identify-namespace.ts';
import {
  decodeNamespaceDescriptors,
  encodeNamespaceDescriptors,
} from './layouts/identify/namespace-descriptors.ts';
import { powerStateDescriptorFields } from './layouts/identify/power-state-descriptor.ts';
import {
  decodePrimaryControllerCapabilities,
  encodePrimaryControllerCapabilities,
  primaryControllerCapabilitiesFields,
} from './layouts/identify/primary-controller-capabilities.ts';
import { decodeControllerList, encodeControllerList } from './layouts/lists/controller-list.ts';
import { decodeNamespaceList, encodeNamespaceList } from './layouts/lists/namespace-list.ts';
import {
  decodeSecondaryControllerList,
  encodeSecondaryControllerList,
  secondaryControllerEntryFields,
} from './layouts/lists/secondary-controller-list.ts';
import {
  decodeErrorInformation,
  type ErrorInformation,
  encodeErrorInformation,
  errorInformationFields,
} from './layouts/logs/error-information.ts';
import {
  decodeSanitizeStatus,
  encodeSanitizeStatus,
  sanitizeStatusFields,
} from './layouts/logs/sanitize-status.ts';
import { decodeSmartHealth, encodeSmartHealth, smartHealthFields } from './layouts/logs/smart-health.ts';
import {
  decodeFunctionList,
  encodeFunctionList,
  functionListFields,
} from './layouts/proposal/function-list.ts';
import { decodeFunctionSupport, encodeFunctionSupport } from './layouts/proposal/function-support.ts';
import {
  decodeVirtualSubsystem,
  encodeVirtualSubsystem,
  virtualSubsystemMemberFields,
} from './layouts/proposal/virtual-subsystem.ts';
import {
  decodeExposedCapabilities,
  encodeExposedCapabilities,
} from './layouts/proposal/virtual-subsystem-capabilities.ts';
import {
  decodeVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
  virtualSubsystemIdentityFields,
} from './layouts/proposal/virtual-subsystem-identity.ts';
import {
  decodeVirtualSubsystemList,
  encodeVirtualSubsystemList,
  virtualSubsystemListFields,
} from './layouts/proposal/virtual-subsystem-list.ts';
import {
  decodeOfferedCapabilities,
  encodeOfferedCapabilities,
  offeredCapabilitiesFields,
  offeredFormatFields,
} from './layouts/proposal/virtual-subsystem-offered.ts';
import {
  decodeVirtualSubsystemSupport,
  encodeVirtualSubsystemSupport,
} from './layouts/proposal/virtual-subsystem-support.ts';
import {
  decodeTrackMemoryData,
  encodeTrackMemoryData,
  memoryRangeFields,
} from './layouts/tracking/track-memory-data.ts';
import {
  decodeTrackedMemoryChanges,
  encodeTrackedMemoryChanges,
  trackedMemoryChangeFields,
} from './layouts/tracking/tracked-memory-changes.ts';
import {
  decodeUserDataMigrationEntry,
  encodeUserDataMigrationEntry,
} from './layouts/tracking/user-data-migration-entry.ts';

/** Any value of a table of fields, drawn from the table itself. */
function anyFields(fields: readonly LayoutField[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.key, anyValue(field)])));
}

function anyValue(field: LayoutField): fc.Arbitrary<unknown> {
  const hexadecimal = fc
    .uint8Array({ minLength: field.size, maxLength: field.size })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
  switch (field.kind) {
    case 'unsigned':
      return fc.integer({ min: 0, max: field.maximum ?? 2 ** (field.size * 8) - 1 });
    case 'big':
      return fc.bigInt({ min: 0n, max: (1n << BigInt(field.size * 8)) - 1n });
    case 'ascii':
      return fc
        .array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: field.size, maxLength: field.size })
        .map((codes) => String.fromCharCode(...codes));
    case 'nqn':
      return fc
        .string({ unit: 'grapheme', maxLength: 20 })
        .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 223);
    case 'uuid':
      return hexadecimal.map((digits) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
    case 'hexadecimal':
      return hexadecimal;
    case 'bytes':
      return fc.uint8Array({ minLength: field.size, maxLength: field.size });
  }
}

const none: readonly ReservedByte[] = [];
const u16 = fc.integer({ min: 0, max: 0xffff });
const many = (fields: readonly LayoutField[], count: number) =>
  fc.array(anyFields(fields), { minLength: count, maxLength: count });
const upTo = (fields: readonly LayoutField[], maxLength: number) =>
  fc.array(anyFields(fields), { maxLength });
const ascending = (identifiers: number[]) => [...new Set(identifiers)].sort((a, b) => a - b);
const queues = (fields: readonly LayoutField[]) =>
  upTo(fields, 5).map((list) => list.map((queue, index) => ({ ...queue, qid: index * 3 + 1 })));

const exposedCapability = fc
  .record({
    offset: fc.integer({ min: 0, max: 4088 }),
    size: fc.integer({ min: 1, max: 8 }),
    rule: fc.integer({ min: 0, max: 3 }),
    structure: fc.integer({ min: 0, max: 5 }),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  })
  .map((entry) => (entry.structure === 0 ? entry : { ...entry, offset: entry.offset % 4, size: 1 }));

interface Codec {
  readonly name: string;
  readonly values: fc.Arbitrary<unknown>;
  readonly decode: (bytes: Uint8Array) => Result<unknown>;
  readonly encode: (value: never) => Result<Uint8Array>;
  /** Lengths that a buffer of this structure may not have, given a right one. */
  readonly wrongLengths?: (length: number) => readonly number[];
}

const shorterOrLonger = (length: number) => [0, length - 1, length + 1];

const codecs: readonly Codec[] = [
  {
    name: 'Identify Controller',
    values: fc
      .tuple(anyFields(identifyControllerFields), many(powerStateDescriptorFields, 32))
      .map(([fields, psds]) => ({ ...fields, psds, reserved: none })),
    decode: decodeIdentifyController,
    encode: encodeIdentifyController,
  },
  {
    name: 'Identify Namespace',
    values: fc
      .tuple(anyFields(identifyNamespaceFields), many(lbaFormatFields, 64))
      .map(([fields, lbafs]) => ({ ...fields, lbafs, reserved: none })),
    decode: decodeIdentifyNamespace,
    encode: encodeIdentifyNamespace,
  },
  {
    name: 'Namespace List',
    values: fc
      .array(fc.integer({ min: 1, max: 0xfffffffd }), { maxLength: 1024 })
      .map((identifiers) => ({ identifiers: ascending(identifiers) })),
    decode: decodeNamespaceList,
    encode: encodeNamespaceList,
  },
  {
    name: 'Controller List',
    values: fc.record({
      identifiers: fc.array(fc.integer({ min: 0, max: 0xffef }), { maxLength: 2047 }),
      reserved: fc.constant(none),
    }),
    decode: decodeControllerList,
    encode: encodeControllerList,
  },
  {
    name: 'Namespace Identification Descriptors',
    values: fc
      .array(
        fc.oneof(
          ...[
            [1, 8],
            [2, 16],
            [3, 16],
            [4, 1],
            [200, 37],
          ].map(([type, size]) =>
            fc
              .uint8Array({ minLength: size!, maxLength: size! })
              .map((bytes) => ({ type, identifier: Buffer.from(bytes).toString('hex') })),
          ),
        ),
        { maxLength: 8 },
      )
      .map((descriptors) => ({ descriptors, reserved: none })),
    decode: decodeNamespaceDescriptors,
    encode: encodeNamespaceDescriptors,
  },
  {
    name: 'Primary Controller Capabilities',
    values: anyFields(primaryControllerCapabilitiesFields).map((fields) => ({ ...fields, reserved: none })),
    decode: decodePrimaryControllerCapabilities,
    encode: encodePrimaryControllerCapabilities,
  },
  {
    name: 'Secondary Controller List',
    values: upTo(secondaryControllerEntryFields, 127).map((entries) => ({ entries, reserved: none })),
    decode: decodeSecondaryControllerList,
    encode: encodeSecondaryControllerList,
  },
  {
    name: 'Supported Controller State Formats',
    values: fc.record({
      versions: fc.array(u16, { maxLength: 6 }),
      uuids: fc.array(fc.uuid(), { maxLength: 6 }),
      reserved: fc.constant(none),
    }),
    decode: decodeControllerStateFormats,
    encode: encodeControllerStateFormats,
  },
  {
    name: 'Controller State',
    values: fc
      .tuple(
        fc.boolean(),
        fc.option(
          fc.record({
            submissionQueues: queues(submissionQueueStateFields),
            completionQueues: queues(completionQueueStateFields),
          }),
        ),
        fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { maxLength: 9 }),
      )
      .map(([suspended, nvme, dwords]) => ({
        suspended,
        ...(nvme === null ? {} : { nvme }),
        vendor: Uint8Array.from(dwords.flatMap((dword) => [...dword])),
        reserved: none,
      })),
    decode: decodeControllerState,
    encode: encodeControllerState,
  },
  {
    name: 'Track Memory Changes data',
    values: fc.record({
      rmrtg: fc.integer({ min: 0, max: 255 }),
      ranges: upTo(memoryRangeFields, 20),
      reserved: fc.constant(none),
    }),
    decode: decodeTrackMemoryData,
    encode: encodeTrackMemoryData,
  },
  {
    name: 'Tracked Memory Changes',
    values: fc
      .tuple(
        fc.boolean(),
        fc.boolean(),
        u16,
        u16,
        upTo(trackedMemoryChangeFields, 20),
        fc.integer({ min: 0, max: 64 }),
      )
      .map(([moreToReport, suspended, cntlid, rpmpg, changes, spare]) => ({
        moreToReport,
        suspended,
        cntlid,
        rpmpg,
        changes,
        length: 16 + changes.length * 16 + spare,
        reserved: none,
      })),
    decode: decodeTrackedMemoryChanges,
    encode: encodeTrackedMemoryChanges,
    // The buffer may be longer than what was reported, but not shorter than its header.
    wrongLengths: () => [0, 15],
  },
  {
    name: 'User data migration entry',
    values: fc.record({
      nsid: fc.integer({ min: 0, max: 0xffffffff }),
      nlb: fc.integer({ min: 0, max: 0xffffffff }),
      slba: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      phase: fc.constantFrom(0, 1),
      entrySequence: fc.constantFrom(0, 1, 2, 3, 7),
      deallocated: fc.boolean(),
      changeInformation: fc.constantFrom(0, 1, 2),
      reserved: fc.constant(none),
    }),
    decode: decodeUserDataMigrationEntry,
    encode: encodeUserDataMigrationEntry,
  },
  {
    name: 'Virtual Subsystem Identity',
    values: anyFields(virtualSubsystemIdentityFields).map((fields) => ({ ...fields, reserved: none })),
    decode: decodeVirtualSubsystemIdentity,
    encode: encodeVirtualSubsystemIdentity,
  },
  {
    name: 'Exposed Capabilities',
    values: fc.array(exposedCapability, { maxLength: 127 }).map((entries) => ({ entries, reserved: none })),
    decode: decodeExposedCapabilities,
    encode: encodeExposedCapabilities,
  },
  {
    name: 'Virtual Subsystem Information',
    values: fc.record({
      vsid: u16,
      ccntlid: u16,
      identity: anyFields(virtualSubsystemIdentityFields).map((fields) => ({ ...fields, reserved: none })),
      members: upTo(virtualSubsystemMemberFields, 256),
      exposedCapabilities: fc.array(exposedCapability, { maxLength: 127 }),
      reserved: fc.constant(none),
    }),
    decode: decodeVirtualSubsystem,
    encode: encodeVirtualSubsystem,
  },
  {
    name: 'Offered Capabilities',
    values: fc
      .tuple(
        anyFields(offeredCapabilitiesFields),
        fc.array(anyFields(offeredFormatFields), { maxLength: 64 }),
      )
      .map(([fields, formats]) => ({
        ...fields,
        // A last format of zeroes is none.
        formats: formats.map((format) => ({ ...format, ds: 9 })),
        reserved: none,
      })),
    decode: decodeOfferedCapabilities,
    encode: encodeOfferedCapabilities,
  },
  {
    name: 'Virtual Subsystem List',
    values: upTo(virtualSubsystemListFields, 1020).map((entries) => ({ entries, reserved: none })),
    decode: decodeVirtualSubsystemList,
    encode: encodeVirtualSubsystemList,
  },
  {
    name: 'Function List',
    values: upTo(functionListFields, 127).map((entries) => ({ entries, reserved: none })),
    decode: decodeFunctionList,
    encode: encodeFunctionList,
  },
];

const logPages = [
  {
    name: 'Error Information',
    values: fc.array(anyFields(errorInformationFields), { minLength: 1, maxLength: 4 }),
    decode: decodeErrorInformation,
    encode: (entries: readonly ErrorInformation[]) => joined(entries.map(encodeErrorInformation)),
  },
  {
    name: 'SMART / Health Information',
    values: anyFields(smartHealthFields),
    decode: decodeSmartHealth,
    encode: encodeSmartHealth,
  },
  {
    name: 'Sanitize Status',
    values: anyFields(sanitizeStatusFields),
    decode: decodeSanitizeStatus,
    encode: encodeSanitizeStatus,
  },
];

function joined(parts: readonly Result<Uint8Array>[]): Result<Uint8Array> {
  const bytes: number[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    bytes.push(...part.value);
  }
  return { ok: true, value: Uint8Array.from(bytes) };
}

const runs = { numRuns: numRuns(40, 400) };

// Log pages are only read, so what is reserved in them is not kept.
test.each(logPages)('$name survives encoding and decoding', ({ values, decode, encode }) => {
  fc.assert(
    fc.property(values as fc.Arbitrary<unknown>, (value) => {
      const bytes = encode(value as never);
      if (!bytes.ok) throw new Error(bytes.error.message);
      expect(decode(bytes.value)).toEqual({ ok: true, value });
    }),
    runs,
  );
});

test('log pages of the wrong length are refused, of error entries only what is whole counts', () => {
  expect(decodeSmartHealth(new Uint8Array(511))).toMatchObject({ ok: false });
  expect(decodeSanitizeStatus(new Uint8Array(32))).toMatchObject({ ok: false });
  expect(decodeErrorInformation(new Uint8Array(130))).toMatchObject({ ok: true, value: { length: 2 } });
});

describe.each(codecs)('$name', ({ values, decode, encode, wrongLengths = shorterOrLonger }) => {
  test('a value survives encoding and decoding', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(value as never);
        expect(bytes).toMatchObject({ ok: true });
        if (bytes.ok) expect(decode(bytes.value)).toEqual({ ok: true, value });
      }),
      runs,
    );
  });

  test('bytes survive decoding and encoding, reserved and stale ones too', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(values, fc.array(change, { maxLength: 6 }), (value, changes) => {
        const encoded = encode(value as never);
        if (!encoded.ok) throw new Error(encoded.error.message);
        const bytes = encoded.value;
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const decoded = decode(bytes);
        if (decoded.ok) expect(encode(decoded.value as never)).toEqual({ ok: true, value: bytes });
        else expect(decoded.error).toMatchObject({ code: 'device-data', object: expect.any(String) });
      }),
      runs,
    );
  });

  test('wrong lengths are refused, with the structure and the bytes named', () => {
    fc.assert(
      fc.property(values, (value) => {
        const encoded = encode(value as never);
        if (!encoded.ok) throw new Error(encoded.error.message);
        for (const length of wrongLengths(encoded.value.length)) {
          const wrong = new Uint8Array(length);
          wrong.set(encoded.value.subarray(0, length));
          const decoded = decode(wrong);
          expect(decoded).toMatchObject({
            ok: false,
            error: { code: 'device-data', object: expect.any(String) },
          });
          if (!decoded.ok) expect(decoded.error.field).toMatch(/byte/);
        }
      }),
      { numRuns: numRuns(5, 50) },
    );
  });
});

test('reserved bytes come back out of Identify Controller with their place', () => {
  const bytes = new Uint8Array(4096);
  bytes.fill(0x20, 4, 72);
  bytes[103] = 7;
  const decoded = decodeIdentifyController(bytes);
  expect(decoded.ok && decoded.value.reserved).toEqual([{ offset: 103, value: 7 }]);
});

describe('nonsense from a device names structure, field and bytes', () => {
  const refused = (decoded: Result<unknown>) =>
    decoded.ok ? undefined : `${decoded.error.object}: ${decoded.error.field}`;

  test('text that is not ASCII', () => {
    const bytes = new Uint8Array(4096).fill(0x20);
    bytes[7] = 0x80;
    expect(refused(decodeIdentifyController(bytes))).toBe('Identify Controller: bytes 4-23 (SN)');
  });

  test('a name without an end', () => {
    const bytes = new Uint8Array(4096);
    bytes.fill(0x41, 768, 1024);
    expect(refused(decodeIdentifyController(bytes))).toBe('Identify Controller: bytes 768-1023 (SUBNQN)');
  });

  test('reserved values', () => {
    const type = new Uint8Array(4096);
    type[111] = 9;
    expect(refused(decodeIdentifyController(type))).toBe('Identify Controller: byte 111 (CNTRLTYPE)');
    const count = new Uint8Array(4096);
    count[0] = 128;
    expect(refused(decodeSecondaryControllerList(count))).toBe(
      'Secondary Controller List: byte 0 (number of entries)',
    );
    const state = new Uint8Array(4096);
    state.set([1], 0);
    state[36] = 2;
    expect(refused(decodeSecondaryControllerList(state))).toBe(
      'Secondary Controller List, entry 0: byte 36 (SCS)',
    );
    const controllers = new Uint8Array(4096);
    controllers.set([1, 0, 0xf0, 0xff]);
    expect(refused(decodeControllerList(controllers))).toBe('Controller List: bytes 2-3 (identifier 0)');
    const tooMany = new Uint8Array(4096);
    tooMany.set([0, 8]);
    expect(refused(decodeControllerList(tooMany))).toBe('Controller List: bytes 0-1 (number of identifiers)');
  });

  test('namespace identifiers out of order', () => {
    const bytes = new Uint8Array(4096);
    bytes.set([2, 0, 0, 0, 1]);
    expect(refused(decodeNamespaceList(bytes))).toBe('Namespace List: bytes 4-7 (identifier 1)');
  });

  test('a controller state whose queues do not fill its size', () => {
    const encoded = encodeControllerState({
      suspended: true,
      nvme: { submissionQueues: [], completionQueues: [] },
      vendor: new Uint8Array(0),
      reserved: [],
    });
    if (!encoded.ok) throw new Error();
    encoded.value[50] = 1;
    expect(refused(decodeControllerState(encoded.value))).toBe(
      'NVMe Controller State: bytes 50-53 (NIOSQ and NIOCQ)',
    );
  });
});

test('one submission and one completion queue make a state of 104 bytes', () => {
  const queue = { prp1: 0x1000n, qsize: 63, qid: 1, head: 0, tail: 0, attributes: 1 };
  const encoded = encodeControllerState({
    suspended: true,
    nvme: { submissionQueues: [{ ...queue, cqid: 1 }], completionQueues: [queue] },
    vendor: new Uint8Array(0),
    reserved: [],
  });
  expect(encoded.ok && encoded.value.length).toBe(104);
  expect(encoded.ok && encoded.value[16]).toBe(14);
});

test('encoding refuses what does not fit, and says what would', () => {
  expect(encodeNamespaceList({ identifiers: [3, 2] })).toMatchObject({ ok: false });
  const identity = decodeVirtualSubsystemIdentity(new Uint8Array(512).fill(0x20, 256, 324));
  if (!identity.ok) throw new Error(identity.error.message);
  expect(encodeVirtualSubsystemIdentity({ ...identity.value, vnqn: 'é'.repeat(112) })).toMatchObject({
    ok: false,
    error: { code: 'invalid-request', field: 'bytes 0-255 (VNQN)', fix: expect.stringContaining('223') },
  });
});

test('virtual subsystem support is found in the vendor bytes, and only there', () => {
  const support = { version: 1, maxvs: 64, maxvc: 256, vscap: 3 };
  const encoded = encodeVirtualSubsystemSupport(support);
  if (!encoded.ok) throw new Error(encoded.error.message);
  expect(Buffer.from(encoded.value.subarray(0, 4)).toString()).toBe('BVSP');
  expect(decodeVirtualSubsystemSupport(encoded.value)).toEqual({ ok: true, value: support });
  expect(decodeVirtualSubsystemSupport(new Uint8Array(1024))).toEqual({ ok: true, value: undefined });
  expect(decodeVirtualSubsystemSupport(new Uint8Array(4)).ok).toBe(false);
});

test('function support stands beside virtual subsystem support in the vendor bytes', () => {
  const functions = { version: 1, fncap: 3, maxpf: 8, fpcid: 0x100 };
  const virtual = encodeVirtualSubsystemSupport({ version: 1, maxvs: 64, maxvc: 256, vscap: 3 });
  const both = virtual.ok ? encodeFunctionSupport(functions, virtual.value) : virtual;
  if (!both.ok) throw new Error(both.error.message);
  expect(Buffer.from(both.value.subarray(64, 68)).toString()).toBe('BFNP');
  expect(decodeFunctionSupport(both.value)).toEqual({ ok: true, value: functions });
  expect(decodeVirtualSubsystemSupport(both.value)).toMatchObject({ ok: true, value: { maxvs: 64 } });
  expect(decodeFunctionSupport(new Uint8Array(1024))).toEqual({ ok: true, value: undefined });
});

test.each([
  ['Identify Controller', identifyControllerFields, 4096],
  ['Identify Namespace', identifyNamespaceFields, 4096],
  ['Primary Controller Capabilities', primaryControllerCapabilitiesFields, 4096],
  ['Virtual Subsystem Identity', virtualSubsystemIdentityFields, 512],
] as const)('the fields of %s ascend, do not overlap and lie inside', (_name, fields, length) => {
  let end = 0;
  for (const field of fields) {
    expect(field.offset, field.key).toBeGreaterThanOrEqual(end);
    end = field.offset + field.size;
    expect(field.title, field.key).not.toBe('');
  }
  expect(end).toBeLessThanOrEqual(length);
});
