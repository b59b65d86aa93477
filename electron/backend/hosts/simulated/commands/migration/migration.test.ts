import { describe, expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeControllerState } from '#shared/nvme/layouts/controller-state/controller-state.ts';
import { decodeControllerStateFormats } from '#shared/nvme/layouts/controller-state/controller-state-formats.ts';
import { resetController } from '../../controller/resets.ts';
import { startController } from '../../controller/start-controller.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { getState, resume, save, sequence, setState, suspend } from '../../testing/migration-commands.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  plainInput,
  primaryInput,
  run,
  status,
  virtMgmt,
} from '../../testing/test-kit.ts';
import { execute } from '../execute.ts';
import { vendorStateUuid } from './controller-state/state-formats.ts';

const { middle, first, last, only } = sequence;

/** Primaries 0 and 10 on two hosts in one NVM subsystem; secondaries 1 (running a guest) and 11 (idle) are online. */
function twoPrimaries() {
  const world = createWorld(
    fleetInput({
      controllers: [primaryInput(), primaryInput({ cntlid: 10, host: 'two' }), plainInput],
      namespaces: [{ nsid: 2, blocks: 1000, nguid: 'a'.repeat(32), attachedTo: [1] }],
    }),
  );
  bringUp(world.controller(0), 1);
  bringUp(world.controller(10), 11);
  startController(world.controller(1), { processors: 8, workSeed: 1 });
  return { ...world, source: world.controller(0), destination: world.controller(10) };
}

test('CNS 20h names version 0 and the vendor UUID, on primaries only', () => {
  const { controller } = twoPrimaries();
  const formats = decodeControllerStateFormats(
    run(controller(0), identifyCommand(0x20)).data ?? new Uint8Array(),
  );
  expect(formats).toMatchObject({ ok: true, value: { versions: [0], uuids: [vendorStateUuid] } });
  expect(status(controller(1), identifyCommand(0x20))).toBe(0x4002);
});

test('only controlling functions have the commands', () => {
  const { controller } = twoPrimaries();
  for (const command of [suspend(1), resume(1), getState(1)]) {
    expect(status(controller(1), command)).toBe(0x4001);
    expect(status(controller(20), command)).toBe(0x4001);
  }
  const qemu = createWorld(fleetInput({ profile: 'qemu-7.2' }));
  expect(status(qemu.controller(0), suspend(1))).toBe(0x4001);
});

describe('Suspend and Resume', () => {
  test('a suspended controller completes nothing until it is resumed', () => {
    const { source, controller } = twoPrimaries();
    expect(status(source, suspend(1))).toBe(0);
    expect(status(source, suspend(1))).toBe(0);
    expect(execute(controller(1), identifyCommand(1)).kind).toBe('silent');
    expect(status(source, resume(1))).toBe(0);
    expect(execute(controller(1), identifyCommand(1)).kind).toBe('completed');
    expect(status(source, resume(1))).toBe(0x413a);
  });

  test('the notification changes nothing', () => {
    const { source, controller } = twoPrimaries();
    expect(status(source, suspend(1, 0))).toBe(0);
    expect(controller(1).suspended).toBe(false);
  });

  test.each([
    ['unknown controller', suspend(99), 0x411f],
    ['the primary itself', suspend(0), 0x411f],
    ['a secondary of another primary', suspend(11), 0x411f],
    ['an offline secondary', suspend(2), 0x411f],
    ['reserved type', suspend(1, 2), 0x4002],
    ['resume of an unknown controller', resume(99), 0x411f],
    ['reserved selector', { ...resume(1), cdw10: 3 }, 0x4002],
  ])('refuses: %s', (_words, command, expected) => {
    expect(status(twoPrimaries().source, command)).toBe(expected);
  });

  test.each(['function', 'controller'] as const)('a %s reset of the target ends suspension', (kind) => {
    const { source, controller } = twoPrimaries();
    run(source, suspend(1));
    resetController(controller(1), kind);
    expect(controller(1).suspended).toBe(false);
    expect(status(source, resume(1))).toBe(0x413a);
  });

  test('a reset of the primary ends suspension and takes the target offline', () => {
    const { source, controller } = twoPrimaries();
    run(source, suspend(1));
    resetController(source, 'function');
    expect(controller(1)).toMatchObject({ suspended: false, isOffline: true });
  });
});

