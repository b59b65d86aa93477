import { expect, test } from 'vitest';
import { deviceFaultSchema } from '#shared/simulation/device-faults.ts';
import { commandFaultSchema } from '#shared/simulation/faults.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import {
  emptyFaultForm,
  type FaultForm,
  opcodeOptions,
  readFaultForm,
  statusOptions,
} from './command-fault-form.ts';
import {
  deviceFaultKinds,
  deviceFaultTargets,
  emptyDeviceFaultForm,
  readDeviceFaultForm,
  withKind,
} from './device-fault-form.ts';

const fleet = fixtureFleet();
const form = (changes: Partial<FaultForm> = {}) =>
  readFaultForm({ ...emptyFaultForm(fleet, null), ...changes });

test('every opcode, status and effect that can be chosen is a fault', () => {
  const choices: Partial<FaultForm>[] = [
    ...opcodeOptions.map(({ value }) => ({ opcode: value })),
    ...statusOptions.map(({ value }) => ({ status: value })),
    ...(['status', 'delay', 'silence', 'wrong-length'] as const).map((effect) => ({ effect })),
  ];
  expect(Math.min(opcodeOptions.length, statusOptions.length)).toBeGreaterThan(10);
  for (const choice of choices) {
    const read = form(choice);
    if (!('fault' in read)) throw new Error(JSON.stringify([choice, read.errors]));
    expect([choice, commandFaultSchema.safeParse({ ...read.fault, cntlid: null }).error]).toEqual([
      choice,
      undefined,
    ]);
  }
});

test('hexadecimal codes are taken as people write them', () => {
  const read = form({
    opcode: 'other',
    otherOpcode: '0xC8',
    status: 'other',
    sct: '1',
    sc: '38h',
    doNotRetry: true,
  });
  expect(read).toMatchObject({ fault: { opcode: 0xc8, effect: { kind: 'status', status: 0x4138 } } });
});

test('what is wrong is said at its field', () => {
  expect(form({ opcode: 'other', otherOpcode: '100' })).toMatchObject({
    errors: { otherOpcode: expect.any(String) },
  });
  expect(form({ occurrence: '0', count: 'x' })).toMatchObject({
    errors: { occurrence: expect.any(String), count: expect.any(String) },
  });
  expect(form({ status: 'other', sct: '0', sc: '0' })).toMatchObject({ errors: { sc: expect.any(String) } });
  expect(form({ effect: 'delay', milliseconds: '0' })).toMatchObject({
    errors: { milliseconds: expect.any(String) },
  });
});

test('a controller that a fault was asked for is chosen with its subsystem', () => {
  const [controller] = Object.values(fleet.controllers);
  expect(emptyFaultForm(fleet, controller?.id ?? '')).toMatchObject({
    controllerId: controller?.id,
    subsystemId: controller?.subsystemId,
  });
});

test('every fault can happen to something of the fleet, and is a fault', () => {
  let possible = 0;
  for (const { value } of deviceFaultKinds) {
    const chosen = withKind(fleet, emptyDeviceFaultForm(fleet, 'hv-b'), value);
    const fault = readDeviceFaultForm(chosen);
    if (deviceFaultTargets(fleet, value).length === 0) {
      expect(fault).toContain('Nothing');
      continue;
    }
    if (typeof fault === 'string') throw new Error(`${value}: ${fault}`);
    expect([value, deviceFaultSchema.safeParse(fault).error]).toEqual([value, undefined]);
    possible += 1;
  }
  expect(possible).toBeGreaterThan(5);
});

test('a host that a fault was asked for is chosen, and numbers out of range are refused', () => {
  const host = emptyDeviceFaultForm(fleet, 'hv-b');
  expect(host).toMatchObject({ kind: 'host-power-loss', objectId: 'hv-b' });
  expect(readDeviceFaultForm({ ...host, kind: 'link-slow', percent: '0' })).toContain('1 to 100');
  expect(readDeviceFaultForm({ ...host, kind: 'link-flapping', up: '' })).toContain('milliseconds');
  expect(readDeviceFaultForm({ ...host, kind: 'steal-resources', count: '70000' })).toContain('65535');
});
