// Longer than 400 lines: one table of cases, read side by side.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProfileName } from '#shared/fleet-file/schema.ts';
import { adminCommand } from '#shared/nvme/command.ts';
import { vendorMigrationOpcodes } from '#shared/nvme/commands/migration/vendor-migration.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { announcesVendorMigration } from '#shared/nvme/layouts/controller-state/vendor-migration-support.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeVirtualSubsystemSupport } from '#shared/nvme/layouts/proposal/virtual-subsystem-support.ts';
import { statusCodes } from '#shared/nvme/status.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import { execute, supportedCommands } from '../commands/execute.ts';
import {
  barControls,
  barLength,
  barOffsets,
  barRegionOffset,
  FunctionBar,
} from '../commands/migration/vendor/function-bar.ts';
import { shownResources } from '../controller/exposed-answers.ts';
import type { SimulatedController } from '../state/controller.ts';
import {
  createWorld,
  fleetInput,
  identifyCommand,
  primaryInput,
  run,
  status,
  virtMgmt,
  type World,
} from '../testing/test-kit.ts';
import { deviceProfile } from './profile.ts';

const migrating = ['berth', 'private-resources', 'vendor-2022', 'self-contained'] as const;
const older = ['vendor-2022', 'self-contained'] as const;
type Migrating = (typeof migrating)[number];

const address = '0000:01:00.1';
const isFixed = (profile: Migrating) => profile === 'private-resources' || profile === 'self-contained';

/** One NVM subsystem on both hosts; VF 1 of each is online with vfio-pci, that of host one belongs to a guest. */
function twins(profile: Migrating, state: { readonly destinationQueues?: number } = {}): World {
  const queues = state.destinationQueues ?? 4;
  const vf = (vq: number) =>
    isFixed(profile)
      ? { vfn: 1, online: true, driver: 'vfio-pci' as const }
      : { vfn: 1, vq, vi: 3, online: true, driver: 'vfio-pci' as const };
  const pools = (vq: number) =>
    isFixed(profile)
      ? {
          vq: { kind: 'fixed' as const, privateToPrimary: 3, perSecondary: vq },
          vi: { kind: 'fixed' as const, privateToPrimary: 2, perSecondary: 3 },
        }
      : {};
  const input = fleetInput({
    profile,
    controllers: [
      primaryInput({ ...pools(4), secondaries: [vf(4)] }),
      primaryInput({ ...pools(queues), cntlid: 10, host: 'two', secondaries: [vf(queues)] }),
    ],
    namespaces: [{ nsid: 2, blocks: 1000, nguid: 'b'.repeat(32), attachedTo: [1] }],
  });
  const machine = { name: 'vm', vcpus: 4, memoryBytes: 1 << 26, devices: [address] };
  const incoming = { ...machine, state: 'incoming' as const };
  return createWorld({
    ...input,
    hosts: input.hosts.map((host, index) => ({
      ...host,
      virtualMachines: [index === 0 ? machine : incoming],
    })),
  });
}

function device(world: World, host: 'one' | 'two') {
  const found = world.host(host).kernel.find(address)?.vfio;
  if (!found) throw new Error(`no VFIO device on ${host}`);
  return found;
}

async function reach(world: World, host: 'one' | 'two', state: VfioState) {
  expect(await device(world, host).setState(state)).toEqual({ ok: true, value: state });
}

/** The whole way of a stop-and-copy; the destination runs afterwards. */
async function move(world: World): Promise<Uint8Array> {
  await reach(world, 'two', 'RESUMING');
  await reach(world, 'one', 'STOP_COPY');
  const state = await device(world, 'one').readState();
  if (!state.ok) throw new Error(state.error.message);
  expect(await device(world, 'two').writeState(state.value)).toMatchObject({ ok: true });
  await reach(world, 'two', 'STOP');
  await reach(world, 'two', 'RUNNING');
  return state.value;
}

const opcodesSent = (world: World) => world.trace.map(({ command }) => command.opcode);

