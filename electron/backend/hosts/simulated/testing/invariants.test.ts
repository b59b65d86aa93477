import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { execute } from '../commands/execute.ts';
import { shownResources } from '../controller/exposed-answers.ts';
import { resetController } from '../controller/resets.ts';
import { startController } from '../controller/start-controller.ts';
import { isPrimary, isSecondary, type SimulatedController } from '../state/controller.ts';
import { primaries, secondaries } from './random-commands.ts';
import { deviceEvent, happen, physicalFunctionOf, primaryOf, provisioningEvent } from './random-events.ts';
import {
  bringUp,
  createWorld,
  expectNoticed,
  exported,
  fleetInput,
  identifyCommand,
  plainInput,
  primaryInput,
  run,
  siovFleetInput,
  virtMgmt,
  type World,
} from './test-kit.ts';

function expectConservation(controller: SimulatedController): void {
  if (!isPrimary(controller)) return;
  for (const type of ['vq', 'vi'] as const) {
    const pool = controller.part[type];
    let held = 0;
    for (const secondary of controller.part.secondaries) {
      if (!isSecondary(secondary)) continue;
      held += secondary.part[type];
      expect(secondary.part[type]).toBeLessThanOrEqual(pool.secondaryMaximum);
    }
    expect(pool.assigned).toBe(held);
    expect(pool.assigned + pool.allocatedToPrimary + pool.free).toBe(pool.total);
    expect(pool.free).toBeGreaterThanOrEqual(0);
  }
  expectAsIdentifyTells(controller);
  for (const secondary of controller.part.secondaries) {
    if (!isSecondary(secondary)) continue;
    const { online, vq, vi, vfn } = secondary.part;
    if (online) {
      expect(vq).toBeGreaterThanOrEqual(2);
      expect(vi).toBeGreaterThanOrEqual(1);
      expect(vfn).toBeLessThanOrEqual(controller.part.numVfs);
    } else {
      expect(secondary.suspended).toBe(false);
      expect(secondary.csts).toBe(2);
      expect(execute(secondary, identifyCommand(1)).kind).toBe('silent');
    }
    if (!secondary.hasLiveState) continue;
    expect(secondary.live.submissionQueues.size).toBeLessThanOrEqual(shownResources(secondary).ioQueuePairs);
    for (const { cqid } of secondary.live.submissionQueues.values())
      expect(secondary.live.completionQueues.has(cqid)).toBe(true);
  }
}

// What CNS 14h and 15h tell adds up, by the specification's own fields.
function expectAsIdentifyTells(primary: SimulatedController): void {
  const bytes = (cns: number) => {
    const { data = new Uint8Array(4096) } = run(primary, identifyCommand(cns));
    return new DataView(data.buffer, data.byteOffset);
  };
  const [capabilities, list] = [bytes(0x14), bytes(0x15)];
  for (const [total, assigned, toPrimary, held] of [
    [32, 36, 40, 10],
    [64, 68, 72, 12],
  ] as const) {
    let sum = 0;
    for (let entry = 0; entry < list.getUint8(0); entry++)
      sum += list.getUint16(32 + entry * 32 + held, true);
    expect(capabilities.getUint32(assigned, true)).toBe(sum);
    expect(sum + capabilities.getUint16(toPrimary, true)).toBeLessThanOrEqual(
      capabilities.getUint32(total, true),
    );
  }
}

function twoPrimaries(): World {
  return createWorld(
    fleetInput({
      controllers: [
        primaryInput({
          vq: {
            kind: 'flexible',
            total: 16,
            secondaryMaximum: 6,
            privateToPrimary: 3,
            allocatedToPrimary: 4,
          },
        }),
        primaryInput({ cntlid: 10, address: '0000:03:00.0' }),
        plainInput,
      ],
    }),
  );
}

/** The states of a controlled function that a person can tell apart. */
function stateClass(controller: SimulatedController): string {
  if (controller.isOffline) return controller.incoming ? 'offline, receiving state' : 'offline';
  if (controller.fatal) return 'fatal';
  if (controller.incoming) return 'receiving state';
  if (controller.suspended) return 'suspended';
  return controller.isEnabled ? 'enabled' : 'online, disabled';
}

