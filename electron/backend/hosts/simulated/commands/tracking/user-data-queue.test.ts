import { describe, expect, test } from 'vitest';
import { type AdminCompletion, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { entrySequenceAttributes as esa } from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import { resetController } from '../../controller/resets.ts';
import { startController } from '../../controller/start-controller.ts';
import { userDataChanged } from '../../state/tracking-state.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  plainInput,
  primaryInput,
  run,
  status,
} from '../../testing/test-kit.ts';
import {
  createQueue,
  deleteQueue,
  entryAt,
  getQueue,
  logUserData,
  queueMemory,
  setQueue,
} from '../../testing/tracking-commands.ts';
import { execute } from '../execute.ts';

const suspend = (cntlid: number, more = 0) =>
  adminCommand({ opcode: adminOpcodes.migrationSend, cdw11: ((1 << 16) | cntlid | more) >>> 0 });
const resume = (cntlid: number) =>
  adminCommand({ opcode: adminOpcodes.migrationSend, cdw10: 1, cdw11: cntlid });
const deleteWithSuspend = 0x8000_0000;

function world(readings: Parameters<typeof fleetInput>[0] = {}) {
  const made = createWorld(fleetInput(readings));
  // Without the driver's own Asynchronous Event Request, which would take the events.
  made.controller(0).live.events.outstanding = [];
  bringUp(made.controller(0), 1);
  bringUp(made.controller(0), 2);
  startController(made.controller(1), { processors: 1 });
  return { ...made, pf: made.primary(0), vf: made.controller(1) };
}

/** A world with a queue of `entries` slots that logs what controller 1 changes. */
function logging(entries: number) {
  const made = world();
  const memory = queueMemory(entries);
  const cdqid = run(made.pf, createQueue(1, memory)).dw0;
  expect(status(made.pf, logUserData(cdqid, 1))).toBe(0);
  const write = (slba: number, blocks = 1) =>
    userDataChanged(made.vf, { nsid: 2, slba: BigInt(slba), blocks, deallocated: false });
  return { ...made, memory, cdqid, write };
}

/** Asks for one event; `events` fills when it comes. */
function awaitEvent(made: ReturnType<typeof world>): AdminCompletion[] {
  const events: AdminCompletion[] = [];
  const execution = execute(made.pf, adminCommand({ opcode: adminOpcodes.asynchronousEventRequest }));
  if (execution.kind === 'completed') events.push(execution.completion);
  if (execution.kind === 'waiting')
    made.pf.eventListeners.set(execution.commandIdentifier, (completion) => {
      if (completion) events.push(completion);
    });
  return events;
}

describe('Controller Data Queue', () => {
  test('refuses what the reference says, with its status', () => {
    const { pf, vf } = world();
    const memory = queueMemory(4);
    expect(status(pf, createQueue(77, memory))).toBe(0x411f);
    expect(status(pf, createQueue(0, memory))).toBe(0x411f);
    expect(status(pf, createQueue(1, memory, { size: 33 }))).toBe(0x4002);
    expect(status(pf, createQueue(1, memory, { size: 0 }))).toBe(0x4002);
    expect(status(pf, createQueue(1, queueMemory(1)))).toBe(0x4002);
    expect(status(pf, createQueue(1, memory, { size: 64 }))).toBe(0x4002);
    expect(status(pf, createQueue(1, undefined, { size: 32 }))).toBe(0x4002);
    expect(status(pf, createQueue(1, memory, { queueType: 1 }))).toBe(0x4002);
    expect(status(pf, createQueue(1, queueMemory(4, 0x1004n)))).toBe(0x4013);
    expect(status(pf, { ...deleteQueue(1), cdw10: 2 })).toBe(0x4002);
    expect(status(pf, deleteQueue(1))).toBe(0x4137);
    expect(status(vf, createQueue(1, memory))).toBe(0x4001);
    // Scattered memory: one range for each page, at most MCDQPC of them.
    expect(status(pf, createQueue(1, queueMemory(128 * 513), { contiguous: false }))).toBe(0x4002);
    expect(status(pf, createQueue(1, memory))).toBe(0);
    expect(status(pf, createQueue(1, memory))).toBe(0x4002);
    expect(status(pf, deleteQueue(1))).toBe(0);
    expect(status(pf, createQueue(1, memory))).toBe(0);
  });

  test.each([
    ['notEnoughResources', 0x4138],
    ['invalidField', 0x4002],
  ] as const)(
    'more than MCUDMQ is %s as the profile reads the specification',
    (queueLimitStatus, expected) => {
      const sriov = { totalVfs: 9, numVfs: 9 };
      const { pf } = world({
        readings: { queueLimitStatus },
        controllers: [primaryInput({ sriov }), plainInput],
        namespaces: [],
      });
      for (let cntlid = 1; cntlid <= 8; cntlid++)
        expect(status(pf, createQueue(cntlid, queueMemory(2)))).toBe(0);
      expect(status(pf, createQueue(9, queueMemory(2)))).toBe(expected);
      expect(pf.part.tracking.queues.size).toBe(8);
    },
  );

  test('memory ranges of all queues count against NMCMR', () => {
    const controllers = [primaryInput({ sriov: { totalVfs: 5, numVfs: 5 } }), plainInput];
    const { pf } = world({ controllers, namespaces: [] });
    for (const cntlid of [1, 2, 3, 4])
      expect(status(pf, createQueue(cntlid, queueMemory(128 * 512), { contiguous: false }))).toBe(0);
    expect(status(pf, createQueue(5, queueMemory(4)))).toBe(0x4002);
    run(pf, deleteQueue(2));
    expect(status(pf, createQueue(5, queueMemory(4)))).toBe(0);
  });
});