/** Identify Controller without CNTLID, bytes 78 and 79: that of a function is its own. */
function identity(world: World, cntlid: number): Uint8Array {
  const { data = new Uint8Array() } = run(world.controller(cntlid), identifyCommand(1));
  return data.slice().fill(0, 78, 80);
}

describe.each(migrating)('the device of profile %s', (profile) => {
  test('what it says of itself is what it does', () => {
    const world = twins(profile);
    const identify = decodeIdentifyController(
      run(world.primary(0), identifyCommand(1)).data ?? new Uint8Array(),
    );
    if (!identify.ok) throw new Error(identify.error.message);
    const { oacs, vs, trattr } = identify.value;
    const support = decodeVirtualSubsystemSupport(vs);
    const isStandard = profile === 'berth' || profile === 'private-resources';
    expect({
      standard: (oacs >>> 11) & 1,
      formats: status(world.primary(0), identifyCommand(0x20)) === 0,
      vendor: announcesVendorMigration(vs),
      proposal: support.ok && support.value !== undefined,
      tracking: trattr & 3,
      virtualization: (oacs >>> 7) & 1,
    }).toEqual({
      standard: isStandard ? 1 : 0,
      formats: isStandard,
      vendor: profile === 'vendor-2022',
      proposal: isStandard,
      tracking: isStandard ? 3 : 0,
      virtualization: 1,
    });
  });

  test('a stop-and-copy moves the controller whole', async () => {
    const world = twins(profile);
    const before = structuredClone(world.controller(1).live);
    expect(before.submissionQueues.size).toBeGreaterThan(0);
    const shown = identity(world, 1);
    before.admin = structuredClone(world.controller(1).live.admin);
    await move(world);
    expect(world.controller(11).live).toEqual(before);
    expect(world.controller(11).suspended).toBe(false);
    expect(identity(world, 11)).toEqual(shown);
  });

  test('state that is cut off or of another device is refused, and the reset helps', async () => {
    const world = twins(profile);
    await reach(world, 'one', 'STOP_COPY');
    const state = await device(world, 'one').readState();
    if (!state.ok) throw new Error(state.error.message);
    const other = profile === 'vendor-2022' ? 'self-contained' : 'vendor-2022';
    const foreign = twins(other);
    await reach(foreign, 'one', 'STOP_COPY');
    const strange = await device(foreign, 'one').readState();
    if (!strange.ok) throw new Error(strange.error.message);
    for (const bytes of [state.value.slice(0, -4), strange.value, new Uint8Array(8)]) {
      await reach(world, 'two', 'RESUMING');
      await device(world, 'two').writeState(bytes);
      const before = structuredClone(world.controller(11).live);
      expect(await device(world, 'two').setState('STOP')).toMatchObject({ ok: false });
      expect(device(world, 'two').state()).toBe('ERROR');
      expect(world.controller(11).live).toEqual(before);
      await device(world, 'two').reset();
      expect(device(world, 'two').state()).toBe('RUNNING');
    }
  });

  test('an exported fleet in the middle of it goes on where it was', async () => {
    const world = twins(profile);
    const before = structuredClone(world.controller(1).live);
    await reach(world, 'two', 'RESUMING');
    await reach(world, 'one', 'STOP_COPY');
    const checked = fleetFileOf(world.fleet.exportState(), 'test');
    if (!checked.ok) throw new Error(checked.error.message);
    const later = createWorld(checked.value);
    expect(later.controller(1).suspended).toBe(true);
    const state = await device(later, 'one').readState();
    if (!state.ok) throw new Error(state.error.message);
    await device(later, 'two').writeState(state.value);
    await reach(later, 'two', 'RUNNING');
    expect(later.controller(11).live).toEqual(before);
  });
});

