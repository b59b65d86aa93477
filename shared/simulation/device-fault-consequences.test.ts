import { expect, test } from 'vitest';
import type { Fleet } from '../fleet/schema.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { deviceFaultConsequences } from './device-fault-consequences.ts';
import { type DeviceFault, deviceFaultSchema } from './device-faults.ts';

const fleet = migrationFleet();
const [machine] = Object.values(fleet.virtualMachines);
const moved = Object.values(fleet.controllers).find(
  (one) => one.role === 'secondary' && one.virtualMachineId === machine?.id,
);
const words = (fault: DeviceFault, of: Fleet = fleet) =>
  deviceFaultConsequences(of, deviceFaultSchema.parse(fault)).join(' ');

test('whoever loses something is named', () => {
  const name = machine?.name ?? '';
  const controllerId = moved?.id ?? '';
  const primaryId = moved?.role === 'secondary' ? moved.primaryId : '';
  const hostId = machine?.hostId ?? '';
  expect(words({ kind: 'controller-fatal', controllerId })).toContain(`Virtual machine ${name} has`);
  expect(words({ kind: 'function-reset', controllerId })).toContain(`Virtual machine ${name} sees`);
  expect(words({ kind: 'drive-power-loss', controllerId: primaryId })).toContain(`${name} loses its device`);
  expect(words({ kind: 'host-power-loss', hostId })).toMatch(new RegExp(`stops: .*${name}`));
  const [namespace] = Object.values(fleet.namespaces);
  expect(words({ kind: 'remove-namespace', namespaceId: namespace?.id ?? '' })).toContain('permanently lost');
  expect(words({ kind: 'steal-resources', controllerId: primaryId, resource: 'vi', count: 3 })).toContain(
    '3 free virtual interrupts',
  );
});

test('links say how they do', () => {
  const link = (state: Extract<DeviceFault, { kind: 'link' }>['state']) =>
    words({ kind: 'link', hostId: machine?.hostId ?? '', state });
  expect(link({ kind: 'down' })).toContain('fails after 30 s');
  expect(link({ kind: 'up', share: 1 })).toContain('full speed');
  expect(link({ kind: 'up', share: 0.1 })).toContain('10 %');
  expect(link({ kind: 'flapping', upMilliseconds: 5, downMilliseconds: 7 })).toContain('up for 5 ms');
});

test('what is gone is told so', () => {
  expect(words({ kind: 'controller-fatal', controllerId: 'nobody' })).toBe('It no longer exists.');
  expect(words({ kind: 'remove-namespace', namespaceId: 'none' })).toBe('It no longer exists.');
});
