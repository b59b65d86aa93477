import {
  type ExposedCapabilityWire,
  exposedStructureOf,
  exposedStructures,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { decodeOfferedCapabilities } from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';
import { formatInUse } from '#shared/virtual-subsystem/mask/answer-masks.ts';
import { exposedFromWire } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import { exposedFieldOf } from '#shared/virtual-subsystem/mask/exposed-fields.ts';
import { readLittleEndian, wouldWiden } from '#shared/virtual-subsystem/mask/narrow.ts';
import { shownResources } from '../../controller/exposed-answers.ts';
import type { SimulatedPrimary } from '../../state/controller.ts';
import type { VirtualSubsystemState } from '../../state/virtual-subsystem.ts';
import { freshSecondary, offeredCapabilities } from './virtual-subsystem-offer.ts';

/**
 * Whether a mask takes away only: no entry promises what a secondary of this primary does not have, two entries never
 * name one byte, the identity stays alone, and what every driver needs and every format in use stays.
 */
export function onlyNarrows(
  primary: SimulatedPrimary,
  virtual: VirtualSubsystemState,
  entries: readonly ExposedCapabilityWire[],
): boolean {
  const hardware = structuresOf(primary);
  const seen = new Set<string>();
  return entries.every((entry) => {
    const structure = exposedStructureOf(entry.structure);
    const offered = structure === undefined ? undefined : hardware[structure];
    if (structure === undefined || offered === undefined) return false;
    for (let byte = entry.offset; byte < entry.offset + entry.size; byte++) {
      if (seen.has(`${structure} ${byte}`)) return false;
      seen.add(`${structure} ${byte}`);
    }
    const words = exposedFromWire(entry);
    const field = exposedFieldOf(words);
    if (structure === 'identify-controller' && touchesIdentity(entry)) return false;
    if (structure !== 'identify-controller' && field?.rule !== words.rule) return false;
    if (structure === 'resources' && entry.value === 0n) return false;
    if (structure === 'lba-formats')
      return formatsInUse(primary, virtual).every((index) => keeps(entry, index));
    const own = readLittleEndian(offered, entry.offset, entry.size);
    const needed = own & BigInt(field?.kept ?? 0) & ~entry.value;
    return needed === 0n && !wouldWiden(words, own);
  });
}

/** Bytes that only Set Identity changes: VID, SSVID, SN, MN, FR, IEEE, CNTLID, FGUID and SUBNQN. */
const identityBytes = [
  [0, 72],
  [73, 76],
  [78, 80],
  [112, 128],
  [768, 1024],
] as const;

function touchesIdentity({ offset, size }: ExposedCapabilityWire): boolean {
  return identityBytes.some(([start, end]) => offset < end && offset + size > start);
}

/** What a fresh secondary has, structure by structure. Its Identify Controller counts together with the primary's. */
function structuresOf(
  primary: SimulatedPrimary,
): Readonly<Record<keyof typeof exposedStructures, Uint8Array>> {
  const fresh = freshSecondary(primary);
  const identify = fresh.identifyTemplate;
  const resources = new Uint8Array(exposedStructures.resources.length);
  const view = new DataView(resources.buffer);
  view.setUint16(0, shownResources(fresh).ioQueuePairs, true);
  view.setUint16(2, shownResources(fresh).interruptVectors, true);
  const properties = new Uint8Array(exposedStructures.properties.length);
  new DataView(properties.buffer).setBigUint64(0, fresh.cap, true);
  const { data } = offeredCapabilities(primary);
  const decoded = data === undefined ? undefined : decodeOfferedCapabilities(data);
  return {
    'identify-controller': identify,
    resources,
    properties,
    'log-pages': decoded?.ok ? decoded.value.logs : new Uint8Array(32),
    features: decoded?.ok ? decoded.value.feats : new Uint8Array(32),
    'lba-formats': new Uint8Array(exposedStructures['lba-formats'].length).fill(0xff),
  };
}

/** Indexes of the formats of namespaces that members have. */
function formatsInUse(primary: SimulatedPrimary, { members }: VirtualSubsystemState): number[] {
  return [...primary.subsystem.namespaces.values()]
    .filter(({ attachedTo }) => [...members.keys()].some((cntlid) => attachedTo.has(cntlid)))
    .map(({ identify }) => formatInUse(identify));
}

function keeps({ offset, size, value }: ExposedCapabilityWire, index: number): boolean {
  const bit = index - offset * 8;
  return bit < 0 || bit >= size * 8 || ((value >> BigInt(bit)) & 1n) === 1n;
}
