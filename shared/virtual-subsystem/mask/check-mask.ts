import type { Controller } from '../../fleet/schema.ts';
import { bitNames } from '../../nvme/layout.ts';
import {
  exposedStructures,
  maximumExposedCapabilities,
} from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { type ExposedCapability, structureOf } from './exposed-capability.ts';
import type { ExposedField } from './exposed-field.ts';
import { exposedFieldOf, fieldValue } from './exposed-fields.ts';
import { wouldWiden } from './narrow.ts';
import { valueWords } from './value-words.ts';

/** Bytes of Identify Controller that the virtual identity sets, so that no mask may touch them. */
const identityRanges = [
  { name: 'VID and SSVID', start: 0, end: 4 },
  { name: 'SN, MN and FR', start: 4, end: 72 },
  { name: 'IEEE', start: 73, end: 76 },
  { name: 'CNTLID', start: 78, end: 80 },
  { name: 'FGUID', start: 112, end: 128 },
  { name: 'SUBNQN', start: 768, end: 1024 },
] as const;

/** A namespace that is attached to a member, as far as a mask can hide it. */
export interface AttachedNamespace {
  readonly nsid: number;
  /** Index of the LBA format in use; undefined when it is not known. */
  readonly formatIndex?: number | undefined;
}

/**
 * Why a mask cannot be given to a virtual subsystem of this controlling function: it would promise what the hardware
 * does not offer, take away what every driver needs, or reach where only the identity may. Each reason with its fix;
 * empty when it only narrows.
 */
export function maskBlockers(
  primary: Controller,
  mask: readonly ExposedCapability[],
  attachedNamespaces: readonly AttachedNamespace[] = [],
): string[] {
  const reasons: string[] = [];
  if (mask.length > maximumExposedCapabilities)
    reasons.push(
      `The mask has ${mask.length} entries; at most ${maximumExposedCapabilities} fit. Leave out fields that all hosts share.`,
    );
  const seen = new Set<string>();
  for (const entry of mask) {
    const { offset, size } = entry;
    const structure = structureOf(entry);
    const { length, title } = exposedStructures[structure];
    if (offset + size > length) {
      reasons.push(
        `The entry at byte ${offset} reaches past the end of ${title} (${length.toLocaleString('en')} bytes). Correct the entry.`,
      );
      continue;
    }
    for (let byte = offset; byte < offset + size; byte++) {
      const place = `${structure} ${byte}`;
      if (seen.has(place)) reasons.push(`Two entries of the mask name byte ${byte} of ${title}. Remove one.`);
      seen.add(place);
    }
    if (structure === 'identify-controller') reasons.push(...identityReasons(entry));
    const field = exposedFieldOf(entry);
    if (field !== undefined) reasons.push(...fieldBlockers(primary, field, entry, attachedNamespaces));
    else if (structure !== 'identify-controller')
      reasons.push(`Bytes ${offset} to ${offset + size - 1} of ${title} are not a field. Remove the entry.`);
  }
  return [...new Set(reasons)];
}

function identityReasons({ offset, size }: ExposedCapability): string[] {
  const range = identityRanges.find(({ start, end }) => offset < end && offset + size > start);
  return range === undefined
    ? []
    : [`Byte ${offset} belongs to ${range.name}, which the virtual identity sets. Remove the entry.`];
}

function fieldBlockers(
  primary: Controller,
  field: ExposedField,
  entry: ExposedCapability,
  attachedNamespaces: readonly AttachedNamespace[],
): string[] {
  const name = `${field.title} (${field.mnemonic})`;
  if (field.structure !== 'identify-controller' && entry.rule !== field.rule)
    return [`${name} narrows by the rule ${field.rule}, not ${entry.rule}. Correct the entry.`];
  // A secondary says that it is a virtual function (CMIC bit 2), which its primary does not.
  const own = fieldValue(field, primary);
  const offered = own === null ? null : field.key === 'cmic' ? own | 4 : own;
  const wanted = Number(BigInt(entry.value));
  const reasons: string[] = [];
  if (own === null && field.structure !== 'identify-controller')
    return [
      `${primary.id} does not report what its secondary controllers offer for ${name}, so it cannot be narrowed there. Remove the entry.`,
    ];
  if (offered !== null) {
    const extra = (wanted & ~offered) >>> 0;
    if (entry.rule === 'keep-bits' && extra !== 0)
      reasons.push(
        `${name} would widen: ${primary.id} does not offer ${bitNames(field, extra).join(', ')}. Clear what it lacks.`,
      );
    if (entry.rule !== 'keep-bits' && wouldWiden(entry, BigInt(offered)))
      reasons.push(
        `${name} would widen: ${primary.id} offers ${valueWords(field, offered)}, not ${valueWords(field, wanted)}. Give a ${entry.rule === 'at-least' ? 'larger' : 'smaller'} value.`,
      );
    const needed = (offered & field.kept & ~wanted) >>> 0;
    if (entry.rule === 'keep-bits' && needed !== 0)
      reasons.push(
        `${name} would hide ${bitNames(field, needed).join(', ')}, which every driver needs. Keep them.`,
      );
  }
  if (field.structure === 'resources' && wanted === 0)
    reasons.push(`${name} would be 0: no driver could start. Leave at least 1.`);
  return [...reasons, ...namespaceBlockers(field, wanted, attachedNamespaces)];
}

function namespaceBlockers(
  field: ExposedField,
  wanted: number,
  attachedNamespaces: readonly AttachedNamespace[],
): string[] {
  const highest = Math.max(0, ...attachedNamespaces.map(({ nsid }) => nsid));
  if (field.key === 'nn' && wanted < highest)
    return [
      `NN ${wanted} would hide namespace ${highest}, which is attached to a member. Detach it, or allow ${highest}.`,
    ];
  if (field.structure !== 'lba-formats') return [];
  const first = field.offset * 8;
  return attachedNamespaces.flatMap(({ nsid, formatIndex }) => {
    const bit = (formatIndex ?? -1) - first;
    if (bit < 0 || bit >= field.size * 8 || Math.floor(wanted / 2 ** bit) % 2 === 1) return [];
    return [
      `LBA format ${formatIndex} is in use by namespace ${nsid}, which is attached to a member. Keep it, or detach the namespace.`,
    ];
  });
}
