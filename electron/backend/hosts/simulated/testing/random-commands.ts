import fc from 'fast-check';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { adminCommands, adminOpcodes } from '#shared/nvme/commands/table.ts';
import { encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { getState, resume, setState, suspend } from './migration-commands.ts';
import { identifyCommand, virtMgmt } from './test-kit.ts';
import {
  createQueue,
  deleteQueue,
  getQueue,
  logUserData,
  queueMemory,
  setQueue,
  trackMemory,
  trackReceive,
} from './tracking-commands.ts';
import { identityBytes, manageVirtual, receiveVirtual } from './virtual-subsystem-commands.ts';

/** Random admin commands, legal and illegal, for a device with primaries 0 and 10 (four secondaries each) and plain controller 20. */

export const primaries = [0, 10] as const;
export const secondaries = [1, 2, 3, 4, 11, 12, 13, 14] as const;
export const anyController = fc.constantFrom(0, 10, 20, 99, 1, 1, 11, ...secondaries);
// A few of them more often, so that one sequence does several things to the same controller.
export const anySecondary = fc.constantFrom(...secondaries, 1, 1, 1, 1, 11, 11, 11);
export const mostlyPrimary = fc.oneof(
  { arbitrary: fc.constantFrom(...primaries), weight: 9 },
  { arbitrary: anyController, weight: 1 },
);
const target = fc.oneof({ arbitrary: anySecondary, weight: 9 }, { arbitrary: anyController, weight: 1 });
const identifier = fc.constantFrom(1, 1, 1, 2, 3, 9);

export const virtualization = fc
  .tuple(
    anyController,
    fc.constantFrom(1, 7, 8, 8, 8, 9, 9, 5),
    fc.constantFrom(0, 1, 0, 1, 2),
    fc.nat({ max: 18 }),
  )
  .map(([cntlid, act, rt, nr]) => virtMgmt(act, cntlid, rt, nr));

export const attachment = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 9), fc.nat({ max: 2 }), fc.array(anyController, { maxLength: 3 }))
  .map(([nsid, sel, identifiers]) => {
    const list = encodeControllerList({ identifiers, reserved: [] });
    const data = list.ok ? list.value : new Uint8Array();
    return adminCommands.namespaceAttachment.encode({ nsid, sel }, { data });
  });

export const migration = fc.oneof(
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

export const tracking = fc.oneof(
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

export const virtualSubsystems = fc.oneof(
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
    .map(([opcode, qid, qsize, cqid, low]) => ({
      ...adminCommands.createSubmissionQueue.encode({
        qid,
        qsize,
        cqid,
        pc: low % 2 === 1,
        qprio: Math.floor(low / 2),
      }),
      opcode,
    })),
  fc
    .tuple(fc.nat({ max: 0x22 }), fc.nat({ max: 4 }), fc.constantFrom(0, 1, 2, 0x101, 0x7fff, 0x150160))
    .map(([fid, select, value]) =>
      adminCommands.getFeatures.encode({ fid, sel: select, cdw11: value }, { readLength: 4096 }),
    ),
  fc
    .tuple(
      fc.nat({ max: 0x22 }),
      fc.boolean(),
      fc.constantFrom(0, 1, 2, 0x101, 0x300, 0x7fff, 0x150160, 0xffffffff),
    )
    .map(([fid, save, value]) => adminCommands.setFeatures.encode({ fid, sv: save, cdw11: value })),
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
      adminCommands.getLogPage.encode(
        { nsid: 0xffffffff, lid, rae: retain, numd: zeroBasedDwords(bytes), lpo: BigInt(offset) },
        { readLength: bytes },
      ),
    ),
  fc
    .tuple(
      fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1c, 0x20),
      fc.nat({ max: 4 }),
      anyController,
    )
    .map(([cns, nsid, cntid]) => identifyCommand(cns, nsid, cntid)),
  fc.constant(adminCommand({ opcode: adminOpcodes.asynchronousEventRequest })),
  fc.nat({ max: 0x1ffff }).map((cdw10) => adminCommand({ opcode: adminOpcodes.abort, cdw10 })),
);

export const namespaces = fc
  .tuple(fc.constantFrom(1, 1, 0, 2), fc.constantFrom(1, 2, 3, 9, 0xffffffff))
  .map(([sel, nsid]) =>
    adminCommands.namespaceManagement.encode({ nsid, sel }, { data: new Uint8Array(4096) }),
  );

/** Any opcode with any fields. */
export const anything = fc
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
