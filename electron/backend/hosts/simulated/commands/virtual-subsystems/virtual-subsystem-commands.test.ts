import { expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeVirtualSubsystem } from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import { encodeExposedCapabilities } from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import {
  blankVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { decodeVirtualSubsystemList } from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import { decodeVirtualSubsystemSupport } from '#shared/nvme/layouts/proposal/virtual-subsystem-support.ts';
import type { Result } from '#shared/result.ts';
import { startController } from '../../controller/start-controller.ts';
import { bringUp, createWorld, fleetInput, identifyCommand, run, status } from '../../testing/test-kit.ts';

const select = { create: 0, remove: 1, add: 2, drop: 3, identity: 4, capabilities: 5 };
const nqn = 'nqn.2026-11.io.berth:test';

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function identityBytes(name = nqn) {
  return value(
    encodeVirtualSubsystemIdentity({
      ...blankVirtualSubsystemIdentity(),
      vnqn: name,
      sn: 'VIRTUAL1'.padEnd(20),
      mn: 'Virtual Drive'.padEnd(40),
      fr: '9.9'.padEnd(8),
      ovr: 7,
    }),
  );
}

function manage(
  sel: number,
  fields: { vsid?: number; cntlid?: number; vcid?: number; data?: Uint8Array } = {},
) {
  const { vsid = 0, cntlid = 0, vcid = 0, data } = fields;
  return adminCommand({
    opcode: adminOpcodes.virtualSubsystemManagement,
    cdw10: ((cntlid << 16) | sel) >>> 0,
    cdw11: ((vsid << 16) | vcid) >>> 0,
    ...(data ? { data } : {}),
  });
}

const receive = (sel: number, vsid = 0) =>
  adminCommand({
    opcode: adminOpcodes.virtualSubsystemReceive,
    cdw10: sel,
    cdw11: vsid << 16,
    readLength: 4096,
  });
const bytes = (completion: { data?: Uint8Array }) => completion.data ?? new Uint8Array();

function withMember() {
  const world = createWorld();
  const primary = world.controller(0);
  bringUp(primary, 1);
  expect(run(primary, manage(select.create, { vcid: 1, data: identityBytes() })).dw0).toBe(1);
  expect(status(primary, manage(select.add, { vsid: 1, cntlid: 1, vcid: 20 }))).toBe(0);
  return { ...world, primary, member: world.controller(1) };
}

test('Identify Controller of a primary announces the commands', () => {
  const { primary, member } = withMember();
  const vendor = (controller: typeof primary) => bytes(run(controller, identifyCommand(1))).subarray(3072);
  expect(value(decodeVirtualSubsystemSupport(vendor(primary)))).toMatchObject({ version: 1 });
  expect(value(decodeVirtualSubsystemSupport(vendor(member)))).toBeUndefined();
});

test('a member shows the virtual identity and nothing of its physical one', () => {
  const { member, primary } = withMember();
  const guest = value(decodeIdentifyController(bytes(run(member, identifyCommand(1)))));
  expect(guest).toMatchObject({ cntlid: 20, subnqn: nqn, sn: 'VIRTUAL1'.padEnd(20), fr: '9.9'.padEnd(8) });
  const physical = value(decodeIdentifyController(bytes(run(primary, identifyCommand(1)))));
  expect(physical).toMatchObject({ cntlid: 0, sn: 'TEST0001'.padEnd(20) });
  const controllers = (cns: number, nsid = 0) =>
    value(decodeControllerList(bytes(run(member, identifyCommand(cns, nsid))))).identifiers;
  expect(controllers(0x13)).toEqual([1, 20]);
  expect(controllers(0x12, 2)).toEqual([20]);
});

test('lists and describes virtual subsystems', () => {
  const { primary } = withMember();
  expect(value(decodeVirtualSubsystemList(bytes(run(primary, receive(0))))).entries).toEqual([
    { vsid: 1, nmem: 2 },
  ]);
  expect(value(decodeVirtualSubsystem(bytes(run(primary, receive(1, 1)))))).toMatchObject({
    vsid: 1,
    ccntlid: 0,
    identity: { vnqn: nqn },
    members: [
      { vcid: 1, cntlid: 0 },
      { vcid: 20, cntlid: 1 },
    ],
  });
  expect(status(primary, receive(1, 2))).toBe(0x4136);
  expect(status(primary, receive(7))).toBe(0x4002);
});

test.each([
  ['name that is taken', manage(select.create, { vcid: 1, data: identityBytes() }), 0x4136],
  ['no name', manage(select.create, { vcid: 1, data: identityBytes('') }), 0x4002],
  ['no data', manage(select.create, { vcid: 1 }), 0x4002],
  ['reserved virtual id', manage(select.create, { vcid: 0xfff0, data: identityBytes('nqn.x:y') }), 0x411f],
  ['unknown virtual subsystem', manage(select.add, { vsid: 9, cntlid: 2, vcid: 3 }), 0x4136],
  ['member already', manage(select.add, { vsid: 1, cntlid: 1, vcid: 3 }), 0x411f],
  ['not a secondary', manage(select.add, { vsid: 1, cntlid: 20, vcid: 3 }), 0x411f],
  ['virtual id of a member', manage(select.add, { vsid: 1, cntlid: 2, vcid: 20 }), 0x411f],
  ['virtual id of the primary', manage(select.add, { vsid: 1, cntlid: 2, vcid: 1 }), 0x411f],
  ['removing what is no member', manage(select.drop, { vsid: 1, cntlid: 2 }), 0x411f],
  ['deleting one with members', manage(select.remove, { vsid: 1 }), 0x400c],
  ['reserved selector', manage(9, { vsid: 1 }), 0x4002],
])('refuses: %s', (_words, command, expected) => {
  const { fleet, primary } = withMember();
  const before = fleet.exportState().subsystems[0]?.controllers[0];
  expect(status(primary, command)).toBe(expected);
  const after = fleet.exportState().subsystems[0]?.controllers[0];
  // A refusal leaves an entry in the error log.
  expect({ ...after, live: 0, health: 0 }).toEqual({ ...before, live: 0, health: 0 });
});

test('what a running controller shows does not change under its guest', () => {
  const { primary, member } = withMember();
  startController(member, { processors: 2 });
  const change = manage(select.identity, { vsid: 1, data: identityBytes('nqn.2026-11.io.berth:other') });
  expect(status(primary, change)).toBe(0x400c);
  expect(status(primary, manage(select.drop, { vsid: 1, cntlid: 1 }))).toBe(0x400c);
  member.clear();
  expect(status(primary, change)).toBe(0);
  expect(value(decodeIdentifyController(bytes(run(member, identifyCommand(1))))).subnqn).toContain('other');
  expect(status(primary, manage(select.drop, { vsid: 1, cntlid: 1 }))).toBe(0);
  expect(status(primary, manage(select.remove, { vsid: 1 }))).toBe(0);
  expect(value(decodeIdentifyController(bytes(run(member, identifyCommand(1))))).cntlid).toBe(1);
});

test('exposed capabilities only narrow', () => {
  const { primary, member } = withMember();
  const entries = [
    { structure: 0, offset: 520, size: 2, rule: 0, value: 0x5fn },
    { structure: 0, offset: 77, size: 1, rule: 1, value: 3n },
  ];
  const before = value(decodeIdentifyController(bytes(run(member, identifyCommand(1)))));
  const data = value(encodeExposedCapabilities({ entries, reserved: [] }));
  expect(status(primary, manage(select.capabilities, { vsid: 1, data }))).toBe(0);
  const after = value(decodeIdentifyController(bytes(run(member, identifyCommand(1)))));
  expect(after).toEqual({ ...before, oncs: before.oncs & 0x5f, mdts: 3 });
});

test('survives an export, and is refused on other devices', () => {
  const { fleet } = withMember();
  const again = createWorld(fleet.exportState());
  expect(value(decodeVirtualSubsystemList(bytes(run(again.controller(0), receive(0))))).entries).toEqual([
    { vsid: 1, nmem: 2 },
  ]);
  const qemu = createWorld(fleetInput({ profile: 'qemu-7.2' }));
  expect(status(qemu.controller(0), receive(0))).toBe(0x4001);
  expect(status(createWorld().controller(20), receive(0))).toBe(0x4001);
});
