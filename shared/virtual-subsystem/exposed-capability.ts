import { z } from 'zod';
import {
  exposedCapabilityRules,
  maximumExposedCapabilities,
  type ExposedCapability as WireCapability,
} from '../nvme/layouts/virtual-subsystem-capabilities.ts';

/** Rules by which an entry narrows, with their numbers on the wire. */
const rules = {
  'keep-bits': exposedCapabilityRules.keepBits,
  'at-most': exposedCapabilityRules.atMost,
  limit: exposedCapabilityRules.limit,
} as const;

/**
 * One entry of an exposed capability mask: a field of Identify Controller by its place, and how it is narrowed.
 * `value` is a hexadecimal number with 0x, up to 64 bits. Berth proposal, not in the ratified specification.
 */
export const exposedCapabilitySchema = z.object({
  /** Byte offset in Identify Controller. */
  offset: z.number().int().min(0).max(4095),
  /** Bytes, 1 to 8. */
  size: z.number().int().min(1).max(8),
  rule: z.enum(['keep-bits', 'at-most', 'limit']),
  value: z.string().regex(/^0x[0-9a-f]{1,16}$/),
});
export type ExposedCapability = z.infer<typeof exposedCapabilitySchema>;

/** A whole mask; an empty one narrows nothing. */
export const exposedMaskSchema = z.array(exposedCapabilitySchema).max(maximumExposedCapabilities);

export function exposedFromWire({ offset, size, rule, value }: WireCapability): ExposedCapability {
  const named = Object.entries(rules).find(([, number]) => number === rule);
  return { offset, size, rule: (named?.[0] ?? 'keep-bits') as keyof typeof rules, value: hexadecimal(value) };
}

export function exposedToWire({ offset, size, rule, value }: ExposedCapability): WireCapability {
  return { offset, size, rule: rules[rule], value: BigInt(value) };
}

/** `0x1f` as an entry holds it. */
export function hexadecimal(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** The same mask, whatever the order of its entries. */
export function sameMask(left: readonly ExposedCapability[], right: readonly ExposedCapability[]): boolean {
  const text = (mask: readonly ExposedCapability[]) =>
    mask
      .map(({ offset, size, rule, value }) => `${offset} ${size} ${rule} ${BigInt(value)}`)
      .sort()
      .join('\n');
  return text(left) === text(right);
}