describe('Get Controller State', () => {
  test('reads header and body with the queues of the guest, and says whether it was suspended', () => {
    const { source, controller } = twoPrimaries();
    expect(run(source, getState(1)).dw0).toBe(0);
    run(source, suspend(1));
    expect(run(source, getState(1)).dw0).toBe(1);
    const decoded = decodeControllerState(save(source, 1));
    if (!decoded.ok) throw new Error(decoded.error.message);
    expect(decoded.value.suspended).toBe(true);
    // 4 VQ and 2 VI: one I/O queue pair, because one vector belongs to the admin queue.
    expect(decoded.value.nvme?.submissionQueues).toEqual([...controller(1).live.submissionQueues.values()]);
    expect(decoded.value.nvme?.submissionQueues).toHaveLength(1);
    expect(decoded.value.nvme?.submissionQueues[0]?.head).toBeGreaterThan(0);
  });

  test('leaves out the parts that are not asked for', () => {
    const { source } = twoPrimaries();
    const view = (completion: { data?: Uint8Array }) =>
      new DataView((completion.data ?? new Uint8Array(48)).buffer);
    expect(view(run(source, getState(1, { csvi: 0 }))).getBigUint64(16, true)).toBe(0n);
    expect(view(run(source, getState(1, { csuuidi: 0 }))).getBigUint64(32, true)).toBe(0n);
  });

  test('pieces at offsets join to the same bytes', () => {
    const { source } = twoPrimaries();
    const whole = save(source, 1);
    const pieces: number[] = [];
    for (let offset = 0; offset < whole.length; offset += 16)
      pieces.push(...(run(source, getState(1, { offset, bytes: 16 })).data ?? []));
    expect(Uint8Array.from(pieces.slice(0, whole.length))).toEqual(whole);
  });

  test.each([
    ['unknown controller', getState(99), 0x411f],
    ['version that CNS 20h does not have', getState(1, { csvi: 2 }), 0x4002],
    ['UUID that CNS 20h does not have', getState(1, { csuuidi: 2 }), 0x4002],
    ['offset inside a dword', getState(1, { offset: 2 }), 0x4002],
    ['offset behind the end', getState(1, { offset: 4096 }), 0x4002],
    ['more than MDTS', getState(1, { bytes: 256 * 1024 }), 0x4002],
    ['reserved selector', { ...getState(1), cdw10: 1 }, 0x4002],
  ])('refuses: %s', (_words, command, expected) => {
    expect(status(twoPrimaries().source, command)).toBe(expected);
  });
});

