import { z } from 'zod';
import { hexadecimal } from '../../hexadecimal.ts';
import {
  type ExposedCapabilityWire,
  type ExposedStructure,
  exposedCapabilityRules,
  exposedStructureOf,
  exposedStructures,
  maximumExposedCapabilities,
} from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';

/** Rules by which an entry narrows, with their numbers on the wire. */
const rules = {
  'keep-bits': exposedCapabilityRules.keepBits,
  'at-most': exposedCapabilityRules.atMost,
  limit: exposedCapabilityRules.limit,
  'at-least': exposedCapabilityRules.atLeast,
} as const;

const structureNames = Object.keys(exposedStructures) as [ExposedStructure, ...ExposedStructure[]];

/**
 * One entry of an exposed capability mask: a field of a structure by its place, and how it is narrowed.
 * `value` is a hexadecimal number with 0x, up to 64 bits. Berth proposal, not in the ratified specification.
 */
export const exposedCapabilitySchema = z.object({
  /** Left out: Identify Controller. */
  structure: z.enum(structureNames).optional(),
  /** Byte offset in the structure. */
  offset: z.number().int().min(0).max(4095),
  /** Bytes, 1 to 8. */
  size: z.number().int().min(1).max(8),
  rule: z.enum(['keep-bits', 'at-most', 'limit', 'at-least']),
  value: z.string().regex(/^0x[0-9a-f]{1,16}$/),
});
export type ExposedCapability = z.infer<typeof exposedCapabilitySchema>;

/** A whole mask; an empty one narrows nothing. */
export const exposedMaskSchema = z.array(exposedCapabilitySchema).max(maximumExposedCapabilities);

export function exposedFromWire(wire: ExposedCapabilityWire): ExposedCapability {
  const { offset, size, rule, value } = wire;
  const named = Object.entries(rules).find(([, number]) => number === rule);
  const structure = exposedStructureOf(wire.structure) ?? 'identify-controller';
  return {
    ...inStructure(structure),
    offset,
    size,
    rule: (named?.[0] ?? 'keep-bits') as keyof typeof rules,
    value: hexadecimal(value),
  };
}

export function exposedToWire(entry: ExposedCapability): ExposedCapabilityWire {
  const { offset, size, rule, value } = entry;
  const structure = exposedStructures[structureOf(entry)].value;
  return { offset, size, rule: rules[rule], structure, value: BigInt(value) };
}

/** The structure that an entry narrows. */
export function structureOf({ structure }: Pick<ExposedCapability, 'structure'>): ExposedStructure {
  return structure ?? 'identify-controller';
}

/** The part of an entry that names its structure: nothing for Identify Controller. */
export function inStructure(structure: ExposedStructure): Pick<ExposedCapability, 'structure'> {
  return structure === 'identify-controller' ? {} : { structure };
}

/** Order of entries in a mask: by structure, then by place. */
export function byOffset(left: ExposedCapability, right: ExposedCapability): number {
  return (
    exposedStructures[structureOf(left)].value - exposedStructures[structureOf(right)].value ||
    left.offset - right.offset
  );
}

/** The same mask, whatever the order of its entries. */
export function sameMask(left: readonly ExposedCapability[], right: readonly ExposedCapability[]): boolean {
  const text = (mask: readonly ExposedCapability[]) =>
    mask
      .map(
        (entry) => `${structureOf(entry)} ${entry.offset} ${entry.size} ${entry.rule} ${BigInt(entry.value)}`,
      )
      .sort()
      .join('\n');
  return text(left) === text(right);
}