describe('the flags of a function', () => {
  test.each([
    ['berth', { p2p: true, preCopy: true, dmaLogging: true }],
    ['private-resources', { p2p: true, preCopy: true, dmaLogging: true }],
    ['vendor-2022', { p2p: false, preCopy: false, dmaLogging: false }],
    ['self-contained', { p2p: false, preCopy: false, dmaLogging: false }],
  ] as const)('%s', async (profile, flags) => {
    const host = twins(profile).host('one');
    const functions = await host.functions();
    if (!functions.ok) throw new Error(functions.error.message);
    const [physical, bound, unbound] = functions.value;
    expect(bound?.vfioOffer.flags).toEqual(flags);
    expect(unbound?.vfioOffer).toMatchObject({ flags: null });
    expect(unbound?.vfioOffer.reason).toContain(physical?.vfioDriver ?? 'no driver');
  });

  test('without P2P and PRE_COPY these states do not exist', async () => {
    for (const profile of older) {
      const world = twins(profile);
      for (const state of ['RUNNING_P2P', 'PRE_COPY', 'PRE_COPY_P2P'] as const)
        expect(await device(world, 'one').setState(state)).toMatchObject({ ok: false });
      expect(device(world, 'one').state()).toBe('RUNNING');
      expect(device(world, 'one').dmaLogging).toBeNull();
    }
  });

  test('a kernel without VFIO migration has no variant driver, whatever the device can do', async () => {
    const input = fleetInput({ profile: 'vendor-2022', controllers: [primaryInput()] });
    const [one, ...rest] = input.hosts;
    if (one === undefined) throw new Error('no host');
    const host = createWorld({ ...input, hosts: [{ ...one, vfio: { stopCopy: false } }, ...rest] }).host(
      'one',
    );
    const functions = await host.functions();
    expect(functions.ok && functions.value.map(({ vfioDriver }) => vfioDriver)).toEqual(Array(5).fill(null));
  });
});

