import fc from 'fast-check';
import { expect } from 'vitest';
import { type AdminCommand, adminCommand, isSuccess } from '#shared/nvme/command.ts';
import { encodeControllerList } from '#shared/nvme/layouts/controller-list.ts';
import { adminOpcodes } from '#shared/nvme/opcodes.ts';
import { isPrimary, type PrimaryController, type SimulatedController } from './controller/controller.ts';
import { type ResetKind, resetController } from './controller/resets.ts';
import { startController } from './controller/start-controller.ts';
import {
  identityBytes,
  manageVirtual,
  receiveVirtual,
} from './controller/virtual-subsystem-commands-for-tests.ts';
import { losePower, stealResources } from './faults/device-failures.ts';
import { isPhysical } from './host/pci-function.ts';
import { getState, resume, save, sequence, setState, suspend } from './migration/commands-for-tests.ts';
import { functionCommand, virtMgmt, type World } from './test-kit.ts';
import {
  createQueue,
  deleteQueue,
  getQueue,
  logUserData,
  queueMemory,
  setQueue,
  trackMemory,
  trackReceive,
} from './tracking/commands-for-tests.ts';
import { memoryWritten, userDataChanged } from './tracking/tracking-state.ts';

/** Random things that happen to a device with primaries 0 and 10 (four secondaries each) and plain controller 20. */

/** One thing that happens to the device. */
export type DeviceEvent =
  | { readonly kind: 'command'; readonly cntlid: number; readonly command: AdminCommand }
  /** Migration Receive of one controller, Set Controller State of another, in so many pieces; the last may be missing. */
  | {
      readonly kind: 'transfer';
      readonly from: number;
      readonly to: number;
      readonly pieces: number;
      readonly isComplete: boolean;
    }
  | { readonly kind: 'reset'; readonly cntlid: number; readonly reset: ResetKind }
  | { readonly kind: 'functions'; readonly cntlid: number; readonly count: number }
  | { readonly kind: 'start'; readonly cntlid: number }
  /** Assign VQ and VI, set online: what a random walk would rarely hit upon. */
  | { readonly kind: 'bring-up'; readonly cntlid: number; readonly vq: number; readonly vi: number }
  /** The controller writes to host memory and changes blocks. */
  | { readonly kind: 'work'; readonly cntlid: number; readonly page: number; readonly blocks: number }
  | { readonly kind: 'fatal'; readonly cntlid: number }
  | { readonly kind: 'power'; readonly cntlid: number }
  | { readonly kind: 'steal'; readonly cntlid: number; readonly type: 'vq' | 'vi'; readonly count: number };

export const primaries = [0, 10] as const;
export const secondaries = [1, 2, 3, 4, 11, 12, 13, 14] as const;
const anyController = fc.constantFrom(0, 10, 20, 99, 1, 1, 11, ...secondaries);
// A few of them more often, so that one sequence does several things to the same controller.
const anySecondary = fc.constantFrom(...secondaries, 1, 1, 1, 1, 11, 11, 11);
const mostlyPrimary = fc.oneof(
  { arbitrary: fc.constantFrom(...primaries), weight: 9 },
  { arbitrary: anyController, weight: 1 },
);
const target = fc.oneof({ arbitrary: anySecondary, weight: 9 }, { arbitrary: anyController, weight: 1 });
const identifier = fc.constantFrom(1, 1, 1, 2, 3, 9);

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

const migration = fc.oneof(
  fc
    .tuple(target, fc.constantFrom(0, 1, 1, 1, 2), fc.boolean())
    .map(([cntlid, stype, dudmq]) => suspend(cntlid, stype, dudmq)),
  target.map(resume),
  fc
    .tuple(target, fc.nat({ max: 3 }), fc.constantFrom(0, 64, 256), fc.constantFrom(0, 4, 2))
    .map(([cntlid, seqind, length, offset]) => setState(cntlid, seqind, new Uint8Array(length), { offset })),
  fc
    .tuple(target, fc.constantFrom(0, 48, 4096), fc.nat({ max: 2 }), fc.nat({ max: 2 }))
    .map(([cntlid, offset, csvi, csuuidi]) => getState(cntlid, { offset, csvi, csuuidi })),
);

