import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferedCapabilities } from '../../fleet/offered-capabilities.ts';
import type { Controller, ControllerCapabilities } from '../../fleet/schema.ts';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { numRuns } from '../../test-support/property-runs.ts';
import { maskBlockers } from '../mask/check-mask.ts';
import { exposedFields, fieldValue } from '../mask/exposed-fields.ts';
import { baselineMask, baselineRows, exposedValue, intersectMasks } from './baseline.ts';

const byte = fc.integer({ min: 0, max: 0xff });
const word = fc.integer({ min: 0, max: 0xffff });
const double = fc.integer({ min: 0, max: 0xffffffff });
const capabilities: fc.Arbitrary<ControllerCapabilities> = fc.record({
  ...{ oacs: word, oncs: word, oaes: double, ctratt: double, lpa: byte, mdts: byte, acl: byte, aerl: byte },
  ...{ elpe: byte, npss: byte, frmw: byte, sqes: byte, cqes: byte, maxcmd: word, nn: double, mnan: double },
  ...{ fuses: word, fna: byte, vwc: byte, sgls: double, cmic: byte, kas: word, ocfs: word },
});

function template(): Controller {
  const found = Object.values(migrationFleet().controllers).find(
    (controller) => controller.role === 'primary',
  );
  if (found === undefined) throw new Error('the fixture has no primary controller');
  return found;
}
/** What every controller must have, and some more. */
const identifiers = (mandatory: readonly number[]) =>
  fc.uniqueArray(byte, { maxLength: 12 }).map((more) => [...new Set([...mandatory, ...more])]);
const offered: fc.Arbitrary<OfferedCapabilities> = fc.record({
  ioQueuePairs: fc.integer({ min: 1, max: 0xffff }),
  interruptVectors: fc.integer({ min: 1, max: 0xffff }),
  cap: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((cap) => `0x${cap.toString(16)}`),
  logPages: identifiers([1, 2, 3]),
  features: identifiers([1, 2, 4, 5, 7, 10, 11]),
  lbaFormats: fc.array(
    fc.record({
      metadataSize: fc.constantFrom(0, 8),
      dataSizeExponent: fc.constantFrom(9, 12),
      relativePerformance: fc.constantFrom(0, 1),
    }),
    { maxLength: 40 },
  ),
  pci: fc.constant({
    ...{ vendorId: 1, deviceId: 2, subsystemVendorId: 3, subsystemId: 4, revision: 5, classCode: 0x010802 },
  }),
});
const controllers = fc.array(
  fc
    .record({ capabilities, offered })
    .map((given): Controller => ({ ...template(), ...given }) as Controller),
  { minLength: 1, maxLength: 5 },
);

describe('baseline', () => {
  it('is supported by every member, and every member shows exactly it', () => {
    fc.assert(
      fc.property(controllers, (members) => {
        const rows = baselineRows(members);
        const mask = baselineMask(rows);
        for (const member of members) {
          expect(maskBlockers(member, mask)).toEqual([]);
          for (const { field, common } of rows)
            expect(exposedValue(field, mask, fieldValue(field, member)!)).toBe(common);
        }
      }),
      { numRuns: numRuns(60, 600) },
    );
  });

  it('leaves fields out that a member does not tell', () => {
    const silent = template();
    const rows = baselineRows([silent, { ...silent }]);
    expect(rows.every(({ field }) => field.structure === 'identify-controller')).toBe(true);
  });

  it('never lets a guest see the management commands', () => {
    fc.assert(
      fc.property(controllers, (members) => {
        const oacs = baselineRows(members).find((row) => row.field.key === 'oacs');
        expect(oacs!.common & ((1 << 3) | (1 << 7) | (1 << 11))).toBe(0);
      }),
    );
  });

  it('says in words what the guest loses', () => {
    const own = { ...template().capabilities!, oncs: 0x1ff, mdts: 9 };
    const rows = baselineRows([
      { ...template(), capabilities: own },
      { ...template(), capabilities: { ...own, oncs: 0x05f, mdts: 7 } },
    ]);
    const lost = (key: string) => rows.find((row) => row.field.key === key)!.lost;
    expect(lost('oncs')).toEqual(['Reservations', 'Verify', 'Copy']);
    expect(lost('mdts')).toEqual(['larger transfers (512 KiB instead of 2 MiB)']);
    expect(lost('sqes')).toEqual([]);
  });

  it('narrows an existing mask further, never wider', () => {
    fc.assert(
      fc.property(controllers, controllers, (left, right) => {
        const both = intersectMasks(baselineMask(baselineRows(left)), baselineMask(baselineRows(right)));
        const direct = baselineMask(baselineRows([...left, ...right]));
        // Formats of two sets can differ although each set agrees on its own.
        for (const field of exposedFields.filter(({ comparable }) => comparable === undefined))
          expect(exposedValue(field, both, 0xff)).toBe(exposedValue(field, direct, 0xff));
      }),
      { numRuns: numRuns(50, 500) },
    );
  });
});

describe('check of a mask', () => {
  const entry = { offset: 520, size: 2, rule: 'keep-bits' as const, value: '0x1' };
  const primary = () => {
    const own = template();
    return { ...own, capabilities: { ...own.capabilities!, oncs: 0x5f, mdts: 7, nn: 16 } };
  };
  it.each([
    ['widening bits', [{ ...entry, value: '0x1ff' }], /would widen.*Verify, Copy/],
    ['a larger transfer', [{ offset: 77, size: 1, rule: 'limit' as const, value: '0x9' }], /offers 512 KiB/],
    ['no limit', [{ offset: 77, size: 1, rule: 'limit' as const, value: '0x0' }], /not no limit/],
    ['the identity', [{ ...entry, offset: 768 }], /SUBNQN, which the virtual identity sets/],
    ['an entry that reaches behind the end', [{ ...entry, offset: 4095 }], /reaches past the end/],
    ['two entries for one byte', [entry, { ...entry, offset: 521 }], /name byte 521/],
    [
      'fewer namespaces than attached',
      [{ offset: 516, size: 4, rule: 'at-most' as const, value: '0x2' }],
      /NN 2 would hide namespace 5/,
    ],
  ])('refuses %s with the reason', (_, mask, words) => {
    expect(maskBlockers(primary(), mask, [{ nsid: 5 }]).join('\n')).toMatch(words);
  });

  it('takes what only narrows', () => {
    expect(maskBlockers(primary(), [entry], [{ nsid: 5 }])).toEqual([]);
  });
});
