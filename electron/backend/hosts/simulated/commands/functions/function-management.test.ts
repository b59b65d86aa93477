import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import {
  anyFreeController,
  functionSelectors as selectors,
} from '#shared/nvme/commands/proposal/function-management.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { decodeFunctionList } from '#shared/nvme/layouts/proposal/function-list.ts';
import { resetController } from '../../controller/resets.ts';
import { startController } from '../../controller/start-controller.ts';
import { losePower } from '../../faults/device-faults.ts';
import { isPhysical } from '../../host/pci-function.ts';
import type { SimulatedController } from '../../state/controller.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  functionCommand,
  identifyCommand,
  run,
  siovFleetInput,
  siovPrimaryInput,
  virtMgmt,
  type World,
  status as wireStatus,
} from '../../testing/test-kit.ts';

const sel = Object.fromEntries(Object.entries(selectors).map(([key, { value }]) => [key, value])) as {
  readonly [Key in keyof typeof selectors]: number;
};
/** Without the Do Not Retry bit. */
const status = (...sent: Parameters<typeof wireStatus>) => wireStatus(...sent) & 0x3fff;
const invalidField = 0x2;
const commandSequenceError = 0xc;
const invalidController = 0x11f;
const notEnoughResources = 0x138;

function siovWorld(): { world: World; primary: SimulatedController } {
  const world = createWorld(siovFleetInput());
  return { world, primary: world.controller(0) };
}

function listed(primary: SimulatedController, from = 0) {
  const { data } = run(
    primary,
    adminCommand({ opcode: adminOpcodes.functionReceive, cdw10: from * 0x1_0000, readLength: 4096 }),
  );
  const list = decodeFunctionList(data ?? new Uint8Array());
  if (!list.ok) throw new Error(list.error.message);
  return list.value.entries;
}

function provision(
  primary: SimulatedController,
  cntlid = anyFreeController,
): { cntlid: number; handle: number } {
  const { sct, sc, dw0 } = run(primary, functionCommand(sel.provision, cntlid));
  expect(sct + sc).toBe(0);
  return { cntlid: dw0 & 0xffff, handle: dw0 >>> 16 };
}

const addToSubsystem = (primary: SimulatedController, cntlid: number) => {
  const identity = new Uint8Array(512);
  identity.set(new TextEncoder().encode('nqn.2026-11.test:one'));
  const opcode = adminOpcodes.virtualSubsystemManagement;
  run(primary, adminCommand({ opcode, cdw11: 1, data: identity }));
  run(primary, adminCommand({ opcode, cdw10: cntlid * 0x1_0000 + 2, cdw11: 0x1_0007 }));
};

