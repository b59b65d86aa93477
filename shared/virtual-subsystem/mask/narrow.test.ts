import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ExposedStructure,
  exposedStructures,
} from '../../nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { numRuns } from '../../test-support/property-runs.ts';
import type { ExposedCapability } from './exposed-capability.ts';
import { exposedFields } from './exposed-fields.ts';
import { narrow, narrowValue, readLittleEndian } from './narrow.ts';

const rules = ['keep-bits', 'at-most', 'limit', 'at-least'] as const;
const entries: fc.Arbitrary<ExposedCapability> = fc.record({
  offset: fc.integer({ min: 0, max: 4088 }),
  size: fc.integer({ min: 1, max: 8 }),
  rule: fc.constantFrom(...rules),
  value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => `0x${value.toString(16)}`),
});
// Every byte drawn by fast-check would take seconds; one number decides all of them.
const hardwares = fc.integer({ min: 1, max: 0xffff_ffff }).map((seed) => {
  let state = seed;
  return Uint8Array.from({ length: 4096 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
});

const structures = Object.keys(exposedStructures) as ExposedStructure[];

/** First byte that differs; -1 when none does. */
function difference(left: Uint8Array, right: Uint8Array): number {
  return left.findIndex((byte, index) => byte !== right[index]);
}

/** Whether `left` promises nothing that `right` does not. */
function promisesNoMore(rule: ExposedCapability['rule'], left: bigint, right: bigint): boolean {
  if (rule === 'keep-bits') return (left & ~right) === 0n;
  if (rule === 'limit') return right === 0n || (left !== 0n && left <= right);
  if (rule === 'at-least') return left >= right;
  return left <= right;
}

describe('narrowing', () => {
  it('never promises more than the hardware, byte by byte outside the mask nothing changes', () => {
    fc.assert(
      fc.property(hardwares, entries, (hardware, entry) => {
        const before = hardware.slice();
        const narrowed = narrow(hardware, [entry]);
        expect(difference(hardware, before)).toBe(-1);
        const { offset, size, rule } = entry;
        const mask = (1n << BigInt(8 * size)) - 1n;
        const right = readLittleEndian(hardware, offset, size);
        expect(promisesNoMore(rule, readLittleEndian(narrowed, offset, size), right & mask)).toBe(true);
        narrowed.set(hardware.subarray(offset, offset + size), offset);
        expect(difference(narrowed, hardware)).toBe(-1);
      }),
      { numRuns: numRuns(200, 2000) },
    );
  });

  it('is idempotent', () => {
    // Entries of a mask never overlap: the check of a mask refuses that.
    const fields = fc.subarray([...exposedFields]).chain((chosen) =>
      fc.tuple(
        ...chosen.map((field) =>
          fc.bigInt({ min: 0n, max: (1n << BigInt(8 * field.size)) - 1n }).map((value) => ({
            structure: field.structure,
            offset: field.offset,
            size: field.size,
            rule: field.rule,
            value: `0x${value.toString(16)}`,
          })),
        ),
      ),
    );
    fc.assert(
      fc.property(hardwares, fields, (hardware, mask) => {
        for (const structure of structures) {
          const once = narrow(hardware, mask, structure);
          expect(difference(narrow(once, mask, structure), once)).toBe(-1);
        }
      }),
      { numRuns: numRuns(100, 1000) },
    );
  });

  it('is monotone: a narrower mask never shows more', () => {
    const value = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
    fc.assert(
      fc.property(value, value, value, fc.constantFrom(...rules), (hardware, wide, other, rule) => {
        const text = (number: bigint) => `0x${number.toString(16)}`;
        const narrower = narrowValue({ rule, value: text(other) }, wide);
        const less = narrowValue({ rule, value: text(narrower) }, hardware);
        const more = narrowValue({ rule, value: text(wide) }, hardware);
        expect(promisesNoMore(rule, less, more)).toBe(true);
      }),
      { numRuns: numRuns(500, 5000) },
    );
  });
});
