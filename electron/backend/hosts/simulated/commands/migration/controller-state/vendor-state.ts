import {
  decodeErrorInformation,
  encodeErrorInformation,
  errorInformationLength,
} from '#shared/nvme/layouts/logs/error-information.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { ControllerHealth } from '../../../state/controller-health.ts';
import type { AsynchronousEvent, ControllerLiveState, MessageVector } from '../../../state/live-state.ts';

/**
 * The vendor part of the Controller State of a simulated controller, version 1: what the NVMe-defined part leaves out.
 * Little-endian, every list padded to whole dwords.
 *
 * | Offset | Size | Field |
 * |---|---|---|
 * | 0 | 4 | signature `BVCS` |
 * | 4 | 2 | version, 1 |
 * | 6 | 2 | flags: bit 0 admin completion phase |
 * | 8 | 4 | CC |
 * | 12 | 4 | INTMS |
 * | 16 | 4 | AQA |
 * | 20 | 4 | 0 |
 * | 24, 32 | 8, 8 | ASQ, ACQ |
 * | 40 | 2 × 4 | admin submission head and tail, admin completion head and tail |
 * | 48 | 16 | Host Identifier |
 * | 64 | 2 × 5 | counts: features, pending events, MSI-X vectors, attached namespaces, changed namespaces |
 * | 74 | 1 | masked event types, one bit each |
 * | 76 | 2 × 2 | counts: outstanding Asynchronous Event Requests, Error Information entries |
 * | 80 | 8 × 5 | Error Count, read commands, write commands, bytes read, bytes written |
 * | 120 | 8 | Timestamp feature: milliseconds to add to the simulated clock, signed; 8000000000000000h when not set |
 * | 128 | 8 each | features: identifier u32, value u32 |
 * | | 4 each | outstanding Asynchronous Event Requests: command identifier u16, 0 |
 * | | 4 each | pending events: type, information, log page, 0 |
 * | | 16 each | MSI-X vectors: address u64, data u32, masked u32 |
 * | | 20 each | attached namespaces: NSID u32, NGUID |
 * | | 4 each | NSIDs of log page 04h |
 * | | 64 each | Error Information entries, newest first |
 */
export interface VendorState {
  readonly properties: ControllerLiveState['properties'];
  readonly admin: ControllerLiveState['admin'];
  /** Command identifiers. */
  readonly outstandingEvents: readonly number[];
  readonly hostIdentifier: Uint8Array;
  readonly features: ReadonlyMap<number, number>;
  readonly pendingEvents: readonly AsynchronousEvent[];
  readonly maskedEvents: ReadonlySet<number>;
  readonly vectors: readonly MessageVector[];
  readonly namespaces: readonly AttachedNamespace[];
  readonly changedNamespaces: readonly number[];
  readonly timestampOffset: number | null;
  readonly health: ControllerHealth;
}

interface AttachedNamespace {
  readonly nsid: number;
  /** 32 hexadecimal digits; zeroes when the namespace has none. */
  readonly nguid: string;
}

const signature = 0x53435642;
const version = 1;
const headerLength = 128;
const sizes = { feature: 8, request: 4, event: 4, vector: 16, namespace: 20, changed: 4 } as const;
const counters = ['errorCount', 'readCommands', 'writeCommands', 'bytesRead', 'bytesWritten'] as const;
const countersOffset = 80;
const timestampOffset = 120;
const noTimestamp = -(1n << 63n);

export function encodeVendorState(state: VendorState): Uint8Array {
  const { properties, admin } = state;
  const length =
    headerLength +
    state.features.size * sizes.feature +
    state.outstandingEvents.length * sizes.request +
    state.pendingEvents.length * sizes.event +
    state.vectors.length * sizes.vector +
    state.namespaces.length * sizes.namespace +
    state.changedNamespaces.length * sizes.changed +
    state.health.errors.length * errorInformationLength;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  view.setUint16(4, version, true);
  view.setUint16(6, admin.phase ? 1 : 0, true);
  view.setUint32(8, properties.cc, true);
  view.setUint32(12, properties.intms, true);
  view.setUint32(16, properties.aqa, true);
  view.setBigUint64(24, properties.asq, true);
  view.setBigUint64(32, properties.acq, true);
  view.setUint16(40, admin.submissionHead, true);
  view.setUint16(42, admin.submissionTail, true);
  view.setUint16(44, admin.completionHead, true);
  view.setUint16(46, admin.completionTail, true);
  bytes.set(state.hostIdentifier, 48);
  view.setUint16(64, state.features.size, true);
  view.setUint16(66, state.pendingEvents.length, true);
  view.setUint16(68, state.vectors.length, true);
  view.setUint16(70, state.namespaces.length, true);
  view.setUint16(72, state.changedNamespaces.length, true);
  let masked = 0;
  for (const type of state.maskedEvents) masked |= 1 << type;
  view.setUint8(74, masked);
  view.setUint16(76, state.outstandingEvents.length, true);
  view.setUint16(78, state.health.errors.length, true);
  for (const [index, name] of counters.entries())
    view.setBigUint64(countersOffset + index * 8, BigInt(state.health[name]), true);
  const offset = state.timestampOffset === null ? noTimestamp : BigInt(state.timestampOffset);
  view.setBigInt64(timestampOffset, offset, true);
  let at = headerLength;
  for (const [identifier, value] of [...state.features].sort((left, right) => left[0] - right[0])) {
    view.setUint32(at, identifier, true);
    view.setUint32(at + 4, value, true);
    at += sizes.feature;
  }
  for (const identifier of state.outstandingEvents) {
    view.setUint16(at, identifier, true);
    at += sizes.request;
  }
  for (const event of state.pendingEvents) {
    bytes.set([event.type, event.information, event.logPage, 0], at);
    at += sizes.event;
  }
  for (const vector of state.vectors) {
    view.setBigUint64(at, vector.address, true);
    view.setUint32(at + 8, vector.data, true);
    view.setUint32(at + 12, vector.masked ? 1 : 0, true);
    at += sizes.vector;
  }
  for (const namespace of state.namespaces) {
    view.setUint32(at, namespace.nsid, true);
    bytes.set(Buffer.from(namespace.nguid, 'hex'), at + 4);
    at += sizes.namespace;
  }
  for (const nsid of state.changedNamespaces) {
    view.setUint32(at, nsid, true);
    at += sizes.changed;
  }
  for (const entry of state.health.errors) {
    const encoded = encodeErrorInformation(entry);
    if (!encoded.ok) throw new Error(encoded.error.message);
    bytes.set(encoded.value, at);
    at += errorInformationLength;
  }
  return bytes;
}