/** Every refusal: what was done before, what is asked, the status. Function 256 is provisioned in each. */
const refusals: readonly [
  name: string,
  prepare: (primary: SimulatedController, world: World) => void,
  command: ReturnType<typeof functionCommand>,
  wanted: number,
][] = [
  ['an unknown operation', () => undefined, functionCommand(6, 256), invalidField],
  ['provision with a handle', () => undefined, functionCommand(sel.provision, 257, 1), invalidField],
  ['a CNTLID that is taken', () => undefined, functionCommand(sel.provision, 256), invalidController],
  ['a CNTLID below the range', () => undefined, functionCommand(sel.provision, 255), invalidController],
  ['a CNTLID above the range', () => undefined, functionCommand(sel.provision, 259), invalidController],
  [
    'one more than there can be',
    (primary) => [257, 258].forEach((cntlid) => void provision(primary, cntlid)),
    functionCommand(sel.provision, anyFreeController),
    notEnoughResources,
  ],
  [
    'a function that does not exist',
    () => undefined,
    functionCommand(sel.makeVisible, 257),
    invalidController,
  ],
  ['the primary itself', () => undefined, functionCommand(sel.hide, 0), invalidController],
  [
    'a stale handle',
    (primary) => {
      run(primary, functionCommand(sel.destroy, 256));
      provision(primary, 256);
    },
    functionCommand(sel.makeVisible, 256, 0x8000),
    invalidController,
  ],
  [
    'live migration of a visible function',
    (primary) => run(primary, functionCommand(sel.makeVisible, 256)),
    functionCommand(sel.enableMigration, 256),
    commandSequenceError,
  ],
  [
    'no live migration of a visible function',
    (primary) => run(primary, functionCommand(sel.makeVisible, 256)),
    functionCommand(sel.disableMigration, 256),
    commandSequenceError,
  ],
  [
    'hiding a function whose controller is enabled',
    (primary, world) => {
      run(primary, functionCommand(sel.makeVisible, 256));
      bringUp(primary, 256);
      startController(world.controller(256), { processors: 2 });
    },
    functionCommand(sel.hide, 256),
    commandSequenceError,
  ],
  [
    'destroying a visible function',
    (primary) => run(primary, functionCommand(sel.makeVisible, 256)),
    functionCommand(sel.destroy, 256),
    commandSequenceError,
  ],
  [
    'destroying a function that is online',
    (primary) => bringUp(primary, 256),
    functionCommand(sel.destroy, 256),
    commandSequenceError,
  ],
  [
    'destroying a member of a virtual subsystem',
    (primary) => addToSubsystem(primary, 256),
    functionCommand(sel.destroy, 256),
    commandSequenceError,
  ],
];

test.each(refusals)('refused, and nothing changes: %s', (_name, prepare, command, wanted) => {
  const { world, primary } = siovWorld();
  provision(primary, 256);
  prepare(primary, world);
  const before = JSON.stringify(world.fleet.exportState().subsystems[0]?.controllers, withoutQueueIndexes);
  expect(status(primary, command)).toBe(wanted);
  expect(JSON.stringify(world.fleet.exportState().subsystems[0]?.controllers, withoutQueueIndexes)).toBe(
    before,
  );
});

/** A refusal moves the queue on and is logged as an error; nothing else may change. */
const withoutQueueIndexes = (key: string, value: unknown) =>
  ['admin', 'health'].includes(key) ? undefined : value;

describe('a provisioned function', () => {
  test('is a secondary controller with VFN 0 that gets resources like any other', () => {
    const { primary } = siovWorld();
    expect(listed(primary)).toEqual([]);
    const { cntlid, handle } = provision(primary);
    expect([cntlid, handle]).toEqual([256, 0x8000]);
    expect(listed(primary)).toMatchObject([{ cntlid: 256, handle: 0x8000, fkind: 1, fstate: 0, vfn: 0 }]);
    bringUp(primary, cntlid, 4, 2);
    const list = decodeSecondaryControllerList(run(primary, identifyCommand(0x15)).data ?? new Uint8Array());
    expect(list.ok && list.value.entries).toMatchObject([
      { scid: 256, pcid: 0, scs: 1, vfn: 0, nvq: 4, nvi: 2 },
    ]);
    expect(status(primary, virtMgmt(7, cntlid))).toBe(0);
    expect(status(primary, functionCommand(sel.destroy, cntlid, handle))).toBe(0);
    expect(listed(primary)).toEqual([]);
    expect(provision(primary)).toEqual({ cntlid: 256, handle: 0x8001 });
  });

  test('survives every reset of its controlling function, offline, and not the loss of power', () => {
    for (const kind of ['controller', 'function', 'subsystem'] as const) {
      const { world, primary } = siovWorld();
      provision(primary);
      run(primary, functionCommand(sel.enableMigration, 256));
      run(primary, functionCommand(sel.makeVisible, 256));
      bringUp(primary, 256);
      resetController(primary, kind);
      expect(listed(primary)).toMatchObject([{ cntlid: 256, fstate: 3 }]);
      expect(world.controller(256).isOffline).toBe(true);
      const host = world.host('one');
      expect([...host.kernel.functions.keys()].filter((key) => key.includes('/'))).toHaveLength(1);
      const physical = host.kernel.find('0000:01:00.0');
      if (!physical || !isPhysical(physical)) throw new Error('no physical function');
      losePower(host, physical);
      expect(listed(primary)).toEqual([]);
      expect([...host.kernel.functions.keys()].filter((key) => key.includes('/'))).toEqual([]);
    }
  });

  test('cannot be migrated before that was enabled', () => {
    const { primary } = siovWorld();
    provision(primary);
    bringUp(primary, 256);
    const suspend = adminCommand({ opcode: adminOpcodes.migrationSend, cdw11: 0x1_0000 + 256 });
    expect(status(primary, suspend)).toBe(invalidController);
    run(primary, functionCommand(sel.enableMigration, 256));
    expect(status(primary, suspend)).toBe(0);
  });

  test('loses its namespaces when it is destroyed', () => {
    const world = createWorld(
      fleetInput({
        profile: 'siov-like',
        controllers: [
          siovPrimaryInput({ provisioned: { maximum: 3, firstCntlid: 256, functions: [{ cntlid: 257 }] } }),
        ],
        namespaces: [{ nsid: 1, blocks: 1000, attachedTo: [257] }],
      }),
    );
    expect(status(world.controller(0), functionCommand(sel.destroy, 257))).toBe(0);
    expect(world.fleet.exportState().subsystems[0]?.namespaces[0]?.attachedTo).toEqual([]);
  });
});