describe('Set Controller State', () => {
  function saved() {
    const world = twoPrimaries();
    run(world.source, suspend(1));
    const state = save(world.source, 1);
    run(world.destination, suspend(11));
    return { ...world, state };
  }

  test.each([
    ['one command', [[only, 0, 9999]]],
    [
      'first and last',
      [
        [first, 0, 64],
        [last, 64, 9999],
      ],
    ],
    [
      'first, middle, last',
      [
        [first, 0, 48],
        [middle, 48, 96],
        [last, 96, 9999],
      ],
    ],
    [
      'an empty last',
      [
        [first, 0, 9999],
        [last, 0, 0],
      ],
    ],
  ] as const)('%s: the restored controller answers as the source did', (_words, pieces) => {
    const { source, destination, controller, state } = saved();
    for (const [seqind, from, to] of pieces)
      expect(
        status(destination, setState(11, seqind, state.slice(from, to), { offset: to === 0 ? 0 : from })),
      ).toBe(0);
    expect(status(destination, resume(11))).toBe(0);
    run(source, resume(1));
    const [before, after] = [controller(1), controller(11)];
    expect(after.live).toEqual(before.live);
    for (const command of guestCommands) expect(answer(after, command)).toEqual(answer(before, command));
  });

  test('errors, counters, event requests, features with several values and the timestamp come along', () => {
    const { source, destination, controller, clock } = twoPrimaries();
    const guest = controller(1);
    const set = (fid: number, cdw11: number, more: Partial<AdminCommand> = {}) =>
      adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: fid, cdw11, ...more });
    run(guest, set(4, 0x10_0020));
    run(guest, set(9, 0x1_0001));
    run(guest, set(0x0e, 0, { data: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0) }));
    status(guest, virtMgmt(9, 1));
    status(guest, identifyCommand(0xff, 77));
    execute(guest, adminCommand({ opcode: adminOpcodes.asynchronousEventRequest, commandIdentifier: 900 }));
    Object.assign(guest.health, { readCommands: 5, writeCommands: 6, bytesRead: 512_001, bytesWritten: 7 });
    clock.advance(1000);
    run(source, suspend(1));
    const state = save(source, 1);
    run(destination, suspend(11));
    expect(status(destination, setState(11, only, state))).toBe(0);
    run(destination, resume(11));
    run(source, resume(1));
    expect(controller(11).health).toEqual(guest.health);
    expect(controller(11).live.events.outstanding).toEqual([31, 900]);
    const read = (opcode: number, cdw10: number, more: Partial<AdminCommand> = {}) =>
      adminCommand({ opcode, cdw10, readLength: 512, ...more });
    const questions = [
      read(adminOpcodes.getLogPage, 0x007f_0001),
      read(adminOpcodes.getLogPage, 0x007f_0002),
      read(adminOpcodes.getFeatures, 4, { cdw11: 0x10_0000 }),
      read(adminOpcodes.getFeatures, 9, { cdw11: 1 }),
      read(adminOpcodes.getFeatures, 0x0e),
      adminCommand({ opcode: adminOpcodes.abort, cdw10: 900 * 0x1_0000 }),
    ];
    for (const command of questions) expect(answer(controller(11), command)).toEqual(answer(guest, command));
    expect(run(controller(11), read(adminOpcodes.getLogPage, 0x000f_0001)).data?.[0]).toBe(2);
  });

  test.each([
    ['last without a sequence', (state: Uint8Array) => setState(11, last, state), 0x400c],
    ['middle without a sequence', (state: Uint8Array) => setState(11, middle, state), 0x400c],
    ['no format at all', (state: Uint8Array) => setState(11, only, state, { csvi: 0, csuuidi: 0 }), 0x4002],
    ['version that is not there', (state: Uint8Array) => setState(11, only, state, { csvi: 2 }), 0x4002],
    ['NVMe part without its version', (state: Uint8Array) => setState(11, only, state, { csvi: 0 }), 0x4002],
    [
      'vendor part without its UUID',
      (state: Uint8Array) => setState(11, only, state, { csuuidi: 0 }),
      0x4002,
    ],
    ['offset inside a dword', (state: Uint8Array) => setState(11, only, state, { offset: 2 }), 0x4002],
    ['nothing, but not last', () => setState(11, first, new Uint8Array()), 0x4002],
    ['beyond the structure', (state: Uint8Array) => setState(11, first, state, { offset: 1 << 21 }), 0x4002],
    ['cut short', (state: Uint8Array) => setState(11, only, state.slice(0, -8)), 0x4002],
    ['too long', (state: Uint8Array) => setState(11, only, Uint8Array.from([...state, 0, 0, 0, 0])), 0x4002],
    ['unknown controller', (state: Uint8Array) => setState(99, only, state), 0x411f],
  ])('refuses: %s', (_words, command, expected) => {
    const { destination, controller, state } = saved();
    expect(status(destination, command(state))).toBe(expected);
    expect(controller(11).live.submissionQueues.size).toBe(0);
  });

  test('a controller that is neither suspended nor enabled nor offline is refused', () => {
    const { destination, state } = saved();
    run(destination, resume(11));
    expect(status(destination, setState(11, only, state))).toBe(0x411f);
    expect(status(destination, setState(12, only, state))).toBe(0x4138);
  });

  test('a target with I/O queues is refused', () => {
    const { source, state } = saved();
    expect(status(source, setState(1, only, state))).toBe(0x4002);
  });

  test('a target with fewer resources is refused', () => {
    const { destination, state } = saved();
    run(destination, virtMgmt(7, 11));
    bringUp(destination, 11, 2, 1);
    run(destination, suspend(11));
    expect(status(destination, setState(11, only, state))).toBe(0x4138);
  });

  test('other bytes behind the same NSID are refused', () => {
    const { destination, controller, state } = saved();
    const namespaces = controller(11).subsystem.namespaces;
    namespaces.delete(2);
    expect(status(destination, setState(11, only, state))).toBe(0x400b);
    expect(controller(11).live.submissionQueues.size).toBe(0);
  });

  test('Resume waits for the end of the sequence; starting again drops what came', () => {
    const { destination, state } = saved();
    run(destination, setState(11, first, state.slice(0, 64)));
    expect(status(destination, resume(11))).toBe(0x400c);
    expect(status(destination, setState(11, first, state))).toBe(0);
    expect(status(destination, setState(11, last, new Uint8Array()))).toBe(0);
    expect(status(destination, resume(11))).toBe(0);
  });

  test('a reset of the target drops the sequence', () => {
    const { destination, controller, state } = saved();
    run(destination, setState(11, first, state.slice(0, 64)));
    resetController(controller(11), 'function');
    run(destination, suspend(11));
    expect(status(destination, setState(11, last, state.slice(64), { offset: 64 }))).toBe(0x400c);
  });
});

/** What a guest may ask. Identify Controller differs by CNTLID, unless a virtual subsystem hides that. */
const guestCommands = [
  identifyCommand(0, 2),
  identifyCommand(2),
  identifyCommand(3, 2),
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: 0x07 }),
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: 0x0b }),
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: 0x81, cdw11: 1, readLength: 16 }),
  adminCommand({ opcode: adminOpcodes.getLogPage, cdw10: 0x007f0002, readLength: 512 }),
  adminCommand({ opcode: adminOpcodes.createCompletionQueue, cdw10: 0x003f0001, cdw11: 3 }),
];

function answer(controller: SimulatedController, command: AdminCommand) {
  return run(controller, command);
}
