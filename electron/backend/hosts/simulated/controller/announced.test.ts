import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { supportedCommands } from '../commands/execute.ts';
import {
  createWorld,
  fleetInput,
  plainInput,
  primaryInput,
  run,
  status,
  virtMgmt,
} from '../testing/test-kit.ts';

const invalidOpcode = 0x4001;
const drive = primaryInput().identify;

/** A primary (CNTLID 0) and a plain controller (20) whose Identify Controller says this. */
function driveThatSays(capabilities: Readonly<Record<string, number>>) {
  if (drive.kind !== 'fields') throw new Error('the kit describes its drive by fields');
  const identify = { ...drive, capabilities };
  return createWorld(
    fleetInput({
      controllers: [
        { ...primaryInput(), identify },
        { ...plainInput, identify },
      ],
    }),
  );
}

const optional = (opcode: number) => adminCommand({ opcode, nsid: 1, cdw10: 1 });

test('a drive without OACS bits 3 and 7 keeps its namespaces and assigns nothing', () => {
  const world = driveThatSays({ oacs: 0x17 });
  const primary = world.controller(0);
  expect(status(primary, optional(adminOpcodes.namespaceManagement))).toBe(invalidOpcode);
  expect(status(primary, optional(adminOpcodes.namespaceAttachment))).toBe(invalidOpcode);
  expect(status(primary, virtMgmt(8, 1, 0, 2))).toBe(invalidOpcode);
  expect([...(world.fleet.subsystems[0]?.namespaces.keys() ?? [])]).toEqual([1, 2, 3]);
});

describe('whatever Identify Controller says', () => {
  /** What OACS, KAS and SANICAP announce of the commands that the simulated device has. */
  const rows = [
    { opcode: adminOpcodes.formatNvm, bit: 1, onlyPrimary: false },
    { opcode: adminOpcodes.namespaceManagement, bit: 3, onlyPrimary: false },
    { opcode: adminOpcodes.namespaceAttachment, bit: 3, onlyPrimary: false },
    { opcode: adminOpcodes.virtualizationManagement, bit: 7, onlyPrimary: true },
    { opcode: adminOpcodes.migrationSend, bit: 11, onlyPrimary: true },
    { opcode: adminOpcodes.migrationReceive, bit: 11, onlyPrimary: true },
  ];

  test('exactly the announced commands exist, and the effects log lists exactly those', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.constantFrom(0, 10),
        fc.constantFrom(0, 20),
        (oacs, kas, cntlid) => {
          const controller = driveThatSays({ oacs, kas }).controller(cntlid);
          const listed = supportedCommands(controller).map(({ opcode }) => opcode);
          for (const { opcode, bit, onlyPrimary } of rows) {
            const announced = ((oacs >>> bit) & 1) === 1 && !(onlyPrimary && cntlid === 20);
            expect([opcode, status(controller, optional(opcode)) !== invalidOpcode]).toEqual([
              opcode,
              announced,
            ]);
            expect([opcode, listed.includes(opcode)]).toEqual([opcode, announced]);
          }
          expect(listed.includes(adminOpcodes.keepAlive)).toBe(kas > 0);
          // Whatever the log lists is not an invalid opcode, and whatever it does not list is.
          for (let opcode = 0; opcode < 0x100; opcode++) {
            if (opcode === adminOpcodes.asynchronousEventRequest) continue;
            const { sct, sc } = run(controller, adminCommand({ opcode }));
            expect([opcode, sct === 0 && sc === 1]).toEqual([opcode, !listed.includes(opcode)]);
          }
        },
      ),
      { numRuns: numRuns(40, 2000) },
    );
  });
});
