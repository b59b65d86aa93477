import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkFleetFile } from '#shared/fleet-file/parse.ts';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { encodeControllerList } from '#shared/nvme/layouts/controller-list.ts';
import { adminOpcodes } from '#shared/nvme/opcodes.ts';
import { isPrimary, isSecondary, type SimulatedController } from './controller/controller.ts';
import { type ResetKind, resetController } from './controller/resets.ts';
import { startController } from './controller/start-controller.ts';
import { isPhysical } from './host/pci-function.ts';
import {
  createWorld,
  fleetInput,
  functionCommand,
  identifyCommand,
  plainInput,
  primaryInput,
  siovFleetInput,
  virtMgmt,
  type World,
} from './test-kit.ts';

/** One thing that happens to the device. */
type Event =
  | { readonly kind: 'command'; readonly cntlid: number; readonly command: AdminCommand }
  | { readonly kind: 'reset'; readonly cntlid: number; readonly reset: ResetKind }
  | { readonly kind: 'functions'; readonly cntlid: number; readonly count: number }
  | { readonly kind: 'start'; readonly cntlid: number };

const primaries = [0, 10];
const anyController = fc.constantFrom(0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 99);
/** Of the world with provisioned functions: the primary, those that can be, one beyond. */
const provisionable = fc.constantFrom(0, 256, 257, 258, 259);
const mostlyPrimary = fc.oneof(
  { arbitrary: fc.constantFrom(...primaries), weight: 9 },
  { arbitrary: anyController, weight: 1 },
);

const virtualization = fc
  .tuple(
    anyController,
    fc.constantFrom(1, 7, 8, 8, 8, 9, 9, 5),
    fc.constantFrom(0, 1, 0, 1, 2),
    fc.nat({ max: 18 }),
  )
  .map(([cntlid, act, rt, nr]) =>
    adminCommand({
      opcode: adminOpcodes.virtualizationManagement,
      cdw10: ((cntlid << 16) | (rt << 8) | act) >>> 0,
      cdw11: nr,
    }),
  );

const attachment = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 9), fc.nat({ max: 2 }), fc.array(anyController, { maxLength: 3 }))
  .map(([nsid, sel, identifiers]) => {
    const list = encodeControllerList({ identifiers, reserved: [] });
    return adminCommand({
      opcode: adminOpcodes.namespaceAttachment,
      nsid,
      cdw10: sel,
      data: list.ok ? list.value : new Uint8Array(),
    });
  });

const migration = fc
  .tuple(anyController, fc.constantFrom(0, 1, 2), fc.nat({ max: 3 }), fc.constantFrom(0, 64, 256))
  .map(([cntlid, sel, seqind, length]) =>
    adminCommand({
      opcode: adminOpcodes.migrationSend,
      cdw10: (seqind << 16) | sel,
      cdw11: sel === 0 ? (1 << 16) | cntlid : ((1 << 24) | (1 << 16) | cntlid) >>> 0,
      cdw15: length / 4,
      data: new Uint8Array(length),
    }),
  );

const provisioning = fc
  .tuple(provisionable, fc.constantFrom(0, 0, 1, 2, 3, 4, 4, 5, 6))
  .map(([cntlid, sel]) => functionCommand(sel, cntlid));

const provisioningEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .oneof(
        provisioning,
        fc
          .tuple(provisionable, fc.constantFrom(7, 8, 8, 9), fc.constantFrom(0, 1), fc.nat({ max: 7 }))
          .map(([cntlid, act, rt, nr]) => virtMgmt(act, cntlid, rt, nr)),
      )
      .map((command) => ({ kind: 'command' as const, cntlid: 0, command })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reset' as const),
      cntlid: provisionable,
      reset: fc.constantFrom<ResetKind>('controller', 'function', 'subsystem', 'power'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const), cntlid: provisionable }) },
);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      cntlid: mostlyPrimary,
      command: virtualization,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      cntlid: mostlyPrimary,
      command: attachment,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      cntlid: mostlyPrimary,
      command: migration,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reset' as const),
      cntlid: anyController,
      reset: fc.constantFrom<ResetKind>('controller', 'function', 'subsystem', 'power'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('functions' as const),
      cntlid: fc.constantFrom(...primaries),
      count: fc.nat({ max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const), cntlid: anyController }) },
);

/** Everything but what every command moves on (admin queue indexes). */
function stateOf(world: World): unknown {
  return JSON.parse(JSON.stringify(world.fleet.exportState()), (key, value) =>
    key === 'admin' ? undefined : value,
  );
}

