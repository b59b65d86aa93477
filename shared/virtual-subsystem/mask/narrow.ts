import type { ExposedStructure } from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { unreachable } from '../../result.ts';
import { type ExposedCapability, structureOf } from './exposed-capability.ts';

/** What a field of `size` bytes reads after one entry. */
export function narrowValue(
  { rule, value }: Pick<ExposedCapability, 'rule' | 'value'>,
  current: bigint,
): bigint {
  const bound = BigInt(value);
  switch (rule) {
    case 'keep-bits':
      return current & bound;
    case 'at-most':
      return current < bound ? current : bound;
    case 'limit':
      // A bound of 0 is no bound; a field of 0 promises anything, so any bound is narrower.
      if (bound === 0n) return current;
      return current === 0n || current > bound ? bound : current;
    case 'at-least':
      return current > bound ? current : bound;
    default:
      return unreachable(rule);
  }
}

/** One structure, Identify Controller by default, as a member of a virtual subsystem with this mask answers it. */
export function narrow(
  hardware: Uint8Array,
  mask: readonly ExposedCapability[],
  structure: ExposedStructure = 'identify-controller',
): Uint8Array {
  const bytes = hardware.slice();
  for (const entry of mask) {
    if (structureOf(entry) !== structure) continue;
    const { offset, size } = entry;
    const largest = (1n << BigInt(8 * size)) - 1n;
    const value = narrowValue(entry, readLittleEndian(bytes, offset, size));
    // Only a smallest value can exceed what the field holds; cut off it would promise more.
    const narrowed = value > largest ? largest : value;
    for (let index = 0; index < size; index++)
      bytes[offset + index] = Number((narrowed >> BigInt(8 * index)) & 0xffn);
  }
  return bytes;
}

/** Whether an entry would promise more than `offered`, the field as the hardware has it. */
export function wouldWiden(entry: Pick<ExposedCapability, 'rule' | 'value'>, offered: bigint): boolean {
  const wanted = BigInt(entry.value);
  if (entry.rule === 'keep-bits') return (wanted & ~offered) !== 0n;
  // A limit of 0 in a field that is limited would take the limit away.
  if (entry.rule === 'limit' && wanted === 0n) return offered !== 0n;
  return narrowValue(entry, offered) !== wanted;
}

export function readLittleEndian(bytes: Uint8Array, offset: number, size: number): bigint {
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[offset + index] ?? 0);
  return value;
}