test('after any sequence the conservation laws hold, refusals change nothing, and the state is a valid fleet file', {
  timeout: 60_000,
}, () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(deviceEvent, { maxLength: 60, size: 'max' }), (events) => {
      const world = twoPrimaries();
      for (const entry of events) {
        happen(world, entry);
        for (const controller of world.fleet.subsystems[0]?.controllers.values() ?? []) {
          expectConservation(controller);
          if (isSecondary(controller)) reached.add(stateClass(controller));
        }
        for (const namespace of world.fleet.subsystems[0]?.namespaces.values() ?? [])
          if (!namespace.isShared) expect(namespace.attachedTo.size).toBeLessThanOrEqual(1);
      }
      expectNoticed(world);
      const checked = fleetFileOf(exported(world), 'export');
      expect(checked.ok ? [] : checked.error.details).toEqual([]);
    }),
    { numRuns: numRuns(40, 400), seed: 20261123 },
  );
  expect(reached).toEqual(
    new Set([
      'offline',
      'offline, receiving state',
      'online, disabled',
      'enabled',
      'suspended',
      'receiving state',
      'fatal',
    ]),
  );
});

test('the same holds while functions are provisioned and destroyed, and the host shows exactly the visible ones', () => {
  fc.assert(
    fc.property(fc.array(provisioningEvent, { maxLength: 40 }), (events) => {
      const world = createWorld(siovFleetInput());
      for (const entry of events) {
        happen(world, entry);
        const primary = world.primary(0);
        expectConservation(primary);
        const provisioned = primary.part.secondaries.filter(isSecondary);
        expect(provisioned.length).toBeLessThanOrEqual(3);
        expect(new Set(provisioned.map(({ part }) => part.handle)).size).toBe(provisioned.length);
        const shown = [...world.host('one').kernel.functions.values()].filter(
          ({ transport }) => transport === 'siov',
        );
        expect(new Set(shown.map(({ controller }) => controller))).toEqual(
          new Set(provisioned.filter(({ part }) => part.visible)),
        );
      }
      expectNoticed(world);
      const checked = fleetFileOf(exported(world), 'export');
      expect(checked.ok ? [] : checked.error.details).toEqual([]);
    }),
    { numRuns: numRuns(60, 600), seed: 20261125 },
  );
});

test('from any state, resets lead back to one in which every secondary comes online, starts and migrates', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(fc.array(deviceEvent, { maxLength: 40, size: 'max' }), (events) => {
      const world = twoPrimaries();
      for (const entry of events) happen(world, entry);
      for (const cntlid of primaries) {
        const primary = world.primary(cntlid);
        // The first reset ends what keeps the primary from answering, the second applies its new allocation.
        resetController(primary, 'function');
        for (const rt of [0, 1]) expect(run(primary, virtMgmt(1, cntlid, rt, 0)).sc).toBe(0);
        resetController(primary, 'function');
        for (const type of ['vq', 'vi'] as const)
          expect(primary.part[type].free).toBe(primary.part[type].total);
        startController(primary, { processors: 2 });
        const physical = physicalFunctionOf(world, primary);
        if (!physical) throw new Error('no physical function');
        for (const count of [0, 4]) world.host('one').kernel.setVfCount(physical, count);
      }
      for (const cntlid of secondaries) {
        const primary = primaryOf(world, cntlid);
        bringUp(primary, cntlid, 2, 1);
        const secondary = world.controller(cntlid);
        expect(stateClass(secondary)).toBe('online, disabled');
        startController(secondary, { processors: 2 });
        expect(run(secondary, identifyCommand(1)).sc).toBe(0);
        const suspend = adminCommand({
          opcode: adminOpcodes.migrationSend,
          cdw11: (1 << 16) | cntlid,
        });
        expect(run(primary, suspend).sc).toBe(0);
        expect(stateClass(secondary)).toBe('suspended');
      }
    }),
    { numRuns: numRuns(40, 400), seed: 4711 },
  );
});
