import fc from 'fast-check';
import { expect } from 'vitest';
import { type AdminCommand, isSuccess } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { execute } from '../commands/execute.ts';
import { type ResetKind, resetController } from '../controller/resets.ts';
import { startController } from '../controller/start-controller.ts';
import { losePower, stealResources } from '../faults/device-faults.ts';
import { isPhysical } from '../host/pci-function.ts';
import { isPrimary, type SimulatedController, type SimulatedPrimary } from '../state/controller.ts';
import { memoryWritten, userDataChanged } from '../state/tracking-state.ts';
import { save, sequence, setState, suspend } from './migration-commands.ts';
import {
  anyController,
  anySecondary,
  anything,
  attachment,
  guestCommand,
  migration,
  mostlyPrimary,
  namespaces,
  primaries,
  tracking,
  virtualization,
  virtualSubsystems,
} from './random-commands.ts';
import { functionCommand, virtMgmt, type World } from './test-kit.ts';

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
export function primaryOf(world: World, cntlid: number): SimulatedPrimary {
  return world.primary(cntlid < 10 ? 0 : 10);
}

export function physicalFunctionOf(world: World, controller: SimulatedController) {
  for (const entry of world.host('one').kernel.functions.values())
    if (entry.controller === controller && isPhysical(entry)) return entry;
  return undefined;
}

function executeChecked(world: World, controller: SimulatedController, command: AdminCommand): void {
  const before = stateOf(world);
  const execution = execute(controller, command);
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
