import { describe, expect, it } from 'vitest';
import { identityForm, identityFromForm, textsOf } from './identity-form.ts';

const whole = {
  serialNumber: 'BERTH-V0001',
  modelNumber: 'Berth Virtual NVMe',
  firmwareRevision: '1.0',
  ieee: 0x00a1f2,
  fguid: '6f1c0000-0000-4000-8000-0000000000aa',
  pci: { vendorId: 0x1de5, deviceId: 0x10, subsystemVendorId: 0x1de5, subsystemId: 7, revision: 2 },
};

describe('identity form', () => {
  it('shows an identity and reads it back', () => {
    expect(identityFromForm(identityForm(whole))).toEqual(whole);
    expect(identityForm(whole)).toMatchObject({ ieee: '00a1f2', pci: '1de5:0010 1de5:0007 02' });
  });

  it('leaves out what is empty', () => {
    expect(identityFromForm(identityForm(undefined))).toEqual({
      serialNumber: '',
      modelNumber: '',
      firmwareRevision: '',
    });
  });

  it.each([
    ['an OUI with five digits', { ieee: '00a1f' }],
    ['an OUI that is no number', { ieee: 'oui-12' }],
    ['half a UUID', { fguid: '6f1c0000-0000' }],
    ['PCI identifiers without a revision', { pci: '1de5:0010 1de5:0007' }],
    ['PCI identifiers that are no numbers', { pci: 'vend:0010 1de5:0007 00' }],
  ])('has no identity for %s, and still its texts', (_words, patch) => {
    const form = { ...identityForm(whole), ...patch };
    expect(identityFromForm(form)).toBeNull();
    expect(textsOf(form).serialNumber).toBe('BERTH-V0001');
  });

  it('takes an OUI with hyphens and a UUID in capitals', () => {
    const form = {
      ...identityForm(whole),
      ieee: '00-A1-F2',
      fguid: whole.fguid.toUpperCase(),
      pci: '1DE5:0010 1de5:0007 rev 02',
    };
    expect(identityFromForm(form)).toEqual(whole);
  });
});