const tracking = fc.oneof(
  fc
    .tuple(target, fc.constantFrom(1, 2, 4, 200), fc.boolean())
    .map(([cntlid, entries, contiguous]) => createQueue(cntlid, queueMemory(entries), { contiguous })),
  identifier.map(deleteQueue),
  fc.tuple(identifier, fc.constantFrom(0, 1, 1, 2)).map(([cdqid, action]) => logUserData(cdqid, action)),
  fc
    .tuple(target, fc.constantFrom(0, 1, 12), fc.constantFrom(0, 1, 1, 1), fc.integer({ min: 1, max: 64 }))
    .map(([cntlid, rmrtg, action, len]) => trackMemory(cntlid, [{ saddr: 0n, len }], { rmrtg, action })),
  fc.tuple(target, fc.constantFrom(32, 64, 4096)).map(([cntlid, bytes]) => trackReceive(cntlid, bytes)),
  fc
    .tuple(identifier, fc.nat({ max: 3 }), fc.option(fc.nat({ max: 3 }), { nil: undefined }))
    .map(([cdqid, head, trigger]) => setQueue(cdqid, head, trigger)),
  identifier.map((cdqid) => getQueue(cdqid)),
);

const virtualSubsystems = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom(1, 5, 0xfff5))
    .map(([name, vcid]) => manageVirtual(0, { vcid, data: identityBytes(`nqn.2026-11.io.berth:${name}`) })),
  fc
    .tuple(fc.constantFrom(1, 2, 3, 6), identifier, target, fc.constantFrom(1, 2, 3))
    .map(([sel, vsid, cntlid, vcid]) => manageVirtual(sel, { vsid, cntlid, vcid })),
  identifier.map((vsid) => manageVirtual(4, { vsid, data: identityBytes('nqn.2026-11.io.berth:c') })),
  fc.tuple(fc.nat({ max: 2 }), identifier).map(([sel, vsid]) => receiveVirtual(sel, vsid)),
);

/** What the guest of a controller sends: queues, features, log pages, Identify, event requests. */
export const guestCommand: fc.Arbitrary<AdminCommand> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(0, 1, 4, 5),
      fc.nat({ max: 5 }),
      fc.constantFrom(0, 1, 63),
      fc.nat({ max: 3 }),
      fc.nat({ max: 7 }),
    )
    .map(([opcode, qid, size, high, low]) =>
      adminCommand({ opcode, cdw10: ((size << 16) | qid) >>> 0, cdw11: ((high << 16) | low) >>> 0 }),
    ),
  fc
    .tuple(fc.nat({ max: 0x22 }), fc.nat({ max: 4 }), fc.constantFrom(0, 1, 2, 0x101, 0x7fff, 0x150160))
    .map(([fid, select, value]) =>
      adminCommand({
        opcode: adminOpcodes.getFeatures,
        cdw10: (select << 8) | fid,
        cdw11: value,
        readLength: 4096,
      }),
    ),
  fc
    .tuple(
      fc.nat({ max: 0x22 }),
      fc.boolean(),
      fc.constantFrom(0, 1, 2, 0x101, 0x300, 0x7fff, 0x150160, 0xffffffff),
    )
    .map(([fid, save, value]) =>
      adminCommand({
        opcode: adminOpcodes.setFeatures,
        cdw10: ((save ? 0x8000_0000 : 0) | fid) >>> 0,
        cdw11: value,
      }),
    ),
  fc.tuple(fc.constantFrom(0, 1), fc.uint8Array({ minLength: 16, maxLength: 16 })).map(([wide, data]) =>
    adminCommand({
      opcode: adminOpcodes.setFeatures,
      cdw10: 0x81,
      cdw11: wide,
      data: wide === 1 ? data : data.slice(0, 8),
    }),
  ),
  fc
    .constantFrom(0, 1)
    .map((wide) =>
      adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: 0x81, cdw11: wide, readLength: 16 }),
    ),
  fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((data) => adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: 0x0e, data })),
  fc
    .tuple(fc.nat({ max: 8 }), fc.constantFrom(4, 64, 512, 4096), fc.constantFrom(0, 4, 64, 3), fc.boolean())
    .map(([lid, bytes, offset, retain]) =>
      adminCommand({
        opcode: adminOpcodes.getLogPage,
        nsid: 0xffffffff,
        cdw10: (((bytes / 4 - 1) << 16) | (retain ? 0x8000 : 0) | lid) >>> 0,
        cdw12: offset,
        readLength: bytes,
      }),
    ),
  fc
    .tuple(
      fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1c, 0x20),
      fc.nat({ max: 4 }),
      anyController,
    )
    .map(([cns, nsid, cntid]) =>
      adminCommand({
        opcode: adminOpcodes.identify,
        nsid,
        cdw10: ((cntid << 16) | cns) >>> 0,
        readLength: 4096,
      }),
    ),
  fc.constant(adminCommand({ opcode: adminOpcodes.asynchronousEventRequest })),
  fc.nat({ max: 0x1ffff }).map((cdw10) => adminCommand({ opcode: adminOpcodes.abort, cdw10 })),
);

