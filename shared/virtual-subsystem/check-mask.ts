import type { Controller } from '../fleet/schema.ts';
import { bitNames } from '../nvme/layout.ts';
import { maximumExposedCapabilities } from '../nvme/layouts/virtual-subsystem-capabilities.ts';
import type { ExposedCapability } from './exposed-capability.ts';
import { type ExposedField, exposedFieldAt, fieldValue } from './exposed-fields.ts';
import { narrowValue } from './narrow.ts';
import { valueWords } from './value-words.ts';

/** Bytes of Identify Controller that the virtual identity sets, so that no mask may touch them. */
const identityRanges = [
  { name: 'SN, MN and FR', start: 4, end: 72 },
  { name: 'IEEE', start: 73, end: 76 },
  { name: 'CNTLID', start: 78, end: 80 },
  { name: 'FGUID', start: 112, end: 128 },
  { name: 'SUBNQN', start: 768, end: 1024 },
] as const;

/**
 * Why a mask cannot be given to a virtual subsystem of this controlling function: it would promise what the hardware
 * does not offer, or reach where only the identity may. Each reason with its fix; empty when it only narrows.
 */
export function maskBlockers(
  primary: Controller,
  mask: readonly ExposedCapability[],
  attachedNamespaces: readonly number[] = [],
): string[] {
  const reasons: string[] = [];
  if (mask.length > maximumExposedCapabilities)
    reasons.push(
      `The mask has ${mask.length} entries; ${maximumExposedCapabilities} fit. Leave out fields that all hosts share.`,
    );
  const seen = new Set<number>();
  for (const entry of mask) {
    const { offset, size } = entry;
    if (offset + size > 4096) {
      reasons.push(
        `The entry at byte ${offset} reaches behind Identify Controller (4,096 bytes). Correct it.`,
      );
      continue;
    }
    const range = identityRanges.find(({ start, end }) => offset < end && offset + size > start);
    if (range !== undefined)
      reasons.push(
        `Byte ${offset} belongs to ${range.name}, which the virtual identity sets. Remove the entry.`,
      );
    for (let byte = offset; byte < offset + size; byte++) {
      if (seen.has(byte)) reasons.push(`Two entries of the mask name byte ${byte}. Remove one.`);
      seen.add(byte);
    }
    const field = exposedFieldAt(offset, size);
    if (field !== undefined) reasons.push(...fieldBlockers(primary, field, entry, attachedNamespaces));
  }
  return [...new Set(reasons)];
}

function fieldBlockers(
  primary: Controller,
  field: ExposedField,
  entry: ExposedCapability,
  attachedNamespaces: readonly number[],
): string[] {
  // A secondary says that it is a virtual function (CMIC bit 2), which its primary does not.
  const own = fieldValue(field, primary);
  const offered = own === null ? null : field.key === 'cmic' ? own | 4 : own;
  const wanted = Number(BigInt(entry.value));
  const reasons: string[] = [];
  if (offered !== null) {
    const name = `${field.title} (${field.mnemonic})`;
    const extra = (wanted & ~offered) >>> 0;
    if (entry.rule === 'keep-bits' && extra !== 0)
      reasons.push(
        `${name} would widen: ${primary.id} does not offer ${bitNames(field, extra).join(', ')}. Clear what it lacks.`,
      );
    if (entry.rule !== 'keep-bits' && narrowValue(entry, BigInt(offered)) !== BigInt(wanted))
      reasons.push(
        `${name} would widen: ${primary.id} offers ${valueWords(field, offered)}, not ${valueWords(field, wanted)}. Give a smaller value.`,
      );
  }
  const highest = Math.max(0, ...attachedNamespaces);
  if (field.key === 'nn' && wanted < highest)
    reasons.push(
      `NN ${wanted} would hide namespace ${highest}, which is attached to a member. Detach it, or allow ${highest}.`,
    );
  return reasons;
}
