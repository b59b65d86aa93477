import { describe, expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { featureIdentifiers as features } from '#shared/nvme/commands/features.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeNamespaceDescriptors } from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { startController } from '../controller/start-controller.ts';
import { bringUp, createWorld, fleetInput, identifyCommand, run, status } from '../testing/test-kit.ts';
import { execute } from './execute.ts';

const get = (fid: number, select = 0, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: (select << 8) | fid, ...more });
const set = (fid: number, value: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: fid, cdw11: value >>> 0, ...more });
const log = (lid: number, bytes: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({
    opcode: adminOpcodes.getLogPage,
    cdw10: (((bytes / 4 - 1) << 16) | lid) >>> 0,
    readLength: bytes,
    ...more,
  });
const queue = (opcode: number, qid: number, size: number, cdw11: number) =>
  adminCommand({ opcode, cdw10: ((size << 16) | qid) >>> 0, cdw11 });
const event = adminCommand({ opcode: adminOpcodes.asynchronousEventRequest });

describe('features', () => {
  test('current, default and supported values', () => {
    const { controller } = createWorld();
    const threshold = features.temperatureThreshold.value;
    expect(run(controller(0), get(threshold)).dw0).toBe(0x157);
    expect(status(controller(0), set(threshold, 0x160))).toBe(0);
    expect(run(controller(0), get(threshold)).dw0).toBe(0x160);
    expect(run(controller(0), get(threshold, 1)).dw0).toBe(0x157);
    expect(run(controller(0), get(threshold, 3)).dw0).toBe(4);
  });

  test('the number of queues follows the resources', () => {
    const { controller } = createWorld();
    expect(run(controller(0), get(7)).dw0).toBe(0x00010001);
    bringUp(controller(0), 1, 5, 2);
    expect(run(controller(1), get(7)).dw0).toBe(0x00030003);
    expect(run(controller(1), set(7, 0x00070007)).dw0).toBe(0x00030003);
    expect(status(controller(1), set(7, 0xffff0000))).toBe(0x4002);
    startController(controller(1), { processors: 4 });
    expect(status(controller(1), set(7, 0x00010001))).toBe(0x400c);
  });

  test('the host identifier is kept until a reset', () => {
    const { controller } = createWorld();
    const data = Uint8Array.from({ length: 16 }, (_, index) => index);
    expect(status(controller(0), set(0x81, 1, { data }))).toBe(0);
    expect(run(controller(0), get(0x81, 0, { cdw11: 1, readLength: 16 })).data).toEqual(data);
    controller(0).clear();
    expect(run(controller(0), get(0x81, 0, { cdw11: 1, readLength: 16 })).data).toEqual(new Uint8Array(16));
  });

  test.each([
    ['unknown, get', get(0xc5), 0x4002],
    ['unknown, set', set(0xc5, 1), 0x4002],
    ['reserved selector', get(4, 5), 0x4002],
    ['save', set(4, 0x157, { cdw10: 0x80000004 }), 0x410d],
    ['power state that is not there', set(2, 9), 0x4002],
    ['interrupt vector that is not there, set', set(9, 99), 0x4002],
    ['interrupt vector that is not there, get', get(9, 0, { cdw11: 99 }), 0x4002],
    ['temperature sensor that is not there', set(4, 0x00030157), 0x4002],
    ['host identifier of the wrong length', set(0x81, 1, { data: new Uint8Array(8) }), 0x4002],
    ['timestamp of the wrong length', set(0x0e, 0, { data: new Uint8Array(4) }), 0x4002],
    ['host identifier into too small a buffer', get(0x81, 0, { cdw11: 1, readLength: 8 }), 0x4002],
  ])('refuses: %s', (_words, command, expected) => {
    expect(status(createWorld().controller(0), command)).toBe(expected);
  });
});

describe('log pages', () => {
  test('SMART, firmware, effects, supported pages', () => {
    const { controller } = createWorld();
    const smart = run(controller(0), log(2, 512)).data;
    expect(new DataView((smart ?? new Uint8Array(512)).buffer).getUint16(1, true)).toBe(323);
    expect(Buffer.from(run(controller(0), log(3, 512)).data ?? []).toString('latin1', 8, 11)).toBe('1.0');
    const effects = run(controller(0), log(5, 4096)).data ?? [];
    expect([0x06, 0x1c, 0x41, 0xc1, 0x3d, 0x19].map((opcode) => effects[opcode * 4])).toEqual([
      1, 1, 1, 1, 1, 0,
    ]);
    bringUp(controller(0), 1);
    const guest = run(controller(1), log(5, 4096)).data ?? [];
    expect([0x06, 0x1c, 0x41, 0xc1, 0x15].map((opcode) => guest[opcode * 4])).toEqual([1, 0, 0, 0, 0]);
    expect(run(controller(0), log(0, 1024)).data?.[5 * 4]).toBe(1);
    expect(run(controller(0), log(1, 64)).data).toEqual(new Uint8Array(64));
  });

  test.each([
    ['unknown page', log(0x70, 512), 0x4109],
    ['offset inside a dword', log(2, 512, { cdw12: 2 }), 0x4002],
    ['offset behind the end', log(2, 512, { cdw12: 512 }), 0x4002],
    ['buffer that is too small', log(2, 512, { readLength: 64 }), 0x4002],
  ])('refuses: %s', (_words, command, expected) => {
    expect(status(createWorld().controller(0), command)).toBe(expected);
  });

  test('an unknown page of a device that has no own status for it', () => {
    const { controller } = createWorld(fleetInput({ profile: 'qemu-7.2' }));
    expect(status(controller(0), log(0x70, 512))).toBe(0x4002);
  });
});

describe('I/O queues', () => {
  function guest() {
    const world = createWorld();
    bringUp(world.controller(0), 1, 4, 2);
    return world.controller(1);
  }
  const completion = adminOpcodes.createCompletionQueue;
  const submission = adminOpcodes.createSubmissionQueue;

  test('are created and deleted in order', () => {
    const controller = guest();
    expect(status(controller, queue(completion, 1, 63, 0x00010003))).toBe(0);
    expect(status(controller, queue(submission, 1, 63, 0x00010001))).toBe(0);
    expect(status(controller, queue(adminOpcodes.deleteCompletionQueue, 1, 0, 0))).toBe(0x410c);
    expect(status(controller, queue(adminOpcodes.deleteSubmissionQueue, 1, 0, 0))).toBe(0);
    expect(status(controller, queue(adminOpcodes.deleteSubmissionQueue, 1, 0, 0))).toBe(0x4101);
    expect(status(controller, queue(adminOpcodes.deleteCompletionQueue, 1, 0, 0))).toBe(0);
    expect(status(controller, queue(adminOpcodes.deleteCompletionQueue, 1, 0, 0))).toBe(0x4101);
  });

  test.each([
    ['queue 0', queue(completion, 0, 63, 3), 0x4101],
    ['more queues than resources', queue(completion, 4, 63, 3), 0x4101],
    ['one entry', queue(completion, 1, 0, 3), 0x4102],
    ['more entries than CAP.MQES', queue(completion, 1, 0x400, 3), 0x4102],
    ['vector that is not there', queue(completion, 1, 63, 0x00020003), 0x4108],
    ['no such completion queue', queue(submission, 1, 63, 0x00010001), 0x4100],
  ])('refuses: %s', (_words, command, expected) => {
    expect(status(guest(), command)).toBe(expected);
  });
});

test('as many event requests as AERL allows may wait, a reset drops them', () => {
  const { controller } = createWorld();
  const heard: unknown[] = [];
  // The driver holds one of the four.
  for (let count = 0; count < 3; count++) {
    const execution = execute(controller(0), event);
    if (execution.kind !== 'waiting') throw new Error('the request does not wait');
    controller(0).eventListeners.set(execution.commandIdentifier, (completion) => heard.push(completion));
  }
  expect(status(controller(0), event)).toBe(0x4105);
  controller(0).clear();
  expect(heard).toEqual([undefined, undefined, undefined]);
});

test('Abort finds nothing to abort; an unknown opcode is refused', () => {
  const { controller } = createWorld();
  expect(run(controller(0), adminCommand({ opcode: adminOpcodes.abort })).dw0).toBe(1);
  expect(status(controller(0), adminCommand({ opcode: 0xff }))).toBe(0x4001);
  expect(status(controller(0), adminCommand({ opcode: adminOpcodes.directiveSend }))).toBe(0x4001);
});

describe('Identify', () => {
  test('a secondary is marked as a virtual function without managing anything', () => {
    const { controller } = createWorld();
    bringUp(controller(0), 1);
    const [primary, secondary] = [0, 1].map((cntlid) => {
      const decoded = decodeIdentifyController(
        run(controller(cntlid), identifyCommand(1)).data ?? new Uint8Array(),
      );
      if (!decoded.ok) throw new Error(decoded.error.message);
      return decoded.value;
    });
    // Namespace Management (3), Virtualization (7) and Migration (11) belong to the primary.
    expect([primary?.oacs, secondary?.oacs]).toEqual([0x088a, 0x0002]);
    expect([primary?.cmic, secondary?.cmic]).toEqual([2, 6]);
    expect(secondary).toMatchObject({
      cntlid: 1,
      sn: primary?.sn,
      subnqn: primary?.subnqn,
      hmpre: 0,
      hmmin: 0,
    });
  });

  test('structures of the NVM command set and of the namespace', () => {
    const { controller } = createWorld();
    bringUp(controller(0), 1);
    const descriptors = decodeNamespaceDescriptors(
      run(controller(1), identifyCommand(3, 2)).data ?? new Uint8Array(),
    );
    expect(descriptors).toMatchObject({ ok: true, value: { descriptors: [{ type: 2 }, { type: 4 }] } });
    const independent = run(controller(1), identifyCommand(8, 2)).data ?? [];
    expect([independent[1], independent[14]]).toEqual([1, 1]);
    expect(run(controller(0), identifyCommand(0x1c, 0, 0xffff)).data?.[0]).toBe(1);
    for (const cns of [0x05, 0x06, 0x07]) expect(status(controller(0), identifyCommand(cns, 1))).toBe(0);
    expect(run(controller(0), { ...identifyCommand(1), readLength: 512 }).data).toHaveLength(512);
  });

  test.each([
    ['reserved CNS', identifyCommand(0x21), 0x4002],
    ['no buffer', { ...identifyCommand(1), readLength: 0 }, 0x4002],
    ['another command set', { ...identifyCommand(6), cdw11: 2 << 24 }, 0x4002],
    ['list after the last NSID', identifyCommand(2, 0xffffffff), 0x400b],
    ['command sets of another controller', identifyCommand(0x1c, 0, 7), 0x4002],
  ])('refuses: %s', (_words, command, expected) => {
    expect(status(createWorld().controller(0), command)).toBe(expected);
  });

  test('a device without a subsystem of its own has no controller lists', () => {
    const { controller } = createWorld(fleetInput({ controllerLists: false, profile: 'qemu-7.2' }));
    expect(status(controller(0), identifyCommand(0x13))).toBe(0x4002);
    expect(status(controller(0), identifyCommand(0x12, 1))).toBe(0x4002);
    expect(status(controller(0), identifyCommand(0x08, 1))).toBe(0x4002);
  });
});
