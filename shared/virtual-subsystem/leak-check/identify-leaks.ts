import type { LayoutField } from '../../nvme/layout.ts';
import { identifyControllerFields } from '../../nvme/layouts/identify/identify-controller-fields.ts';
import type { GuestIdentity } from '../guest-view/show-as-guest.ts';
import { structureOf } from '../mask/exposed-capability.ts';
import { exposedFieldOf } from '../mask/exposed-fields.ts';
import { isHideable } from '../mask/hidden-fields.ts';
import type { LeakFinding } from './leak-finding.ts';

/** Identify Controller as the guest would get it on one more host. */
export interface PredictedIdentify {
  readonly primaryId: string;
  readonly title: string;
  readonly identify: Uint8Array;
}

const source = 'Identify Controller';
const fields: readonly LayoutField[] = identifyControllerFields;

/** Fields that the virtual identity sets, and whether it does. The NQN and the identifier always are. */
const identityFields: Readonly<Record<string, (guest: GuestIdentity) => boolean>> = {
  subnqn: () => true,
  cntlid: () => true,
  sn: ({ identity }) => identity.serialNumber !== '',
  mn: ({ identity }) => identity.modelNumber !== '',
  fr: ({ identity }) => identity.firmwareRevision !== '',
  ieee: ({ identity }) => identity.ieee !== undefined,
  fguid: ({ identity }) => identity.fguid !== undefined,
  vid: ({ identity }) => identity.pci !== undefined,
  ssvid: ({ identity }) => identity.pci !== undefined,
};
/** Fields that follow the PCI identifiers of the identity. */
const pciFields = ['vid', 'ssvid'];
/** Names of the drive itself: they leak even when two hosts share the drive. */
const namesOfTheDrive = ['sn', 'mn', 'fr'];

/** Classifies all 4,096 bytes of Identify Controller: every field, the power states, and what no field covers. */
export function identifyLeaks(
  here: Uint8Array,
  predicted: readonly PredictedIdentify[],
  guest: GuestIdentity,
): LeakFinding[] {
  const known = fields.map((field) => fieldFinding(field, here, predicted, guest));
  return [...known, ...remainingRanges().flatMap((range) => rangeFinding(range, here, predicted, guest))];
}

function fieldFinding(
  field: LayoutField,
  here: Uint8Array,
  predicted: readonly PredictedIdentify[],
  guest: GuestIdentity,
): LeakFinding {
  const { key, mnemonic, title, offset, size } = field;
  const finding = { id: `identify:${key}`, source, name: mnemonic, title, place: placeWords(offset, size) };
  const isVirtual = identityFields[key];
  if (isVirtual?.(guest)) return { ...finding, class: 'virtual', words: 'set by the identity', fix: null };
  const others = differing(here, predicted, offset, size);
  if (isVirtual !== undefined && (others.length > 0 || namesOfTheDrive.includes(key)))
    return {
      ...finding,
      class: 'physical',
      words: `the drive's own ${hexadecimalBytes(here, offset, size)}`,
      fix: pciFields.includes(key) ? 'pci' : 'identity',
    };
  if (others.length > 0)
    return {
      ...finding,
      class: 'physical',
      words: difference(here, others, offset, size),
      fix: fixOf(field),
    };
  return isNarrowed(guest, offset, size)
    ? { ...finding, class: 'narrowed', words: hexadecimalBytes(here, offset, size), fix: null }
    : { ...finding, class: 'equal', words: hexadecimalBytes(here, offset, size), fix: null };
}

function fixOf({ key, offset, size }: LayoutField): LeakFinding['fix'] {
  if (exposedFieldOf({ offset, size }) !== undefined) return 'narrow';
  return isHideable(key) || key === 'vs' ? 'hide' : null;
}

interface Range {
  readonly offset: number;
  readonly size: number;
}

/** The stretches between the fields: power state descriptors and reserved bytes. */
function remainingRanges(): Range[] {
  const covered = new Uint8Array(4096);
  for (const { offset, size } of fields) covered.fill(1, offset, offset + size);
  const ranges: Range[] = [];
  for (let start = 0; start < covered.length; start++) {
    if (covered[start] === 1) continue;
    let end = start;
    while (end < covered.length && covered[end] === 0) end++;
    ranges.push({ offset: start, size: end - start });
    start = end;
  }
  return ranges;
}

const powerStates = { start: 2048, end: 3072 } as const;

function rangeFinding(
  { offset, size }: Range,
  here: Uint8Array,
  predicted: readonly PredictedIdentify[],
  guest: GuestIdentity,
): LeakFinding {
  const isPower = offset < powerStates.end && offset + size > powerStates.start;
  const others = differing(here, predicted, offset, size);
  return {
    id: `identify:byte-${offset}`,
    source,
    name: isPower ? 'PSDs' : `byte ${offset}`,
    title: isPower ? 'Power State Descriptors' : 'Reserved',
    place: placeWords(offset, size),
    class: others.length > 0 ? 'physical' : isNarrowed(guest, offset, size) ? 'narrowed' : 'equal',
    words: others.length > 0 ? difference(here, others, offset, size) : hexadecimalBytes(here, offset, size),
    fix: others.length > 0 ? 'hide' : null,
  };
}

function isNarrowed({ exposed }: GuestIdentity, offset: number, size: number): boolean {
  return exposed.some(
    (entry) =>
      structureOf(entry) === 'identify-controller' &&
      entry.offset < offset + size &&
      entry.offset + entry.size > offset,
  );
}

function differing(here: Uint8Array, predicted: readonly PredictedIdentify[], offset: number, size: number) {
  return predicted.filter(({ identify }) => {
    for (let index = offset; index < offset + size; index++) if (identify[index] !== here[index]) return true;
    return false;
  });
}

function difference(
  here: Uint8Array,
  others: readonly PredictedIdentify[],
  offset: number,
  size: number,
): string {
  const there = others.map(
    ({ title, identify }) => `${hexadecimalBytes(identify, offset, size)} under ${title}`,
  );
  return `${hexadecimalBytes(here, offset, size)} here, ${there.join(', ')}`;
}

/** A number for what fits in eight bytes, otherwise the first bytes. */
export function hexadecimalBytes(bytes: Uint8Array, offset: number, size: number): string {
  const digits = [...bytes.subarray(offset, offset + size)].map((byte) => byte.toString(16).padStart(2, '0'));
  if (digits.every((digit) => digit === '00')) return '0';
  if (size <= 8) return `0x${digits.toReversed().join('').replace(/^0+/, '')}`;
  return `${digits.slice(0, 8).join(' ')}${digits.length > 8 ? ' …' : ''}`;
}

export function placeWords(offset: number, size: number): string {
  return size === 1 ? `byte ${offset}` : `bytes ${offset}–${offset + size - 1}`;
}
