import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  blankIdentifyNamespace,
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import {
  encodeNamespaceDescriptors,
  namespaceDescriptorTypes,
} from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { decodeControllerList, encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeNamespaceList, encodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import {
  encodeSecondaryControllerList,
  maximumSecondaryControllerEntries,
  secondaryControllerListLength,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { Capture } from './capture.ts';
import type { RecordedAnswer } from './controller-record.ts';
import { decodeSecondaryPages } from './recorded-secondaries.ts';
import type { CapturedController } from './snapshot.ts';
import { subsystemNqn } from './supplement.ts';

/** What selects an Identify structure: CNS, NSID and the first controller identifier of a list. */
export interface IdentifySelection {
  readonly cns: number;
  readonly nsid: number;
  readonly cntid: number;
}

/**
 * What a recorded controller answered, or would have answered, to an Identify command; null when the capture does not
 * tell. Lists were recorded from their beginning, so a list from a later identifier is cut out of the whole one.
 */
export function recordedIdentify(
  capture: Capture,
  controller: CapturedController,
  { cns, nsid, cntid }: IdentifySelection,
): RecordedAnswer | null {
  const structures = identifyStructures;
  if (cns === structures.activeNamespaces.value)
    return mapped(activeNamespaces(controller), (bytes) => namespacesAfter(bytes, nsid));
  const { record } = controller;
  if (cns === structures.namespace.value)
    return record?.namespaces.get(nsid)?.identify ?? activeNamespace(capture, controller, nsid);
  if (record === null) return null;
  switch (cns) {
    case structures.controller.value:
      return record.identify;
    case structures.allocatedNamespace.value:
      return record.namespaces.get(nsid)?.allocated ?? namespaceIdentity(capture, controller, nsid);
    case structures.namespaceDescriptors.value:
      return record.namespaces.get(nsid)?.descriptors ?? namespaceDescriptors(capture, controller, nsid);
    case structures.allocatedNamespaces.value:
      return mapped(record.allocatedNamespaces, (bytes) => namespacesAfter(bytes, nsid));
    case structures.attachedControllers.value:
      return mapped(record.namespaces.get(nsid)?.attached ?? null, (bytes) => controllersFrom(bytes, cntid));
    case structures.controllers.value:
      return mapped(record.controllers, (bytes) => controllersFrom(bytes, cntid));
    case structures.primaryControllerCapabilities.value:
      return record.primaryCapabilities;
    case structures.secondaryControllers.value:
      return mapped(record.secondaries, (bytes) => secondariesFrom(bytes, cntid));
    default:
      return null;
  }
}

/** CNS 02h. Where nobody asked the controller, the namespaces that its driver found: those are the active ones. */
function activeNamespaces({ record, device }: CapturedController): RecordedAnswer | null {
  if (record?.activeNamespaces != null) return record.activeNamespaces;
  const identifiers = [...(device?.namespaces.keys() ?? [])].sort((a, b) => a - b);
  if (identifiers.length === 0) return null;
  const bytes = encodeNamespaceList({ identifiers });
  return bytes.ok ? { kind: 'value', value: bytes.value } : null;
}

function mapped(
  answer: RecordedAnswer | null,
  convert: (bytes: Uint8Array) => Result<Uint8Array>,
): RecordedAnswer | null {
  if (answer?.kind !== 'value') return answer;
  const converted = convert(answer.value);
  return converted.ok ? { kind: 'value', value: converted.value } : null;
}

function namespacesAfter(bytes: Uint8Array, nsid: number): Result<Uint8Array> {
  const list = decodeNamespaceList(bytes);
  if (!list.ok) return list;
  return encodeNamespaceList({ identifiers: list.value.identifiers.filter((known) => known > nsid) });
}

function controllersFrom(bytes: Uint8Array, cntid: number): Result<Uint8Array> {
  const list = decodeControllerList(bytes);
  if (!list.ok || cntid === 0) return list.ok ? succeed(bytes) : list;
  const identifiers = list.value.identifiers.filter((known) => known >= cntid);
  return encodeControllerList({ identifiers, reserved: [] });
}

// A list that was recorded as one page is answered as it is.
function secondariesFrom(bytes: Uint8Array, cntid: number): Result<Uint8Array> {
  const entries = decodeSecondaryPages(bytes);
  if (!entries.ok) return entries;
  if (cntid === 0 && bytes.length === secondaryControllerListLength) return succeed(bytes);
  const rest = entries.value
    .filter((entry) => entry.scid >= cntid)
    .sort((left, right) => left.scid - right.scid);
  return encodeSecondaryControllerList({
    entries: rest.slice(0, maximumSecondaryControllerEntries),
    reserved: [],
  });
}

// CNS 00h of a namespace that is not attached reads zero (NVMe Base 2.1, 3.2.1.5).
function activeNamespace(
  capture: Capture,
  controller: CapturedController,
  nsid: number,
): RecordedAnswer | null {
  const active = activeNamespaces(controller);
  if (active?.kind !== 'value') return null;
  const list = decodeNamespaceList(active.value);
  if (!list.ok) return null;
  if (list.value.identifiers.includes(nsid)) return namespaceIdentity(capture, controller, nsid);
  const blank = encodeIdentifyNamespace(blankIdentifyNamespace());
  return blank.ok ? { kind: 'value', value: blank.value } : null;
}

function namespaceIdentity(
  capture: Capture,
  controller: CapturedController,
  nsid: number,
): RecordedAnswer | null {
  const bytes = capture.namespaceIdentities.get(`${subsystemNqn(controller)}#${nsid}`);
  return bytes === undefined ? null : { kind: 'value', value: bytes };
}

// Where the list itself was not recorded: sysfs has the identifiers that it led to, Identify Namespace the older two.
function namespaceDescriptors(
  capture: Capture,
  controller: CapturedController,
  nsid: number,
): RecordedAnswer | null {
  const identity = namespaceIdentity(capture, controller, nsid);
  const decoded = identity?.kind === 'value' ? decodeIdentifyNamespace(identity.value) : null;
  const seen = controller.device?.namespaces.get(nsid);
  const types = namespaceDescriptorTypes;
  const known = [
    { type: types.eui64.type, identifier: seen?.eui64 || (decoded?.ok ? decoded.value.eui64 : '') },
    { type: types.nguid.type, identifier: seen?.nguid || (decoded?.ok ? decoded.value.nguid : '') },
    { type: types.uuid.type, identifier: seen?.uuid.replaceAll('-', '') ?? '' },
  ];
  const descriptors = known.filter(({ identifier }) => /[1-9a-f]/.test(identifier));
  const bytes = encodeNamespaceDescriptors({ descriptors, reserved: [] });
  return bytes.ok ? { kind: 'value', value: bytes.value } : null;
}