describe('Log User Data Changes', () => {
  test('starts, stops and refuses', () => {
    const { pf, cdqid } = logging(8);
    expect(status(pf, logUserData(9, 1))).toBe(0x4137);
    expect(status(pf, logUserData(cdqid, 1))).toBe(0x4137);
    expect(status(pf, logUserData(cdqid, 2))).toBe(0x4002);
    expect(status(pf, logUserData(cdqid, 0))).toBe(0);
    expect(status(pf, logUserData(cdqid, 0))).toBe(0);
    expect(status(pf, suspend(1))).toBe(0);
    expect(status(pf, logUserData(cdqid, 1))).toBe(0x4139);
  });

  test('entries carry the change, their place in the log and the phase of the pass', () => {
    const { pf, cdqid, memory, write } = logging(4);
    write(7, 3);
    write(100);
    expect(entryAt(memory, 0)).toMatchObject({
      nsid: 2,
      slba: 7n,
      nlb: 2,
      phase: 1,
      entrySequence: esa.first,
    });
    expect(entryAt(memory, 1)).toMatchObject({ slba: 100n, nlb: 0, phase: 1, entrySequence: esa.normal });
    expect(status(pf, setQueue(cdqid, 2))).toBe(0);
    write(1);
    write(2);
    expect(entryAt(memory, 3)).toMatchObject({ slba: 2n, phase: 1 });
    expect(status(pf, setQueue(cdqid, 0))).toBe(0);
    write(3);
    expect(entryAt(memory, 0)).toMatchObject({ slba: 3n, phase: 0 });
    run(pf, logUserData(cdqid, 0));
    expect(entryAt(memory, 1)).toMatchObject({
      entrySequence: esa.lastStopped,
      changeInformation: 2,
      phase: 0,
    });
    write(4);
    expect(entryAt(memory, 2).phase).toBe(1);
  });

  test('a full queue ends the log with ESA 111 and a Full Error event', () => {
    const made = logging(4);
    const { pf, cdqid, memory, write } = made;
    for (const slba of [1, 2, 3, 4]) write(slba);
    expect(entryAt(memory, 2)).toMatchObject({ entrySequence: esa.lastFull, changeInformation: 2 });
    expect(awaitEvent(made)).toMatchObject([{ dw0: 4 | (1 << 8), dw1: cdqid }]);
    expect(status(pf, logUserData(cdqid, 1))).toBe(0x413b);
    expect(status(pf, setQueue(cdqid, 3))).toBe(0);
    expect(status(pf, logUserData(cdqid, 1))).toBe(0);
    write(5);
    expect(entryAt(memory, 3)).toMatchObject({ slba: 5n, entrySequence: esa.first });
  });

  test('Suspend posts the last entry once; the log goes on after Resume', () => {
    const { pf, memory, write, vf } = logging(8);
    write(1);
    run(pf, suspend(1));
    run(pf, suspend(1));
    expect(entryAt(memory, 1).entrySequence).toBe(esa.lastSuspended);
    expect(entryAt(memory, 2).phase).toBe(0);
    run(pf, resume(1));
    write(2);
    expect(entryAt(memory, 2)).toMatchObject({ slba: 2n, entrySequence: esa.first });
    run(pf, suspend(1));
    resetController(vf, 'function');
    write(3);
    expect(entryAt(memory, 4)).toMatchObject({ slba: 3n, entrySequence: esa.first });
  });

  test('Suspend with DUDMQ posts the last entry and deletes the queue', () => {
    const { pf, vf, memory, cdqid } = logging(8);
    expect(status(pf, suspend(2, deleteWithSuspend))).toBe(0x4137);
    expect(status(pf, suspend(1, deleteWithSuspend))).toBe(0);
    expect(entryAt(memory, 0).entrySequence).toBe(esa.lastSuspended);
    expect(vf.dataQueue).toBeNull();
    expect(status(pf, deleteQueue(cdqid))).toBe(0x4137);
  });

  test.each(['controller', 'function', 'subsystem', 'power'] as const)(
    'a %s reset of the controlling function deletes its queues and leaves their memory alone',
    (kind) => {
      const { pf, vf, memory, write } = logging(8);
      write(1);
      resetController(pf, kind);
      write(2);
      expect(vf.dataQueue).toBeNull();
      expect(entryAt(memory, 1).phase).toBe(0);
      expect(status(pf, logUserData(1, 1))).toBe(0x4137);
    },
  );
});

