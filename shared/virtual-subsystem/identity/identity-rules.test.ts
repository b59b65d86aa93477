import { describe, expect, it } from 'vitest';
import { identityBlockers, pciBlockers } from './identity-rules.ts';

const identity = { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' };
const pci = { vendorId: 0x1b36, deviceId: 0x10, subsystemVendorId: 0, subsystemId: 0, revision: 0 };

describe('a virtual identity', () => {
  it('fits into SN, MN and FR to the last character', () => {
    const full = {
      serialNumber: 's'.repeat(20),
      modelNumber: 'm'.repeat(40),
      firmwareRevision: '8'.repeat(8),
    };
    expect(identityBlockers(full)).toEqual([]);
    for (const [field, length] of [
      ['serialNumber', 21],
      ['modelNumber', 41],
      ['firmwareRevision', 9],
    ] as const)
      expect(identityBlockers({ ...full, [field]: 'x'.repeat(length) }).join()).toContain(
        `has ${length} characters; at most ${length - 1} fit`,
      );
  });

  it('is printable ASCII; empty shows what the hardware has', () => {
    expect(identityBlockers({ serialNumber: '', modelNumber: '', firmwareRevision: '' })).toEqual([]);
    expect(identityBlockers({ ...identity, modelNumber: 'ü' })).toEqual([
      'The virtual model holds a character that is not printable ASCII. Remove it.',
    ]);
  });

  it('names a vendor that exists', () => {
    expect(pciBlockers(undefined)).toEqual([]);
    expect(pciBlockers(pci)).toEqual([]);
    for (const vendorId of [0, 0xffff]) expect(pciBlockers({ ...pci, vendorId })).toHaveLength(1);
    expect(identityBlockers({ ...identity, pci: { ...pci, subsystemVendorId: 0xffff } })).toHaveLength(1);
  });
});