const namespaces = fc
  .tuple(fc.constantFrom(1, 1, 0, 2), fc.constantFrom(1, 2, 3, 9, 0xffffffff))
  .map(([sel, nsid]) =>
    adminCommand({ opcode: adminOpcodes.namespaceManagement, nsid, cdw10: sel, data: new Uint8Array(4096) }),
  );

/** Any opcode with any fields. */
const anything = fc
  .tuple(
    fc.nat({ max: 0xff }),
    fc.constantFrom(0, 1, 0xffffffff),
    fc.array(fc.nat({ max: 0xffffffff }), { minLength: 6, maxLength: 6 }),
    fc.constantFrom(0, 8, 512, 4096),
  )
  .map(([opcode, nsid, [cdw10 = 0, cdw11 = 0, cdw12 = 0, cdw13 = 0, cdw14 = 0, cdw15 = 0], length]) =>
    adminCommand({
      opcode,
      nsid,
      cdw10,
      cdw11,
      cdw12,
      cdw13,
      cdw14,
      cdw15,
      readLength: length,
      data: new Uint8Array(length),
    }),
  );

const commandTo = (cntlid: fc.Arbitrary<number>, command: fc.Arbitrary<AdminCommand>) =>
  fc.record({ kind: fc.constant('command' as const), cntlid, command });

export const deviceEvent: fc.Arbitrary<DeviceEvent> = fc.oneof(
  { weight: 14, arbitrary: commandTo(mostlyPrimary, virtualization) },
  { weight: 3, arbitrary: commandTo(mostlyPrimary, attachment) },
  { weight: 5, arbitrary: commandTo(mostlyPrimary, migration) },
  { weight: 5, arbitrary: commandTo(mostlyPrimary, tracking) },
  { weight: 2, arbitrary: commandTo(mostlyPrimary, virtualSubsystems) },
  { weight: 1, arbitrary: commandTo(mostlyPrimary, namespaces) },
  { weight: 4, arbitrary: commandTo(anyController, guestCommand) },
  { weight: 1, arbitrary: commandTo(anyController, anything) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('transfer' as const),
      from: anySecondary,
      to: anySecondary,
      pieces: fc.integer({ min: 1, max: 3 }),
      isComplete: fc.boolean(),
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
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), cntlid: anyController }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('bring-up' as const),
      cntlid: anySecondary,
      vq: fc.integer({ min: 2, max: 4 }),
      vi: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      cntlid: anySecondary,
      page: fc.nat({ max: 70 }),
      blocks: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fatal' as const), cntlid: anySecondary }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('power' as const), cntlid: fc.constantFrom(...primaries) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('steal' as const),
      cntlid: fc.constantFrom(...primaries),
      type: fc.constantFrom('vq' as const, 'vi' as const),
      count: fc.nat({ max: 5 }),
    }),
  },
);

/** Of the world with provisioned functions: the primary, those that can be, one beyond. */
const provisionable = fc.constantFrom(0, 256, 257, 258, 259);