describe('feature 21h, Controller Data Queue', () => {
  test('HP stays within what was posted, TPT inside the queue', () => {
    const { pf, vf, cdqid, write } = logging(4);
    expect(status(pf, setQueue(cdqid, 1))).toBe(0x4002);
    expect(status(pf, setQueue(cdqid, 0))).toBe(0);
    write(1);
    expect(status(pf, setQueue(cdqid, 2))).toBe(0x4002);
    expect(status(pf, setQueue(cdqid, 4))).toBe(0x4002);
    expect(status(pf, setQueue(cdqid, 1, 4))).toBe(0x4002);
    expect(status(pf, setQueue(9, 0))).toBe(0x4137);
    expect(status(pf, getQueue(9))).toBe(0x4137);
    expect(status(pf, { ...getQueue(cdqid), readLength: 8 })).toBe(0x4002);
    expect(status(vf, getQueue(cdqid))).toBe(0x4002);
    expect(status(pf, { ...setQueue(cdqid, 1), cdw10: 0x8000_0021 })).toBe(0x410d);
    run(pf, setQueue(cdqid, 1, 3));
    const answer = run(pf, getQueue(cdqid));
    expect(answer.dw0 >>> 0).toBe(0x8000_0000 + cdqid);
    expect([...(answer.data ?? [])].slice(0, 8)).toEqual([1, 0, 0, 0, 3, 0, 0, 0]);
    expect(run(pf, getQueue(cdqid, 1)).data?.every((byte) => byte === 0)).toBe(true);
  });

  test('the armed slot raises one event; arming again withdraws one that nobody fetched', () => {
    const made = logging(8);
    const { pf, cdqid, write } = made;
    run(pf, setQueue(cdqid, 0, 1));
    const events = awaitEvent(made);
    write(1);
    expect(events).toEqual([]);
    write(2);
    expect(events).toMatchObject([{ sct: 0, sc: 0, dw0: 4, dw1: cdqid }]);
    run(pf, setQueue(cdqid, 2, 2));
    write(3);
    run(pf, setQueue(cdqid, 3, 7));
    expect(awaitEvent(made)).toEqual([]);
    write(4);
  });

  test('each arming gives a new event, though no log page is read in between', () => {
    const made = logging(8);
    const { pf, cdqid, write } = made;
    for (const slot of [0, 1]) {
      run(pf, setQueue(cdqid, slot, slot));
      const events = awaitEvent(made);
      write(slot);
      expect(events).toMatchObject([{ dw0: 4, dw1: cdqid }]);
    }
  });
});