describe('the vendor-opcode device of December 2022', () => {
  const vendor = (opcode: number, index: number, more = {}) =>
    adminCommand({ opcode, cdw10: index, ...more });
  const { vendorQueryDataSize, vendorSuspend, vendorResume, vendorSaveData, vendorLoadData } = adminOpcodes;

  test('no opcode has two meanings: proposed and vendor commands never stand together', () => {
    const profiles: readonly ProfileName[] = [...migrating, 'qemu-7.2', 'linux-nvmet'];
    for (const name of profiles) {
      const { stateTransfer, virtualSubsystems, migrates } = deviceProfile(name);
      expect([name, stateTransfer?.interface === 'vendor-2022' && virtualSubsystems]).toEqual([name, false]);
      expect([name, migrates]).toEqual([name, stateTransfer?.interface === 'standard']);
    }
    const { virtualSubsystemManagement, virtualSubsystemReceive, functionManagement, functionReceive } =
      adminOpcodes;
    const proposed = [
      virtualSubsystemManagement,
      virtualSubsystemReceive,
      functionManagement,
      functionReceive,
    ];
    const vendorOpcodes = (controller: SimulatedController) =>
      supportedCommands(controller)
        .map(({ opcode }) => opcode)
        .filter((opcode) => opcode >= 0xc0);
    const supported = supportedCommands(twins('vendor-2022').primary(0)).map(({ opcode }) => opcode);
    expect(supported.filter((opcode) => proposed.some((one) => one === opcode))).toEqual([]);
    expect(vendorOpcodes(twins('vendor-2022').primary(0))).toEqual(vendorMigrationOpcodes);
    expect(vendorOpcodes(twins('berth').primary(0))).toEqual(proposed);
    expect(vendorOpcodes(twins('vendor-2022').controller(1))).toEqual([]);
  });

  test.each([
    ['query of a running function', 0, [vendorQueryDataSize, 1]],
    ['VF 0', 0x02, [vendorSuspend, 0]],
    ['a VF beyond TotalVFs', 0x02, [vendorSuspend, 5]],
    ['an offline VF', 0x02, [vendorSuspend, 2]],
    ['resume of a running function', 0x0c, [vendorResume, 1]],
    ['save of a running function', 0x0c, [vendorSaveData, 1]],
    ['load into a running function', 0x0c, [vendorLoadData, 1]],
  ] as const)('%s answers %s', (_, expected, [opcode, index]) => {
    const world = twins('vendor-2022');
    const before = JSON.stringify(world.controller(1).live, (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(status(world.primary(0), vendor(opcode, index, { readLength: 4096 })) & 0xff).toBe(expected);
    expect(world.controller(1).suspended).toBe(false);
    const after = JSON.stringify(world.controller(1).live, (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(after).toBe(before);
  });

  test('save takes what query said, load what CDW11 says; suspend is idempotent', () => {
    const world = twins('vendor-2022');
    const primary = world.primary(0);
    expect(status(primary, vendor(vendorSuspend, 1))).toBe(0);
    expect(status(primary, vendor(vendorSuspend, 1))).toBe(0);
    const { dw0 } = run(primary, vendor(vendorQueryDataSize, 1));
    expect(dw0).toBeLessThan(256 * 1024);
    const tooSmall = run(primary, vendor(vendorSaveData, 1, { readLength: dw0 - 4 }));
    expect(tooSmall.sc).toBe(statusCodes.dataTransferError.sc);
    const { data = new Uint8Array() } = run(primary, vendor(vendorSaveData, 1, { readLength: dw0 }));
    expect(data.length).toBe(dw0);
    const load = (size: number) => vendor(vendorLoadData, 1, { cdw11: size, data });
    expect(run(primary, load(0)).sc).toBe(statusCodes.invalidField.sc);
    expect(run(primary, load(256 * 1024 + 4)).sc).toBe(statusCodes.invalidField.sc);
    expect(run(primary, load(data.length + 4)).sc).toBe(statusCodes.dataTransferError.sc);
    // Its I/O queues exist, so even its own state is refused.
    expect(run(primary, load(data.length)).sc).toBe(statusCodes.invalidField.sc);
    expect(status(primary, vendor(vendorResume, 1))).toBe(0);
  });

  test('the size follows the number of I/O queues', () => {
    const size = (vq: number) => {
      const vf = { vfn: 1, vq, vi: 4, online: true, driver: 'nvme' as const };
      const input = fleetInput({
        profile: 'vendor-2022',
        controllers: [primaryInput({ secondaries: [vf] })],
        namespaces: [],
      });
      return run(createWorld(input).primary(0), vendor(vendorQueryDataSize, 1)).dw0;
    };
    // 24 bytes for each queue of the pair, 16 for its interrupt vector.
    expect(size(4) - size(3)).toBe(24 + 24 + 16);
  });

  test('each transition is the command of the series, and nothing else', async () => {
    const world = twins('vendor-2022');
    await move(world);
    expect(opcodesSent(world)).toEqual([
      vendorSuspend,
      vendorSuspend,
      vendorQueryDataSize,
      vendorSaveData,
      vendorLoadData,
      vendorResume,
    ]);
    expect(world.trace.every(({ owner }) => owner.side === 'host')).toBe(true);
  });

  test('a refused resume is ignored, as the driver of the series does', async () => {
    const world = twins('vendor-2022');
    await reach(world, 'one', 'STOP');
    world.primary(0).subsystem.faults.add({
      opcode: vendorResume,
      cntlid: 0,
      occurrence: 1,
      count: 1,
      effect: { kind: 'status', status: 6 },
    });
    await reach(world, 'one', 'RUNNING');
    expect(world.controller(1).suspended).toBe(true);
  });

  test('without its controlling function nothing works', async () => {
    const world = twins('vendor-2022');
    await world.host('one').pci.setDriver('0000:01:00.0', null);
    expect(await device(world, 'one').setState('STOP')).toMatchObject({ ok: false });
  });
});

describe('the self-contained device', () => {
  test('no admin command moves it', async () => {
    const world = twins('self-contained');
    await move(world);
    expect(world.trace).toEqual([]);
  });

  test('losing the primary does not matter to it', async () => {
    const world = twins('self-contained');
    const before = structuredClone(world.controller(1).live);
    await world.host('one').pci.setDriver('0000:01:00.0', null);
    await world.host('two').pci.functionLevelReset('0000:01:00.0');
    await move(world);
    expect(world.controller(11).live).toEqual(before);
  });

  test('another queue count is found before anything is changed', async () => {
    const world = twins('self-contained', { destinationQueues: 5 });
    await reach(world, 'two', 'RESUMING');
    await reach(world, 'one', 'STOP_COPY');
    const state = await device(world, 'one').readState();
    if (!state.ok) throw new Error(state.error.message);
    await device(world, 'two').writeState(state.value);
    const refused = await device(world, 'two').setState('STOP');
    expect(!refused.ok && refused.error.message).toContain(
      'saved with 3 I/O queue pairs, this function has 4',
    );
  });

  test('the guest is shown the lower half of the BAR only', () => {
    const controller = twins('self-contained').controller(1);
    if (controller.part.kind !== 'secondary') throw new Error('no secondary');
    const bar = new FunctionBar(controller as ConstructorParameters<typeof FunctionBar>[0]);
    expect(bar.guestLength).toBe(barLength / 2);
    expect(bar.read32(0x1c)).toBe(1);
    bar.write32(barRegionOffset + barOffsets.control, barControls.save);
    expect(bar.read32(barRegionOffset + barOffsets.status)).toBe(0x100);
    bar.write32(barRegionOffset + barOffsets.control, 9);
    expect(bar.read32(barRegionOffset + barOffsets.status) >>> 8).toBe(1);
    bar.write32(barRegionOffset + barOffsets.magic, 0);
    expect(bar.read32(barRegionOffset + barOffsets.magic)).toBe(0x53524142);
  });
});

describe('the device without flexible resources', () => {
  test('nothing can be assigned, and secondaries go online all the same', () => {
    const world = twins('private-resources');
    const primary = world.primary(0);
    const capabilities = run(primary, identifyCommand(0x14)).data ?? new Uint8Array();
    expect(capabilities[4]).toBe(0);
    expect(status(primary, virtMgmt(8, 2, 0, 2)) & 0x1ff).toBe(0x121);
    expect(status(primary, virtMgmt(8, 2, 1, 1)) & 0x1ff).toBe(0x121);
    expect(status(primary, virtMgmt(9, 2))).toBe(0);
    expect(shownResources(world.controller(2)).ioQueuePairs).toBe(3);
  });

  test('a file that gives it a pool is refused', () => {
    const checked = fleetFileOf(
      fleetInput({ profile: 'private-resources', controllers: [primaryInput()] }),
      'test',
    );
    expect(checked).toMatchObject({ ok: false });
  });
});

const guestCommand = fc.oneof(
  fc
    .constantFrom(0x01, 0x02, 0x04, 0x05, 0x06, 0x0a, 0x0b)
    .chain((fid) =>
      fc
        .nat({ max: 0xffff })
        .map((value) => adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: fid, cdw11: value })),
    ),
  fc
    .constantFrom(1, 2, 3)
    .map((qid) => adminCommand({ opcode: adminOpcodes.deleteSubmissionQueue, cdw10: qid })),
  fc
    .constantFrom(1, 2, 3)
    .map((qid) => adminCommand({ opcode: adminOpcodes.deleteCompletionQueue, cdw10: qid })),
  fc
    .constantFrom(1, 2)
    .map((lid) => adminCommand({ opcode: adminOpcodes.getLogPage, cdw10: (15 << 16) | lid, readLength: 64 })),
  fc.constant(adminCommand({ opcode: adminOpcodes.asynchronousEventRequest })),
);

test.each(older)('%s: what a guest did, saved and loaded elsewhere, answers the same', async (profile) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(guestCommand, { maxLength: 8 }),
      fc.array(guestCommand, { minLength: 1, maxLength: 6 }),
      async (before, after) => {
        const world = twins(profile);
        for (const command of before) execute(world.controller(1), command);
        await move(world);
        world.controller(1).suspended = false;
        for (const command of after)
          expect(execute(world.controller(11), command)).toEqual(execute(world.controller(1), command));
        expect(world.controller(11).live).toEqual(world.controller(1).live);
      },
    ),
    { numRuns: numRuns(25, 250) },
  );
});
