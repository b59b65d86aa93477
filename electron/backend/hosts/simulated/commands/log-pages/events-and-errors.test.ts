import { describe, expect, test } from 'vitest';
import { type AdminCommand, type AdminCompletion, adminCommand, statusValue } from '#shared/nvme/command.ts';
import { featureIdentifiers as features } from '#shared/nvme/commands/features.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeErrorInformation } from '#shared/nvme/layouts/logs/error-information.ts';
import { decodeSmartHealth } from '#shared/nvme/layouts/logs/smart-health.ts';
import type { Result } from '#shared/result.ts';
import { resetController } from '../../controller/resets.ts';
import { startController } from '../../controller/start-controller.ts';
import { setTemperature } from '../../controller/temperature.ts';
import { losePower } from '../../faults/device-faults.ts';
import { isPhysical } from '../../host/pci-function.ts';
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
import { execute } from '../execute.ts';

const set = (fid: number, value: number) =>
  adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: fid, cdw11: value >>> 0 });
const log = (lid: number, bytes: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({
    opcode: adminOpcodes.getLogPage,
    cdw10: (((bytes / 4 - 1) << 16) | lid) >>> 0,
    readLength: bytes,
    ...more,
  });
const retain = 0x8000;
const request = (commandIdentifier?: number) =>
  adminCommand({
    opcode: adminOpcodes.asynchronousEventRequest,
    ...(commandIdentifier === undefined ? {} : { commandIdentifier }),
  });
const abort = (sqid: number, cid: number) =>
  adminCommand({ opcode: adminOpcodes.abort, cdw10: ((cid << 16) | sqid) >>> 0 });

function value<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function errors(controller: SimulatedController) {
  const entries = value(decodeErrorInformation(run(controller, log(1, 4096)).data ?? new Uint8Array()));
  return entries.filter(({ errorCount }) => errorCount > 0n);
}

const smart = (controller: SimulatedController, more: Partial<AdminCommand> = {}) =>
  value(decodeSmartHealth(run(controller, log(2, 512, more)).data ?? new Uint8Array()));

/** Sends a request; what it hears comes into the list, undefined for a request that a reset dropped. */
function ask(controller: SimulatedController, commandIdentifier?: number) {
  const heard: (AdminCompletion | undefined)[] = [];
  const execution = execute(controller, request(commandIdentifier));
  if (execution.kind === 'completed') heard.push(execution.completion);
  if (execution.kind === 'waiting')
    controller.eventListeners.set(execution.commandIdentifier, (completion) => heard.push(completion));
  return heard;
}

/** A controller of a guest, with event requests of its own only. */
function guest() {
  const world = createWorld();
  bringUp(world.controller(0), 1);
  const controller = world.controller(1);
  startController(controller, { processors: 1 });
  controller.live.events.outstanding = [];
  return { ...world, guest: controller };
}

const { temperatureThreshold, asynchronousEventConfiguration } = features;
const temperatureEvent = 0x02_01_01;

describe('Abort', () => {
  test('ends the event request that it names, and no other', () => {
    const { guest: controller } = guest();
    const [first, second] = [ask(controller), ask(controller)];
    expect(run(controller, abort(0, 1)).dw0).toBe(0);
    expect([first, second.map((completion) => completion && statusValue(completion))]).toEqual([[], [7]]);
    expect(controller.live.events.outstanding).toEqual([0]);
  });

  test.each([
    ['no such command', abort(0, 5)],
    ['another queue', abort(1, 0)],
  ])('says in dword 0 that it aborted nothing: %s', (_words, command) => {
    const { guest: controller } = guest();
    const heard = ask(controller);
    expect(run(controller, command).dw0).toBe(1);
    expect(heard).toEqual([]);
  });

  test('the request of the driver itself can be aborted', () => {
    const { controller } = createWorld();
    expect(run(controller(0), abort(0, 31)).dw0).toBe(0);
    expect(controller(0).live.events.outstanding).toEqual([]);
  });

  test('no more than ACL allows may be outstanding', async () => {
    const world = createWorld();
    const queue = value(world.host('one').adminQueue('0000:01:00.0'));
    const { faults } = world.primary(0).subsystem;
    faults.add({
      opcode: 8,
      cntlid: null,
      occurrence: 1,
      count: 5,
      effect: { kind: 'delay', milliseconds: 9 },
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => queue.submit(abort(0, 9))));
    expect(answers.map((answer) => statusValue(value(answer)))).toEqual([0, 0, 0, 0, 0x4103]);
    expect(statusValue(value(await queue.submit(abort(0, 9))))).toBe(0);
  });
});

describe('Asynchronous Event Request', () => {
  test('a second command with the identifier of an outstanding one is a conflict', () => {
    const { guest: controller } = guest();
    expect(ask(controller, 7)).toEqual([]);
    expect(status(controller, request(7))).toBe(0x4003);
    expect(controller.live.events.outstanding).toEqual([7]);
  });

  test('one event of a type until its log page is read without retaining it', () => {
    const { guest: controller } = guest();
    run(controller, set(asynchronousEventConfiguration.value, 2));
    const first = ask(controller);
    const second = ask(controller);
    run(controller, set(temperatureThreshold.value, 300));
    expect(first.map((completion) => completion?.dw0)).toEqual([temperatureEvent]);
    run(controller, set(temperatureThreshold.value, 290));
    expect(second).toEqual([]);
    smart(controller, { cdw10: log(2, 512).cdw10 | retain });
    run(controller, set(temperatureThreshold.value, 280));
    expect(second).toEqual([]);
    expect(smart(controller).criticalWarning).toBe(2);
    run(controller, set(temperatureThreshold.value, 270));
    expect(second.map((completion) => completion?.dw0)).toEqual([temperatureEvent]);
  });

  test('the temperature crosses thresholds, over and under, of the drive and of its sensors', () => {
    const { guest: controller } = guest();
    run(controller, set(asynchronousEventConfiguration.value, 2));
    const crosses = (kelvin: number) => {
      const heard = ask(controller);
      setTemperature(controller, kelvin);
      const crossed = heard.length === 1;
      if (!crossed)
        for (const identifier of [...controller.eventListeners.keys()]) run(controller, abort(0, identifier));
      smart(controller);
      return crossed;
    };
    expect(crosses(342)).toBe(false);
    expect(crosses(343)).toBe(true);
    expect(crosses(344)).toBe(false);
    expect(crosses(323)).toBe(false);
    run(controller, set(temperatureThreshold.value, 0x10_0000 + 280));
    expect(crosses(281)).toBe(false);
    expect(crosses(280)).toBe(true);
    expect(crosses(323)).toBe(false);
    run(controller, set(temperatureThreshold.value, 0x02_0000 + 330));
    expect(crosses(335)).toBe(false);
    expect(crosses(336)).toBe(true);
    expect(smart(controller)).toMatchObject({
      temperature: 336,
      temperatureSensor1: 336,
      temperatureSensor2: 330,
    });
  });

  test('nothing is told that was not asked for, and what waits is told as soon as it is', () => {
    const { guest: controller } = guest();
    const heard = ask(controller);
    setTemperature(controller, 400);
    expect(heard).toEqual([]);
    run(controller, set(asynchronousEventConfiguration.value, 2));
    expect(heard.map((completion) => completion?.dw0)).toEqual([temperatureEvent]);
  });

  test('through the queue of a host it ends with the driver’s timeout', async () => {
    const world = createWorld();
    const queue = value(world.host('one').adminQueue('0000:01:00.0'));
    expect(await queue.submit(request())).toMatchObject({ error: { code: 'device-timeout' } });
    expect(world.clock.now()).toBe(5000);
    expect(world.controller(0).live.events.outstanding).toEqual([31]);
    expect(world.controller(0).eventListeners.size).toBe(0);
  });

  test('an internal error that a fault brings about is an event and an entry', async () => {
    const world = createWorld();
    const controller = world.controller(0);
    const heard = ask(controller);
    const queue = value(world.host('one').adminQueue('0000:01:00.0'));
    controller.subsystem.faults.add({
      opcode: null,
      cntlid: null,
      occurrence: 1,
      count: 1,
      effect: { kind: 'status', status: 6 },
    });
    expect(await queue.submit(identifyCommand(1))).toMatchObject({ value: { sc: 6 } });
    expect(heard.map((completion) => completion?.dw0)).toEqual([0x01_04_00]);
    expect(errors(controller)).toMatchObject([{ opcode: 6, statusField: 0x000d }]);
  });
});

describe('Error Information', () => {
  test('an entry for every refused command, the newest first', () => {
    const { controller } = createWorld();
    expect(errors(controller(0))).toEqual([]);
    status(controller(0), virtMgmt(8, 99, 0, 1));
    status(controller(0), identifyCommand(0, 9999));
    status(controller(0), identifyCommand(1));
    status(controller(0), adminCommand({ opcode: 0xff, commandIdentifier: 77 }));
    expect(errors(controller(0))).toMatchObject([
      { errorCount: 3n, cmdid: 77, statusField: 0x8003, opcode: 0xff, parmErrorLocation: 0 },
      { errorCount: 2n, nsid: 9999, statusField: 0x8017, opcode: 6, parmErrorLocation: 4 },
      { errorCount: 1n, statusField: 0x823f, opcode: 0x1c, parmErrorLocation: 42, logPageVersion: 1 },
    ]);
    expect(smart(controller(0)).errorLogEntries).toBe(3n);
  });

  test('holds ELPE + 1 entries; a reset removes them, but not the count', () => {
    const { controller } = createWorld();
    for (let count = 0; count < 70; count++) status(controller(0), adminCommand({ opcode: 0xff }));
    expect(errors(controller(0)).map(({ errorCount }) => Number(errorCount))).toEqual(
      Array.from({ length: 64 }, (_, index) => 70 - index),
    );
    resetController(controller(0), 'controller');
    expect(errors(controller(0))).toEqual([]);
    status(controller(0), adminCommand({ opcode: 0xff }));
    expect(errors(controller(0))).toMatchObject([{ errorCount: 71n }]);
  });

  test('a device that keeps no such log has none', () => {
    const { controller } = createWorld(fleetInput({ profile: 'qemu-7.2' }));
    expect(status(controller(0), adminCommand({ opcode: 0xff }))).toBe(0x4001);
    expect([errors(controller(0)), smart(controller(0)).errorLogEntries]).toEqual([[], 0n]);
  });
});

test('SMART counts power cycles, hours and the minutes of warmth', () => {
  const { controller, clock, host } = createWorld();
  setTemperature(controller(0), 350);
  clock.advance(2 * 3_600_000 + 5 * 60_000);
  setTemperature(controller(0), 380);
  clock.advance(3 * 60_000);
  expect(smart(controller(0))).toMatchObject({
    powerOnHours: 2n,
    warningTemperatureTime: 125,
    criticalTemperatureTime: 3,
    powerCycles: 0n,
  });
  const physical = [...host('one').kernel.functions.values()].filter(isPhysical)[0];
  if (!physical) throw new Error('no physical function');
  losePower(host('one'), physical);
  expect(smart(controller(0))).toMatchObject({ powerCycles: 1n, unsafeShutdowns: 1n });
});
