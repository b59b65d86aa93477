import { expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { startController } from '../../controller/start-controller.ts';
import { bringUp, createWorld, fleetInput, status } from '../../testing/test-kit.ts';

type Readings = NonNullable<Parameters<typeof fleetInput>[0]>['readings'];

/** A header without parts: it commits, or stays a sequence that Resume refuses. */
const emptyState = new Uint8Array(48);
const setState = (seqind: number) =>
  adminCommand({
    opcode: adminOpcodes.migrationSend,
    cdw10: (seqind << 16) | 2,
    cdw11: 0x0101_0001,
    cdw15: emptyState.length / 4,
    data: emptyState,
  });
const suspend = adminCommand({ opcode: adminOpcodes.migrationSend, cdw11: 0x1_0001 });
const resume = adminCommand({ opcode: adminOpcodes.migrationSend, cdw10: 1, cdw11: 1 });

function world(readings: Readings) {
  const made = createWorld(fleetInput({ ...(readings ? { readings } : {}) }));
  bringUp(made.controller(0), 1);
  return { pf: made.primary(0), vf: made.controller(1) };
}

test.each([
  [undefined, 0x411f, 0],
  [{ setStateNeeds: 'disabled' }, 0, 0x411f],
] as const)(
  'Set Controller State with readings %o of a target that is disabled, then enabled',
  (readings, disabled, enabled) => {
    const { pf, vf } = world(readings);
    expect(status(pf, setState(3))).toBe(disabled);
    startController(vf, { processors: 1 });
    expect(status(pf, setState(3))).toBe(enabled);
  },
);

test('SEQIND 11b commits, so that the controller can be resumed', () => {
  const { pf } = world(undefined);
  status(pf, suspend);
  expect(status(pf, setState(3))).toBe(0);
  expect(status(pf, resume)).toBe(0);
});

test('a device that commits with 10b only leaves the sequence open after 11b', () => {
  const { pf } = world({ onlyCommandCommits: false });
  status(pf, suspend);
  expect(status(pf, setState(3))).toBe(0);
  expect(status(pf, resume)).toBe(0x400c);
  expect(status(pf, { ...setState(2), cdw15: 0 })).toBe(0);
  expect(status(pf, resume)).toBe(0);
});
