import { unreachable } from '../result.ts';
import type { ExposedCapability } from './exposed-capability.ts';

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
    default:
      return unreachable(rule);
  }
}

/** Identify Controller (4,096 bytes) as a member of a virtual subsystem with this mask answers it. */
export function narrow(identify: Uint8Array, mask: readonly ExposedCapability[]): Uint8Array {
  const bytes = identify.slice();
  for (const entry of mask) {
    const { offset, size } = entry;
    const narrowed = narrowValue(entry, readLittleEndian(bytes, offset, size));
    for (let index = 0; index < size; index++)
      bytes[offset + index] = Number((narrowed >> BigInt(8 * index)) & 0xffn);
  }
  return bytes;
}

export function readLittleEndian(bytes: Uint8Array, offset: number, size: number): bigint {
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[offset + index] ?? 0);
  return value;
}
