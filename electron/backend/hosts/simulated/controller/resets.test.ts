import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { resetSubsystem } from '../host/subsystem-reset.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  plainInput,
  primaryInput,
  run,
  status,
  virtMgmt,
} from '../testing/test-kit.ts';
import { createQueue, queueMemory } from '../testing/tracking-commands.ts';
import { type ResetKind, resetController } from './resets.ts';
import { startController } from './start-controller.ts';

const kinds: readonly ResetKind[] = ['controller', 'function', 'subsystem', 'power'];
const suspend = adminCommand({ opcode: adminOpcodes.migrationSend, cdw11: 0x1_0001 });
/** A piece of a Controller State with CSVI 1: `seqind` in CDW10 17:16, the offset in bytes. */
const piece = (seqind: number, offset: number) =>
  adminCommand({
    opcode: adminOpcodes.migrationSend,
    cdw10: (seqind << 16) | 2,
    cdw11: 0x1_0001,
    cdw12: offset,
    cdw15: 4,
    data: new Uint8Array(16),
  });

function world() {
  const made = createWorld(
    fleetInput({
      controllers: [primaryInput(), primaryInput({ cntlid: 10, address: '0000:03:00.0' }), plainInput],
    }),
  );
  for (const [primary, first] of [
    [0, 1],
    [10, 11],
  ] as const) {
    bringUp(made.controller(primary), first);
    startController(made.controller(first), { processors: 2 });
  }
  return made;
}

describe.each(kinds)('a %s reset', (kind) => {
  test('of a controlled function: what it held is gone, what it was given stays', () => {
    const { controller, primary } = world();
    const vf = controller(1);
    run(vf, adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: 8, cdw11: 5 }));
    const { aqa, asq, acq } = vf.live.properties;
    resetController(vf, kind);
    expect([vf.isEnabled, vf.csts, vf.live.submissionQueues.size, vf.live.features.size]).toEqual([
      false,
      0,
      0,
      0,
    ]);
    const kept = { aqa, asq, acq };
    const lost = { aqa: 0, asq: 0n, acq: 0n };
    expect(vf.live.properties).toMatchObject(kind === 'controller' ? kept : lost);
    expect(vf.part).toMatchObject({ online: true, vq: 4, vi: 2 });
    expect(primary(0).part.vq.assigned).toBe(4);
    expect(vf.subsystem.attachedTo(1)).toEqual([2]);
  });

  test('of a controlled function in the middle of a migration: suspension and sequence are over', () => {
    const { controller } = world();
    const [pf, vf] = [controller(0), controller(1)];
    resetController(vf, 'function');
    run(pf, suspend);
    expect(status(pf, piece(1, 0))).toBe(0);
    expect(vf.incoming?.bytes.length).toBe(16);
    resetController(vf, kind);
    expect([vf.suspended, vf.incoming]).toEqual([false, null]);
    run(pf, suspend);
    expect(status(pf, piece(0, 16))).toBe(0x400c);
  });

  test('of a primary: its secondaries are offline and empty, its tracking is gone, those of others are not touched', () => {
    const { controller, primary } = world();
    run(primary(0), createQueue(1, queueMemory(4)));
    run(primary(0), suspend);
    run(primary(0), virtMgmt(1, 0, 0, 5));
    resetController(primary(0), kind);
    const vf = controller(1);
    expect(vf.part).toMatchObject({ online: false, vq: 0, vi: 0 });
    expect([vf.suspended, vf.dataQueue, vf.csts]).toEqual([false, null, 2]);
    expect(primary(0).part.tracking.queues.size).toBe(0);
    const { vq } = primary(0).part;
    expect([vq.assigned, vq.allocatedToPrimary, vq.pendingAllocation]).toEqual(
      kind === 'controller' ? [0, 0, 5] : [0, 5, null],
    );
    expect(vq.free).toBe(vq.total - vq.allocatedToPrimary);
    expect(vf.subsystem.attachedTo(1)).toEqual([2]);
    expect(controller(11).part).toMatchObject({ online: true, vq: 4 });
  });
});

test('an NVM Subsystem Reset takes every primary and all their secondaries', () => {
  const { controller } = world();
  run(controller(0), virtMgmt(1, 0, 0, 3));
  expect(resetSubsystem(controller(20))).toMatchObject({ ok: true });
  for (const cntlid of [1, 11]) expect(controller(cntlid).isOffline).toBe(true);
  expect(
    run(controller(0), adminCommand({ opcode: adminOpcodes.identify, cdw10: 0x14, readLength: 4096 }))
      .data?.[40],
  ).toBe(3);
});
