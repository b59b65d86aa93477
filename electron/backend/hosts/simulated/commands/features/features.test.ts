import { describe, expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { bringUp, createWorld, fleetInput, primaryInput, run, status } from '../../testing/test-kit.ts';

const get = (fid: number, more: Partial<AdminCommand> = {}, select = 0) =>
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: (select << 8) | fid, ...more });
const set = (fid: number, value: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: fid, cdw11: value >>> 0, ...more });
const [currently, byDefault, saved, capabilities] = [0, 1, 2, 3];

function guest() {
  const world = createWorld();
  bringUp(world.controller(0), 1, 5, 3);
  return world.controller(1);
}

test.each([
  ['arbitration', 0x01, 0x0102_0304, 0, 4],
  ['power management', 0x02, 0x20, 0, 4],
  ['temperature threshold', 0x04, 0x150, 0x157, 4],
  ['volatile write cache', 0x06, 0, 1, 4],
  ['interrupt coalescing', 0x08, 0x0203, 0, 4],
  ['write atomicity', 0x0a, 1, 0, 4],
  ['asynchronous events', 0x0b, 0x100, 0, 4],
])('%s: current, default, saved and capabilities', (_words, fid, value, standard, capable) => {
  const controller = guest();
  expect(run(controller, get(fid)).dw0).toBe(standard);
  expect(status(controller, set(fid, value))).toBe(0);
  const answers = [currently, byDefault, saved, capabilities].map(
    (which) => run(controller, get(fid, {}, which)).dw0,
  );
  expect(answers).toEqual([value, standard, standard, capable]);
});

describe('features with several values', () => {
  test('temperature thresholds by sensor and kind', () => {
    const controller = guest();
    const threshold = (bits: number) => run(controller, get(4, { cdw11: bits << 16 })).dw0 & 0xffff;
    expect([0x00, 0x10, 0x01, 0x12].map(threshold)).toEqual([0x157, 0, 0xffff, 0]);
    expect(status(controller, set(4, 0x10_0010))).toBe(0);
    expect(status(controller, set(4, 0x02_0150))).toBe(0);
    expect([0x00, 0x10, 0x01, 0x02].map(threshold)).toEqual([0x157, 0x10, 0xffff, 0x150]);
    expect(status(controller, set(4, 0x0f_0160))).toBe(0);
    expect([0x00, 0x01, 0x02].map(threshold)).toEqual([0x157, 0x160, 0x160]);
    expect(run(controller, get(4, { cdw11: 0x12_0000 })).dw0).toBe(0x12_0000);
  });

  test('interrupt vectors; that of the admin queue does not coalesce', () => {
    const controller = guest();
    const vectors = () => [0, 1, 2].map((vector) => run(controller, get(9, { cdw11: vector })).dw0);
    expect(vectors()).toEqual([0x1_0000, 1, 2]);
    expect(status(controller, set(9, 0x1_0002))).toBe(0);
    expect(vectors()).toEqual([0x1_0000, 1, 0x1_0002]);
  });

  test('error recovery belongs to a namespace', () => {
    const controller = guest();
    expect(run(controller, get(5, { nsid: 2 }, capabilities)).dw0).toBe(6);
    expect(status(controller, set(5, 7, { nsid: 0xffffffff }))).toBe(0);
    expect(run(controller, get(5, { nsid: 2 })).dw0).toBe(7);
  });
});

test('the timestamp goes on from what was set', () => {
  const world = createWorld();
  const read = () => run(world.controller(0), get(0x0e, { readLength: 8 })).data;
  expect(read()).toEqual(new Uint8Array(8));
  const data = Uint8Array.of(0x00, 0xf0, 0xff, 0, 0, 1, 0, 0);
  expect(status(world.controller(0), set(0x0e, 0, { data }))).toBe(0);
  world.clock.advance(0x1001);
  expect(read()).toEqual(Uint8Array.of(1, 0, 0, 1, 0, 1, 2, 0));
  world.controller(0).clear();
  expect(read()).toEqual(new Uint8Array(8));
});

test.each([
  ['sensor that is not there', get(4, { cdw11: 0x3_0000 }), 0x4002],
  ['all sensors, get', get(4, { cdw11: 0xf_0000 }), 0x4002],
  ['reserved threshold kind', set(4, 0x20_0000), 0x4002],
  ['error recovery without a namespace', get(5), 0x400b],
  ['error recovery of all namespaces, get', get(5, { nsid: 0xffffffff }), 0x400b],
  ['error recovery of a namespace that is not attached', set(5, 1, { nsid: 3 }), 0x4002],
  ['a namespace for a feature of the controller', set(8, 1, { nsid: 2 }), 0x410f],
  ['a namespace that cannot be', set(8, 1, { nsid: 999 }), 0x400b],
  ['saving', set(8, 1, { cdw10: 0x8000_0008 }), 0x410d],
  ['Controller Data Queue on a controlled function, get', get(0x21), 0x4002],
  ['Controller Data Queue on a controlled function, set', set(0x21, 1), 0x4002],
  ['keep alive timer without keep alive', get(0x0f), 0x4002],
])('refuses: %s', (_words, command, expected) => {
  expect(status(guest(), command)).toBe(expected);
});

test('what a device keeps fixed cannot be changed, and says so', () => {
  const { controller } = createWorld(fleetInput({ profile: 'qemu-7.2' }));
  for (const fid of [1, 2, 8, 9, 0x0a]) {
    expect(run(controller(0), get(fid, {}, capabilities)).dw0).toBe(0);
    expect(status(controller(0), set(fid, 0))).toBe(0x410e);
  }
  expect(run(controller(0), get(4, {}, capabilities)).dw0).toBe(4);
});

test('a drive without a volatile write cache has no such feature', () => {
  const { identify } = primaryInput();
  if (identify.kind !== 'fields') throw new Error('the drive has no fields');
  const { controller } = createWorld(
    fleetInput({ controllers: [primaryInput({ identify: { ...identify, capabilities: { vwc: 0 } } })] }),
  );
  expect([status(controller(0), get(6)), status(controller(0), set(6, 1))]).toEqual([0x4002, 0x4002]);
});
