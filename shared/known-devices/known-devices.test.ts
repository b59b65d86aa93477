import { describe, expect, it } from 'vitest';
import { adminOpcodes } from '../nvme/commands/table.ts';
import { knownDevice } from './known-devices.ts';
import { offeredBy } from './offered-by.ts';

const devices = [
  ['qemu', { vid: 0x1b36, modelNumber: 'QEMU NVMe Ctrl' }],
  ['samsung-pm173x', { vid: 0x144d, modelNumber: 'SAMSUNG MZPLJ1T6HBJR-00007' }],
  ['samsung-pm173x', { vid: 0x144d, modelNumber: 'EXAMPLE PM173X 1.6TB' }],
  ['kioxia-cm7-r', { vid: 0x1e0f, deviceId: 0x0013, modelNumber: 'KCM71RUG3T84' }],
  ['nvidia-snap', { vid: 0x15b3, modelNumber: 'NVIDIA BlueField' }],
  ['dapustor', { vid: 0x1e3b, modelNumber: 'DAPUSTOR' }],
] as const;

describe('what is known of devices', () => {
  it.each(devices)('is chosen by vendor, device and model: %s', (key, identity) => {
    const known = knownDevice(identity);
    expect(known?.key).toBe(key);
    expect(known?.facts.length).toBeGreaterThan(0);
    for (const { says, source } of known?.facts ?? []) {
      expect(says).toMatch(/\.$/);
      expect(source).not.toBe('');
    }
  });

  it('is nothing for any other device, nor for one that only shares the vendor or the model', () => {
    for (const identity of [
      { vid: 0x1de5, modelNumber: 'EXAMPLE PM173X 1.6TB' },
      { vid: 0x144d, modelNumber: 'SAMSUNG MZVL21T0HCLR' },
      { vid: 0x1e0f, deviceId: 0x0025, modelNumber: 'KIOXIA' },
      { vid: 0x1e0f, modelNumber: 'KIOXIA' },
      null,
    ])
      expect(knownDevice(identity)).toBeNull();
  });

  it('decides against what the device announces only where that is known', () => {
    const asked = (identity: { vid: number; modelNumber: string }, oacs: number, opcode: number) =>
      offeredBy({ identity, fields: { oacs }, isPrimary: true }, 'adminCommands', opcode);
    const [, qemu] = devices[0];
    const other = { vid: 0x1de5, modelNumber: 'Any' };
    expect(asked(qemu, 0x10a, adminOpcodes.namespaceManagement)).toBe(false);
    expect(asked(other, 0x10a, adminOpcodes.namespaceManagement)).toBe(true);
    expect(asked(qemu, 0x10a, adminOpcodes.virtualizationManagement)).toBe(true);
    expect(asked(other, 0x10a, adminOpcodes.virtualizationManagement)).toBe(false);
  });
});