/** What happens to a device whose functions exist only after they were provisioned. */
export const provisioningEvent: fc.Arbitrary<DeviceEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .oneof(
        fc
          .tuple(provisionable, fc.constantFrom(0, 0, 1, 2, 3, 4, 4, 5, 6))
          .map(([cntlid, sel]) => functionCommand(sel, cntlid)),
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

/**
 * Everything but what every command moves on (admin queue indexes), what every refusal leaves (what a controller counts),
 * and how long the drive has been on.
 */
export function stateOf(world: World): unknown {
  return JSON.parse(JSON.stringify(world.fleet.exportState()), (key, value) =>
    key === 'admin' || key === 'poweredMicroseconds' || (key === 'health' && 'errorCount' in value)
      ? undefined
      : value,
  );
}

/** Lets it happen, and checks that a refusal and a silence leave everything as it was. */
export function happen(world: World, event: DeviceEvent): void {
  if (event.kind === 'transfer') {
    transfer(world, event);
    return;
  }
  const controller = world.fleet.subsystems[0]?.controllers.get(event.cntlid);
  if (!controller) return;
  switch (event.kind) {
    case 'command':
      executeChecked(world, controller, event.command);
      break;
    case 'reset':
      resetController(controller, event.reset);
      expect(controller.suspended || controller.isEnabled || controller.incoming !== null).toBe(false);
      break;
    case 'functions':
      for (const count of [0, event.count]) {
        const physical = physicalFunctionOf(world, controller);
        if (physical) world.host('one').kernel.setVfCount(physical, count);
      }
      break;
    case 'start':
      if (!controller.isOffline && !controller.suspended && !controller.fatal)
        startController(controller, { processors: 4, workSeed: 3 });
      break;
    case 'bring-up': {
      const { cntlid, vq, vi } = event;
      for (const command of [virtMgmt(8, cntlid, 0, vq), virtMgmt(8, cntlid, 1, vi), virtMgmt(9, cntlid)])
        executeChecked(world, primaryOf(world, cntlid), command);
      break;
    }
    case 'work':
      if (!controller.isEnabled || controller.isOffline || controller.suspended || controller.fatal) break;
      memoryWritten(controller, BigInt(event.page) * 4096n, 4096 * event.blocks);
      userDataChanged(controller, { nsid: 1, slba: 8n, blocks: event.blocks, deallocated: false });
      break;
    case 'fatal':
      controller.fatal = true;
      break;
    case 'power': {
      const physical = physicalFunctionOf(world, controller);
      if (physical) losePower(world.host('one'), physical);
      break;
    }
    case 'steal':
      if (isPrimary(controller)) stealResources(controller, event.type, event.count);
      break;
  }
}

/** The primary that a secondary belongs to. */
export function primaryOf(world: World, cntlid: number): PrimaryController {
  return world.primary(cntlid < 10 ? 0 : 10);
}

export function physicalFunctionOf(world: World, controller: SimulatedController) {
  for (const entry of world.host('one').kernel.functions.values())
    if (entry.controller === controller && isPhysical(entry)) return entry;
  return undefined;
}

function executeChecked(world: World, controller: SimulatedController, command: AdminCommand): void {
  const before = stateOf(world);
  const execution = controller.execute(command);
  const refused = execution.kind === 'completed' && !isSuccess(execution.completion);
  // A sequence whose last command fails is over; that is the only thing that a refusal may change.
  const endsSequence = command.opcode === adminOpcodes.migrationSend && (command.cdw10 & 0x200ff) === 0x20002;
  if ((refused && !endsSequence) || execution.kind === 'silent') expect(stateOf(world)).toEqual(before);
}

function transfer(
  world: World,
  { from, to, pieces, isComplete }: Extract<DeviceEvent, { kind: 'transfer' }>,
): void {
  const [source, destination] = [primaryOf(world, from), primaryOf(world, to)];
  if (source.fatal || destination.fatal) return;
  executeChecked(world, source, suspend(from));
  const state = save(source, from);
  const length = Math.ceil(state.length / 4 / pieces) * 4;
  for (let piece = 0; piece < pieces - (isComplete ? 0 : 1); piece++) {
    const isLast = piece === pieces - 1;
    const only = isLast ? sequence.only : sequence.first;
    const seqind = piece === 0 ? only : isLast ? sequence.last : sequence.middle;
    const offset = piece * length;
    executeChecked(
      world,
      destination,
      setState(to, seqind, state.slice(offset, offset + length), { offset }),
    );
  }
}
