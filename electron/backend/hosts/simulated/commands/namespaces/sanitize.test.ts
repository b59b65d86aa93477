import { expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeSanitizeStatus } from '#shared/nvme/layouts/logs/sanitize-status.ts';
import { resetController } from '../../controller/resets.ts';
import { startController } from '../../controller/start-controller.ts';
import type { SimulatedController } from '../../state/controller.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  run,
  status,
  virtMgmt,
} from '../../testing/test-kit.ts';
import { createQueue, logUserData, queueMemory } from '../../testing/tracking-commands.ts';
import { execute } from '../execute.ts';

const sanitize = (cdw10: number) => adminCommand({ opcode: adminOpcodes.sanitize, cdw10 });
const [blockErase, overwriteTwice, cryptoErase] = [2, 0x23, 4];
const log = (lid: number, bytes: number) =>
  adminCommand({
    opcode: adminOpcodes.getLogPage,
    cdw10: (((bytes / 4 - 1) << 16) | lid) >>> 0,
    readLength: bytes,
  });
const suspend = (cntlid: number) =>
  adminCommand({ opcode: adminOpcodes.migrationSend, cdw11: (1 << 16) | cntlid });
const resume = (cntlid: number) =>
  adminCommand({ opcode: adminOpcodes.migrationSend, cdw10: 1, cdw11: cntlid });

function progress(controller: SimulatedController) {
  const decoded = decodeSanitizeStatus(run(controller, log(0x81, 512)).data ?? new Uint8Array());
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

test('an operation takes simulated time, over resets too, and says how far it is', () => {
  const { controller, clock } = createWorld();
  expect(progress(controller(0))).toMatchObject({ sprog: 0xffff, sstat: 0, etbe: 10, etce: 2, eto: 320 });
  expect(status(controller(0), sanitize(blockErase))).toBe(0);
  clock.advance(5000);
  resetController(controller(0), 'power');
  expect(progress(controller(20))).toMatchObject({ sprog: 0x8000, sstat: 2, scdw10: 2 });
  clock.advance(5000);
  expect(progress(controller(0))).toMatchObject({ sprog: 0xffff, sstat: 0x101 });
  // Global Data Erased ends with the next write.
  controller(0).health.bytesWritten += 512;
  expect(progress(controller(0)).sstat).toBe(1);
});

test('overwriting takes its time for every pass', () => {
  const { controller, clock } = createWorld();
  run(controller(0), sanitize(overwriteTwice));
  clock.advance(20_000);
  expect(progress(controller(0))).toMatchObject({ sprog: 0x8000, sstat: (1 << 3) | 2 });
  clock.advance(20_000);
  expect(progress(controller(0)).sstat).toBe(0x100 | (2 << 3) | 1);
});

test('while it runs every controller of the NVM subsystem refuses what is not allowed', () => {
  const { controller, clock } = createWorld();
  bringUp(controller(0), 1);
  run(controller(0), sanitize(cryptoErase));
  for (const refused of [sanitize(cryptoErase), virtMgmt(8, 2, 0, 2), suspend(1), log(5, 4096)])
    expect(status(controller(0), refused)).toBe(0x1d);
  expect(status(controller(1), log(3, 512))).toBe(0x1d);
  const allowed: readonly AdminCommand[] = [
    identifyCommand(1),
    log(1, 64),
    log(2, 512),
    adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: 7 }),
    adminCommand({ opcode: adminOpcodes.abort }),
  ];
  for (const command of allowed)
    for (const cntlid of [0, 1]) expect(status(controller(cntlid), command)).toBe(0);
  clock.advance(2000);
  expect(status(controller(0), virtMgmt(8, 2, 0, 2))).toBe(0);
});

test('is refused while any controller of the NVM subsystem is suspended', () => {
  const { controller } = createWorld();
  bringUp(controller(0), 1);
  run(controller(0), suspend(1));
  for (const cntlid of [0, 20]) expect(status(controller(cntlid), sanitize(blockErase))).toBe(0x4139);
  run(controller(0), resume(1));
  expect(status(controller(20), sanitize(blockErase))).toBe(0);
});

test('the end is an event, and a user data queue learns that every block changed', () => {
  const { controller, primary, clock } = createWorld();
  bringUp(controller(0), 1);
  startController(controller(1), { processors: 1 });
  const memory = queueMemory(8);
  run(primary(0), logUserData(run(primary(0), createQueue(1, memory)).dw0, 1));
  const execution = execute(controller(0), adminCommand({ opcode: adminOpcodes.asynchronousEventRequest }));
  if (execution.kind !== 'waiting') throw new Error('the request does not wait');
  const heard: (number | undefined)[] = [];
  controller(0).eventListeners.set(execution.commandIdentifier, (completion) => heard.push(completion?.dw0));
  run(controller(0), sanitize(cryptoErase));
  clock.advance(2000);
  expect(heard).toEqual([]);
  run(controller(0), identifyCommand(1));
  expect(heard).toEqual([0x81_01_06]);
  // NSID 2 is attached; LBACIR 01b is bits 7:6 of byte 31, then ESA first and the phase.
  expect([memory.bytes[0], memory.bytes[31]]).toEqual([2, 0b0100_0011]);
});

test('is announced and there exactly where a controller may erase the drive', () => {
  const worlds = [createWorld(), createWorld(fleetInput({ profile: 'qemu-7.2' }))];
  for (const { controller } of worlds) bringUp(controller(0), 1);
  const seen = worlds.map(({ controller }) =>
    [0, 1, 20].map((cntlid) => {
      const decoded = decodeIdentifyController(
        run(controller(cntlid), identifyCommand(1)).data ?? new Uint8Array(),
      );
      if (!decoded.ok) throw new Error(decoded.error.message);
      const { sanicap } = decoded.value;
      return [sanicap, status(controller(cntlid), sanitize(7)), status(controller(cntlid), log(0x81, 512))];
    }),
  );
  const has = [0x4000_0007, 0x4002, 0];
  expect(seen).toEqual([
    [has, [0, 0x4001, 0x4109], has],
    [
      [0, 0x4001, 0x4002],
      [0, 0x4001, 0x4002],
      [0, 0x4001, 0x4002],
    ],
  ]);
});

test.each([
  ['exit failure mode without a failure', 1, 0],
  ['exit media verification state', 5, 0x4002],
  ['media verification', 0x402, 0x4002],
  ['reserved action', 0, 0x4002],
])('%s', (_words, cdw10, expected) => {
  const { controller } = createWorld();
  expect(status(controller(0), sanitize(cdw10))).toBe(expected);
  expect(progress(controller(0)).sstat).toBe(0);
});
