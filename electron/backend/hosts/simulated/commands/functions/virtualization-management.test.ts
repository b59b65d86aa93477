import { describe, expect, test } from 'vitest';
import { decodePrimaryControllerCapabilities } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { shownResources } from '../../controller/exposed-answers.ts';
import { resetController, setFunctionCount } from '../../controller/resets.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  plainInput,
  primaryInput,
  run,
  status,
  virtMgmt,
} from '../../testing/test-kit.ts';
import { execute } from '../execute.ts';

const allocate = 1;
const offline = 7;
const assign = 8;
const online = 9;
const vq = 0;
const vi = 1;

function capabilities(world: ReturnType<typeof createWorld>, cntlid = 0) {
  const decoded = decodePrimaryControllerCapabilities(
    run(world.controller(cntlid), identifyCommand(0x14)).data ?? new Uint8Array(),
  );
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

function secondaries(world: ReturnType<typeof createWorld>, cntlid = 0, from = 0) {
  const decoded = decodeSecondaryControllerList(
    run(world.controller(cntlid), identifyCommand(0x15, 0, from)).data ?? new Uint8Array(),
  );
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value.entries;
}

/** Two primaries in one NVM subsystem, as QEMU numbers them. */
const qemu = fleetInput({
  profile: 'qemu-7.2',
  controllers: [
    primaryInput(),
    primaryInput({
      cntlid: 5,
      address: '0000:03:00.0',
      sriov: { totalVfs: 2, numVfs: 2, driversAutoprobe: false },
    }),
    plainInput,
  ],
});

describe.each(['berth', 'qemu-7.2'] as const)('statuses of profile %s', (profile) => {
  const base =
    profile === 'berth'
      ? { ...qemu, subsystems: qemu.subsystems?.map((entry) => ({ ...entry, profile })) }
      : qemu;
  const world = () => createWorld(base);

  test.each([
    ['assign above the limit of one secondary, VQ', virtMgmt(assign, 1, vq, 7), 0x4121],
    ['assign above the limit of one secondary, VI', virtMgmt(assign, 1, vi, 5), 0x4121],
    ['allocate more than the pool to the primary', virtMgmt(allocate, 0, vq, 17), 0x4121],
    ['resource type 2', virtMgmt(assign, 1, 2, 2), 0x4122],
    ['online without anything', virtMgmt(online, 1), 0x4120],
    ['unknown CNTLID, assign', virtMgmt(assign, 77, vq, 2), 0x411f],
    ['unknown CNTLID, online', virtMgmt(online, 77), 0x411f],
    ['unknown CNTLID, offline', virtMgmt(offline, 77), 0x411f],
    ['assign to the primary', virtMgmt(assign, 0, vq, 2), 0x411f],
    ['online of the primary', virtMgmt(online, 0), 0x411f],
    ['offline of the primary', virtMgmt(offline, 0), 0x411f],
    ['assign to a secondary of another primary', virtMgmt(assign, 6, vq, 2), 0x411f],
    ['online of a secondary of another primary', virtMgmt(online, 6), 0x411f],
    ['primary allocation for a secondary', virtMgmt(allocate, 1, vq, 2), 0x411f],
    ['action 0', virtMgmt(0, 1, vq, 2), 0x4002],
    ['action 2', virtMgmt(2, 1, vq, 2), 0x4002],
    ['action 10', virtMgmt(10, 1, vq, 2), 0x4002],
    ['offline when offline', virtMgmt(offline, 1), 0],
    ['assign nothing', virtMgmt(assign, 1, vq, 0), 0],
  ])('%s', (_words, command, expected) => {
    expect(status(world().controller(0), command)).toBe(expected);
  });

  test('on a secondary and on a drive without SR-IOV', () => {
    const { controller } = world();
    bringUp(controller(0), 1);
    const expected = profile === 'berth' ? 0x4001 : 0x411f;
    expect(status(controller(1), virtMgmt(offline, 1))).toBe(expected);
    expect(status(controller(20), virtMgmt(online, 1))).toBe(expected);
  });

  test('online needs 2 VQ and 1 VI', () => {
    const { controller } = world();
    status(controller(0), virtMgmt(assign, 3, vq, 2));
    expect(status(controller(0), virtMgmt(online, 3))).toBe(0x4120);
    status(controller(0), virtMgmt(assign, 4, vq, 1));
    status(controller(0), virtMgmt(assign, 4, vi, 1));
    expect(status(controller(0), virtMgmt(online, 4))).toBe(0x4120);
    status(controller(0), virtMgmt(assign, 4, vq, 2));
    expect(status(controller(0), virtMgmt(online, 4))).toBe(0);
    expect(status(controller(0), virtMgmt(online, 4))).toBe(0);
    expect(status(controller(0), virtMgmt(assign, 4, vq, 3))).toBe(0x4120);
  });

  test('online needs an enabled virtual function', () => {
    const { controller, primary } = world();
    status(controller(0), virtMgmt(assign, 3, vq, 2));
    status(controller(0), virtMgmt(assign, 3, vi, 1));
    const before = primary(0).part.presentVfs;
    primary(0).part.presentVfs = 2;
    expect(status(controller(0), virtMgmt(online, 3))).toBe(0x4120);
    primary(0).part.presentVfs = before;
    expect(status(controller(0), virtMgmt(online, 3))).toBe(0);
  });

  test('the pool runs out, with what the target holds counted for it', () => {
    const { controller } = world();
    for (const [cntlid, count] of [
      [1, 6],
      [2, 6],
    ] as const)
      expect(run(controller(0), virtMgmt(assign, cntlid, vq, count))).toMatchObject({ dw0: count, sc: 0 });
    expect(status(controller(0), virtMgmt(assign, 3, vq, 5))).toBe(0x4122);
    expect(status(controller(0), virtMgmt(assign, 3, vq, 4))).toBe(0);
    expect(status(controller(0), virtMgmt(assign, 1, vq, 5))).toBe(0);
    expect(status(controller(0), virtMgmt(assign, 3, vq, 5))).toBe(0);
    expect(status(controller(0), virtMgmt(allocate, 0, vq, 1))).toBe(0x4122);
  });

  test('primary allocation waits for a reset other than a controller reset', () => {
    const world2 = world();
    const { controller } = world2;
    expect(run(controller(0), virtMgmt(allocate, 0, vq, 16))).toMatchObject({ dw0: 16, sc: 0 });
    expect(capabilities(world2).vqrfap).toBe(0);
    resetController(controller(0), 'controller');
    expect(capabilities(world2).vqrfap).toBe(0);
    resetController(controller(0), 'function');
    expect(capabilities(world2).vqrfap).toBe(16);
    expect(status(controller(0), virtMgmt(assign, 1, vq, 2))).toBe(0x4122);
    expect(status(controller(0), virtMgmt(allocate, 0, vq, 0))).toBe(0);
    expect(status(controller(0), virtMgmt(assign, 1, vq, 2))).toBe(0x4122);
    resetController(controller(0), 'power');
    expect(status(controller(0), virtMgmt(assign, 1, vq, 2))).toBe(0);
  });

  test.each(['controller', 'function', 'subsystem', 'power'] as const)(
    'a %s reset of the primary takes its secondaries offline and frees what they hold',
    (kind) => {
      const world2 = world();
      bringUp(world2.controller(0), 1);
      bringUp(world2.controller(0), 2);
      resetController(world2.controller(0), kind);
      expect(secondaries(world2).every((entry) => entry.scs === 0 && entry.nvq + entry.nvi === 0)).toBe(true);
      expect(capabilities(world2)).toMatchObject({ vqrfa: 0, virfa: 0 });
    },
  );

  test('going offline and losing the virtual function return the resources', () => {
    const world2 = world();
    bringUp(world2.controller(0), 1, 6, 4);
    bringUp(world2.controller(0), 2, 2, 1);
    expect(capabilities(world2)).toMatchObject({ vqrfa: 8, virfa: 5 });
    status(world2.controller(0), virtMgmt(offline, 1));
    expect(capabilities(world2)).toMatchObject({ vqrfa: 2, virfa: 1 });
    setFunctionCount(world2.primary(0), 0);
    expect(capabilities(world2)).toMatchObject({ vqrfa: 0, virfa: 0 });
    expect(secondaries(world2)).toHaveLength(4);
  });
});

test('a primary that is not enabled brings nothing online', () => {
  const { controller } = createWorld();
  status(controller(0), virtMgmt(assign, 1, vq, 2));
  status(controller(0), virtMgmt(assign, 1, vi, 1));
  controller(0).live.properties.cc = 0;
  expect(status(controller(0), virtMgmt(online, 1))).toBe(0x4120);
});

test('fixed resources cannot be assigned but come online', () => {
  const world = createWorld(
    fleetInput({
      controllers: [
        primaryInput({
          vq: { kind: 'fixed', privateToPrimary: 3, perSecondary: 4 },
          vi: { kind: 'fixed', privateToPrimary: 2, perSecondary: 4 },
        }),
      ],
    }),
  );
  expect(capabilities(world)).toMatchObject({ crt: 0, vqfrt: 0, vifrt: 0, vqprt: 3 });
  expect(status(world.controller(0), virtMgmt(assign, 1, vq, 1))).toBe(0x4121);
  expect(status(world.controller(0), virtMgmt(online, 1))).toBe(0);
  expect(shownResources(world.controller(1)).ioQueuePairs).toBe(3);
});

test('the Secondary Controller List starts at CNTID', () => {
  const world = createWorld();
  expect(secondaries(world).map((entry) => [entry.scid, entry.vfn, entry.pcid])).toEqual([
    [1, 1, 0],
    [2, 2, 0],
    [3, 3, 0],
    [4, 4, 0],
  ]);
  expect(secondaries(world, 0, 3).map((entry) => entry.scid)).toEqual([3, 4]);
});

test('a device that answers CNS 14h everywhere counts what a controller has as private', () => {
  const world = createWorld(qemu);
  bringUp(world.controller(0), 1, 2, 1);
  expect(capabilities(world, 1)).toMatchObject({ cntlid: 1, crt: 3, vqprt: 2, viprt: 1, vqgran: 0 });
  expect(capabilities(world, 20)).toMatchObject({ crt: 3, vqprt: 65, viprt: 65, vqgran: 1, vqfrt: 0 });
  expect(secondaries(world, 20)).toEqual([]);
  expect(status(createWorld().controller(20), identifyCommand(0x14))).toBe(0x4002);
});

test('an offline secondary completes nothing and reports CFS', () => {
  const { controller } = createWorld();
  expect(controller(1).csts).toBe(2);
  expect(execute(controller(1), identifyCommand(1)).kind).toBe('silent');
  bringUp(controller(0), 1);
  expect(controller(1).csts).toBe(0);
  expect(execute(controller(1), identifyCommand(1)).kind).toBe('completed');
});