/** Refuses bytes of another device, of another version, and those whose counts do not add up to their length. */
export function decodeVendorState(bytes: Uint8Array): Result<VendorState> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerLength || view.getUint32(0, true) !== signature)
    return refuse('bytes 0-3 (signature)', 'it was not saved by a simulated controller');
  if (view.getUint16(4, true) !== version)
    return refuse('bytes 4-5 (version)', `version ${view.getUint16(4, true)} is not known`);
  const count = {
    features: view.getUint16(64, true),
    events: view.getUint16(66, true),
    vectors: view.getUint16(68, true),
    namespaces: view.getUint16(70, true),
    changed: view.getUint16(72, true),
    requests: view.getUint16(76, true),
    errors: view.getUint16(78, true),
  };
  const length =
    headerLength +
    count.features * sizes.feature +
    count.requests * sizes.request +
    count.events * sizes.event +
    count.vectors * sizes.vector +
    count.namespaces * sizes.namespace +
    count.changed * sizes.changed +
    count.errors * errorInformationLength;
  if (length !== bytes.length)
    return refuse('bytes 64-79 (counts)', `they need ${length} bytes, but ${bytes.length} are there`);
  let at = headerLength;
  const each = <Item>(items: number, size: number, read: (offset: number) => Item): Item[] =>
    Array.from({ length: items }, () => {
      at += size;
      return read(at - size);
    });
  const features = each(
    count.features,
    sizes.feature,
    (offset) => [view.getUint32(offset, true), view.getUint32(offset + 4, true)] as const,
  );
  const outstandingEvents = each(count.requests, sizes.request, (offset) => view.getUint16(offset, true));
  const pendingEvents = each(count.events, sizes.event, (offset) => ({
    type: view.getUint8(offset) & 7,
    information: view.getUint8(offset + 1),
    logPage: view.getUint8(offset + 2),
  }));
  const vectors = each(count.vectors, sizes.vector, (offset) => ({
    address: view.getBigUint64(offset, true),
    data: view.getUint32(offset + 8, true),
    masked: view.getUint32(offset + 12, true) === 1,
  }));
  const namespaces = each(count.namespaces, sizes.namespace, (offset) => ({
    nsid: view.getUint32(offset, true),
    nguid: Buffer.from(bytes.subarray(offset + 4, offset + sizes.namespace)).toString('hex'),
  }));
  const changedNamespaces = each(count.changed, sizes.changed, (offset) => view.getUint32(offset, true));
  const errors = decodeErrorInformation(bytes.subarray(at));
  if (!errors.ok) return errors;
  const health = new ControllerHealth();
  health.errors = [...errors.value];
  for (const [index, name] of counters.entries())
    health[name] = Number(view.getBigUint64(countersOffset + index * 8, true));
  const offset = view.getBigInt64(timestampOffset, true);
  const masked = view.getUint8(74);
  return succeed({
    properties: {
      cc: view.getUint32(8, true),
      intms: view.getUint32(12, true),
      aqa: view.getUint32(16, true),
      asq: view.getBigUint64(24, true),
      acq: view.getBigUint64(32, true),
    },
    admin: {
      submissionHead: view.getUint16(40, true),
      submissionTail: view.getUint16(42, true),
      completionHead: view.getUint16(44, true),
      completionTail: view.getUint16(46, true),
      phase: (view.getUint16(6, true) & 1) === 1,
    },
    outstandingEvents,
    hostIdentifier: bytes.slice(48, 64),
    features: new Map(features),
    pendingEvents,
    maskedEvents: new Set([0, 1, 2, 3, 4, 5, 6, 7].filter((type) => (masked >> type) % 2 === 1)),
    vectors,
    namespaces,
    changedNamespaces,
    timestampOffset: offset === noTimestamp ? null : Number(offset),
    health,
  });
}

function refuse(field: string, message: string): Result<never> {
  return fail('device-data', `Vendor part of the Controller State, ${field}: ${message}`, {
    object: 'Vendor part of the Controller State',
    field,
    fix: 'Save the state again and send all of it',
  });
}
