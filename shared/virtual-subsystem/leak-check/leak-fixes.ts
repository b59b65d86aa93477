import type { VirtualIdentity } from '../../fleet/schema.ts';
import { virtualSubsystemTitle } from '../../fleet/selectors.ts';
import { hexadecimal } from '../../hexadecimal.ts';
import { combine } from '../baseline/baseline.ts';
import { byOffset, type ExposedCapability, structureOf } from '../mask/exposed-capability.ts';
import { exposedFields } from '../mask/exposed-fields.ts';
import { hidingEntries } from '../mask/hidden-fields.ts';
import { readLittleEndian } from '../mask/narrow.ts';

/** Prefix of addresses that nobody owns, as virtual machines use it (52-54-00). */
export const neutralIeee = 0x525400;
export const neutralFguid = '00000000-0000-0000-0000-000000000000';

/** The identity with every field that still shows the drive set to something neutral. */
export function neutralIdentity(nqn: string, identity: VirtualIdentity): VirtualIdentity {
  const name = virtualSubsystemTitle({ nqn }).replace(/[^\x20-\x7e]/g, '-');
  return {
    serialNumber: identity.serialNumber || name.slice(-20),
    modelNumber: identity.modelNumber || 'Berth Virtual NVMe',
    firmwareRevision: identity.firmwareRevision || '1.0',
    ieee: identity.ieee ?? neutralIeee,
    fguid: identity.fguid ?? neutralFguid,
  };
}

/**
 * The smallest narrowing that makes all these answers to Identify Controller equal outside the identity: capability
 * fields to what all offer, everything else that differs to zero, eight bytes at a time. Bytes in `keep` stay.
 */
export function equalizingMask(
  answers: readonly Uint8Array[],
  mask: readonly ExposedCapability[],
  keep: (offset: number) => boolean,
): ExposedCapability[] {
  const [first, ...others] = answers;
  if (first === undefined) return [...mask];
  const differs = (offset: number) => others.some((other) => other[offset] !== first[offset]);
  const added: ExposedCapability[] = [];
  const done = new Set<number>();
  for (const { structure, offset, size, rule } of exposedFields) {
    if (structure !== 'identify-controller') continue;
    const bytes = Array.from({ length: size }, (_, index) => offset + index);
    for (const byte of bytes) done.add(byte);
    if (!bytes.some(differs)) continue;
    const values = answers.map((answer) => Number(readLittleEndian(answer, offset, size)));
    const common = values.reduce((left, right) => combine({ rule }, left, right));
    added.push({ offset, size, rule, value: hexadecimal(common) });
  }
  for (let offset = 0; offset < first.length; offset++) {
    if (!differs(offset) || done.has(offset) || keep(offset)) continue;
    let end = offset;
    while (end < offset + 8 && end < first.length && !done.has(end) && !keep(end)) end++;
    added.push(...hidingEntries(offset, end - offset));
    offset = end - 1;
  }
  const replaced = (entry: ExposedCapability) =>
    structureOf(entry) === 'identify-controller' &&
    added.some(
      (other) => other.offset < entry.offset + entry.size && entry.offset < other.offset + other.size,
    );
  return [...mask.filter((entry) => !replaced(entry)), ...added].sort(byOffset);
}
