import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { builtInFleets, findBuiltInFleet } from './built-in/built-in-fleets.ts';
import { execute } from './commands/execute.ts';
import { isSecondary, type SimulatedController } from './state/controller.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  primaryInput,
  run,
  status,
  virtMgmt,
} from './testing/test-kit.ts';

describe.each(builtInFleets.map((fleet) => [fleet.name, fleet] as const))(
  'built-in fleet %s',
  (_name, builtIn) => {
    test('is a valid fleet file, and exports what it was made from after being opened again', () => {
      const world = createWorld(builtIn.build());
      const exported = fleetFileOf(world.fleet.exportState(), builtIn.name);
      if (!exported.ok) throw new Error(exported.error.details?.join('\n'));
      const again = createWorld(exported.value).fleet.exportState();
      expect(sorted(again)).toBe(sorted(exported.value));
    });
  },
);

describe('two-hosts', () => {
  const open = () => createWorld(findBuiltInFleet('two-hosts')?.build());

  test('has what the guided example needs', () => {
    const world = open();
    const [a, b] = [world.host('hv-a'), world.host('hv-b')];
    expect(a.deviceNames()).toEqual(['nvme0', 'nvme1', 'nvme2']);
    expect(b.deviceNames()).toEqual(['nvme0', 'nvme2']);
    const functions = [...a.kernel.functions.values(), ...b.kernel.functions.values()];
    expect(functions.filter((entry) => isSecondary(entry.controller)).length).toBeGreaterThanOrEqual(60);
    expect(a.kernel.functions.get('0000:41:00.4')).toMatchObject({ owner: 'db-primary', iommuGroup: 31 });
    expect(a.kernel.functions.get('0000:41:00.4')?.controller.cntlid).toBe(3);
    expect(world.controller(3, 1).live.submissionQueues.size).toBe(3);
    expect(world.controller(12, 1)).toMatchObject({ isOffline: false, isEnabled: true });
    const { vq, vi } = world.primary(0x42, 1).part;
    expect(vq.free).toBeGreaterThanOrEqual(16);
    expect(vi.free).toBeGreaterThanOrEqual(8);
  });

  test('a member of my_v_nqn_1 shows the virtual identity', async () => {
    const queue = open().host('hv-a').guestQueue('0000:41:00.4');
    if (!queue.ok) throw new Error(queue.error.message);
    const answer = await queue.value.submit(identifyCommand(1));
    const decoded = answer.ok && answer.value.data ? decodeIdentifyController(answer.value.data) : undefined;
    expect(decoded).toMatchObject({
      ok: true,
      value: { cntlid: 20, subnqn: 'nqn.2026-11.io.berth:my_v_nqn_1', sn: 'BERTH-V0001'.padEnd(20) },
    });
  });

  test('is the same every time', () => {
    expect(open().fleet.exportState()).toEqual(open().fleet.exportState());
  });
});

test('exporting and opening again changes no answer, whatever happened before', () => {
  const commands = fc.array(
    fc
      .tuple(
        fc.constantFrom(1, 7, 8, 8, 9, 9),
        fc.constantFrom(0, 1, 2, 3),
        fc.nat({ max: 1 }),
        fc.nat({ max: 6 }),
      )
      .map(([act, cntlid, rt, nr]) => virtMgmt(act, cntlid, rt, nr)),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(commands, (list) => {
      const world = createWorld();
      for (const command of list) run(world.controller(0), command);
      const again = createWorld(world.fleet.exportState());
      for (const [cntlid, controller] of world.fleet.subsystems[0]?.controllers ?? [])
        for (const cns of [0x01, 0x02, 0x10, 0x13, 0x14, 0x15])
          expect(bytesOf(again.controller(cntlid), cns)).toBe(bytesOf(controller, cns));
    }),
    { numRuns: numRuns(30, 300), seed: 99 },
  );
});

// Text compares much faster than 4096 numbers or ten thousand objects.
function bytesOf(controller: SimulatedController, cns: number): string {
  const execution = execute(controller, identifyCommand(cns));
  return execution.kind === 'completed'
    ? Buffer.from(execution.completion.data ?? []).toString('base64')
    : execution.kind;
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}

test('a fleet whose numbers are impossible is refused', () => {
  const input = fleetInput({ controllers: [primaryInput({ sriov: { totalVfs: 2, numVfs: 3 } })] });
  expect(() => createWorld(input)).toThrow('subsystems[0].controllers[0].sriov.numVfs');
});

test('raw Identify data of a captured device is answered as it is, but for CNTLID', () => {
  const raw = Buffer.alloc(4096, 0x20);
  const identify = { kind: 'bytes' as const, identifyController: raw.toString('base64') };
  const { controller } = createWorld(
    fleetInput({ profile: 'qemu-7.2', controllers: [primaryInput({ identify })] }),
  );
  bringUp(controller(0), 3);
  const expected = Uint8Array.from(raw);
  expected.set([3, 0], 78);
  expect(run(controller(3), identifyCommand(1)).data).toEqual(expected);
});

test('a fabrics controller of the Linux target has no virtualization management', () => {
  const world = createWorld(
    fleetInput({
      profile: 'linux-nvmet',
      controllers: [
        {
          role: 'plain',
          cntlid: 1,
          host: 'one',
          transport: 'tcp',
          address: null,
          deviceInstance: 1,
          identify: primaryInput().identify,
        },
      ],
      namespaces: [],
    }),
  );
  expect(world.host('one').deviceNames()).toEqual(['nvme1']);
  expect(status(world.controller(1), virtMgmt(9, 1))).toBe(0x6001);
  expect(status(world.controller(1), identifyCommand(0x14))).toBe(0x6002);
  const queues = adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: 7 });
  expect(run(world.controller(1), queues).dw0).toBe(0x007f007f);
});