describe('a virtual function', () => {
  const world = () => createWorld(fleetInput());

  test('starts migratable and visible, goes by its VFN, and cannot be destroyed or provisioned', () => {
    const primary = world().controller(0);
    expect(listed(primary)).toHaveLength(4);
    expect(listed(primary, 2)[0]).toMatchObject({ cntlid: 2, handle: 2, fkind: 0, fstate: 3, vfn: 2 });
    expect(status(primary, functionCommand(sel.destroy, 2))).toBe(invalidField);
    expect(status(primary, functionCommand(sel.provision, anyFreeController))).toBe(invalidField);
  });

  test('that is hidden cannot be bound to vfio-pci, and loses the binding that it had', async () => {
    const one = world();
    const primary = one.controller(0);
    const host = one.host('one');
    expect(await host.pci.setDriver('0000:01:00.1', 'vfio-pci')).toEqual({ ok: true, value: undefined });
    expect(status(primary, functionCommand(sel.hide, 1))).toBe(0);
    expect(host.kernel.find('0000:01:00.1')?.driver).toBeNull();
    expect(await host.pci.setDriver('0000:01:00.1', 'vfio-pci')).toMatchObject({
      ok: false,
      error: { code: 'refused', message: expect.stringContaining('hides') },
    });
  });

  test('starts anew when the VF count is written anew', () => {
    const one = world();
    const primary = one.controller(0);
    run(primary, functionCommand(sel.hide, 1));
    run(primary, functionCommand(sel.disableMigration, 1));
    expect(listed(primary)[0]).toMatchObject({ fstate: 0 });
    const physical = one.host('one').kernel.find('0000:01:00.0');
    if (!physical || !isPhysical(physical)) throw new Error('no physical function');
    for (const count of [0, 4]) one.host('one').kernel.setVfCount(physical, count);
    expect(listed(primary)[0]).toMatchObject({ fstate: 3 });
  });

  test('without live migration offers none through VFIO, and says why', async () => {
    const one = world();
    for (const command of [sel.hide, sel.disableMigration, sel.makeVisible])
      run(one.controller(0), functionCommand(command, 1));
    const host = one.host('one');
    await host.pci.setDriver('0000:01:00.1', 'vfio-pci');
    expect(host.vfioDevice('0000:01:00.1')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('has not enabled live migration') },
    });
  });
});

test('a controller that controls nothing and older devices do not know the commands', () => {
  const world = createWorld(fleetInput({ profile: 'qemu-7.2' }));
  for (const cntlid of [0, 20]) expect(status(world.controller(cntlid), functionCommand(4, 1))).toBe(1);
});