function happen(world: World, entry: Event): void {
  const controller = world.fleet.subsystems[0]?.controllers.get(entry.cntlid);
  if (!controller) return;
  switch (entry.kind) {
    case 'command': {
      const before = stateOf(world);
      const execution = controller.execute(entry.command);
      const refused =
        execution.kind === 'completed' && execution.completion.sct + execution.completion.sc > 0;
      const endsSequence =
        entry.command.opcode === adminOpcodes.migrationSend && entry.command.cdw10 >>> 17 === 1;
      // A sequence whose last command fails is over; that is the only thing that a refusal may change.
      if ((refused && !endsSequence) || execution.kind === 'silent') expect(stateOf(world)).toEqual(before);
      break;
    }
    case 'reset':
      resetController(controller, entry.reset);
      expect(controller.suspended || controller.isEnabled || controller.incoming !== null).toBe(false);
      break;
    case 'functions':
      for (const count of [0, entry.count]) {
        const physical = [...world.host('one').kernel.functions.values()].find(
          (known) => known.controller === controller,
        );
        if (physical && isPhysical(physical)) world.host('one').kernel.setVfCount(physical, count);
      }
      break;
    case 'start':
      if (!controller.isOffline && !controller.suspended)
        startController(controller, { processors: 4, workSeed: 3 });
      break;
  }
}

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
  for (const secondary of controller.part.secondaries) {
    if (!isSecondary(secondary)) continue;
    const { online, vq, vi, vfn } = secondary.part;
    if (online) {
      expect(vq).toBeGreaterThanOrEqual(2);
      expect(vi).toBeGreaterThanOrEqual(1);
      expect(vfn).toBeLessThanOrEqual(controller.part.numVfs);
    } else {
      expect(secondary.suspended || secondary.isEnabled).toBe(false);
      expect(secondary.execute(identifyCommand(1)).kind).toBe('silent');
    }
    if (secondary.hasLiveState)
      expect(secondary.live.submissionQueues.size).toBeLessThanOrEqual(secondary.ioQueuePairs);
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

test('after any sequence the conservation laws hold, refusals change nothing, and the state is a valid fleet file', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const world = twoPrimaries();
      for (const entry of events) {
        happen(world, entry);
        for (const controller of world.fleet.subsystems[0]?.controllers.values() ?? [])
          expectConservation(controller);
        for (const namespace of world.fleet.subsystems[0]?.namespaces.values() ?? [])
          if (!namespace.isShared) expect(namespace.attachedTo.size).toBeLessThanOrEqual(1);
      }
      const exported: unknown = JSON.parse(JSON.stringify(world.fleet.exportState()));
      const checked = checkFleetFile(exported, 'export');
      expect(checked.ok ? [] : checked.error.details).toEqual([]);
    }),
    { numRuns: 60, seed: 20261123 },
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
        const secondaries = primary.part.secondaries.filter(isSecondary);
        expect(secondaries.length).toBeLessThanOrEqual(3);
        expect(new Set(secondaries.map(({ part }) => part.handle)).size).toBe(secondaries.length);
        const shown = [...world.host('one').kernel.functions.values()].filter(
          ({ transport }) => transport === 'siov',
        );
        expect(new Set(shown.map(({ controller }) => controller))).toEqual(
          new Set(secondaries.filter(({ part }) => part.visible)),
        );
      }
      const exported: unknown = JSON.parse(JSON.stringify(world.fleet.exportState()));
      const checked = checkFleetFile(exported, 'export');
      expect(checked.ok ? [] : checked.error.details).toEqual([]);
    }),
    { numRuns: 60, seed: 20261125 },
  );
});

test('from any state, reset and action 7 lead back to the state at the start', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      const world = twoPrimaries();
      for (const entry of events) happen(world, entry);
      for (const cntlid of primaries) {
        const primary = world.primary(cntlid);
        for (const rt of [0, 1])
          primary.execute(
            adminCommand({
              opcode: adminOpcodes.virtualizationManagement,
              cdw10: ((cntlid << 16) | (rt << 8) | 1) >>> 0,
            }),
          );
        resetController(primary, 'function');
        for (const type of ['vq', 'vi'] as const)
          expect(primary.part[type].free).toBe(primary.part[type].total);
      }
    }),
    { numRuns: 40, seed: 4711 },
  );
});
