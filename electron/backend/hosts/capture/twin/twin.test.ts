import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceAbilities } from '#shared/fleet/device-abilities.ts';
import { secondaryStateWords } from '#shared/fleet/selectors.ts';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  blankIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeSecondaryControllerList } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { createWorld, identifyCommand, run, status, virtMgmt } from '../../simulated/testing/test-kit.ts';
import { createCaptureConnection } from '../capture-connection.ts';
import {
  type DriveInput,
  exampleDrive as drive,
  type EntryInput,
  usualCapabilities,
} from '../testing/drive-capture.ts';
import { fleetOf, openDriveTwin } from '../testing/open-drive-twin.ts';

const enabled = [1, 2, 3, 4].map((vfn) => ({ address: `0000:86:00.${vfn}`, vfn, driver: null }));

function listOf(world: ReturnType<typeof createWorld>, cntlid: number, from = 0) {
  const { data } = run(world.controller(cntlid), identifyCommand(0x15, 0, from));
  const list = data === undefined ? null : decodeSecondaryControllerList(data);
  return list?.ok ? list.value.entries : null;
}

function createNamespace(blocks: bigint) {
  const bytes = encodeIdentifyNamespace({ ...blankIdentifyNamespace(), nsze: blocks, ncap: blocks });
  if (!bytes.ok) throw new Error(bytes.error.message);
  return adminCommand({ opcode: adminOpcodes.namespaceManagement, data: bytes.value });
}

const reported = (world: ReturnType<typeof createWorld>, cntlid: number, offset: number) =>
  Buffer.from(run(world.controller(cntlid), identifyCommand(1)).data ?? []).readBigUInt64LE(offset);

describe('the twin of a drive that anyone can buy', () => {
  it('creates and deletes namespaces where OACS bit 3 says so, within the recorded capacity', async () => {
    const { world } = await openDriveTwin({ ...drive, identify: { unvmcap: 1_600_321_314_816 } });
    const primary = world.controller(65);
    expect(run(primary, createNamespace(78_125_000n))).toMatchObject({ sct: 0, sc: 0, dw0: 1 });
    expect(reported(world, 65, 280)).toBe(1_600_321_314_816n);
    expect(reported(world, 65, 296)).toBe(1_600_321_314_816n - 78_125_000n * 512n);
    expect(status(primary, createNamespace(1_600_321_314_816n / 512n))).toBe(0x4115);
    const remove = adminCommand({ opcode: adminOpcodes.namespaceManagement, nsid: 1, cdw10: 1 });
    expect(status(primary, remove)).toBe(0);
    expect(reported(world, 65, 296)).toBe(1_600_321_314_816n);
    expect(status(primary, virtMgmt(8, 1, 0, 2))).toBe(0);
  });

  it('has neither namespace nor virtualization management where OACS says neither', async () => {
    const { world, capture } = await openDriveTwin({ ...drive, identify: { oacs: 0x17 } });
    const primary = world.controller(65);
    for (const command of [createNamespace(1n), virtMgmt(8, 1, 0, 2), virtMgmt(9, 1)])
      expect(status(primary, command)).toBe(0x4001);
    expect(status(primary, identifyCommand(0x15))).toBe(0x4002);
    const of = await fleetOf([createCaptureConnection(capture)], 'recorded');
    const { fleet } = of;
    if (of.primary === undefined) throw new Error('no primary');
    const says = deviceAbilities(fleet, of.primary).find(({ key }) => key === 'namespace-management');
    expect(says).toMatchObject({ verdict: 'no', reason: 'OACS bit 3 of drive/nvme0 is 0.' });
  });

  it('says what the drive announces and no simulated device has', async () => {
    const { notes, file } = await openDriveTwin(drive);
    expect(notes.filter((text) => text.includes('Firmware Commit'))).toEqual([
      expect.stringContaining('(OACS bit 2)'),
    ]);
    // Nothing about it is odd, so the rules of a fleet file hold for it.
    expect(file.subsystems[0]?.controllers[0]).toMatchObject({ asRecorded: false });
  });
});

describe('virtual functions without virtualization management', () => {
  const dpu: DriveInput = {
    ...{ address: '0000:27:00.2', instance: 0, cntlid: 0, identify: { oacs: 0x1e } },
    sriov: { totalVfs: 125, numVfs: 4, offset: 6, stride: 1 },
    functions: ['vfio-pci', 'nvme', null, null].map((driver, index) => ({
      ...{ address: `0000:27:01.${index}`, vfn: index + 1, driver },
    })),
  };

  it('are shown under their physical function, with what is not known and why', async () => {
    const { capture } = await openDriveTwin(dpu);
    const { fleet, primary, secondaries } = await fleetOf([createCaptureConnection(capture)], 'recorded');
    const gap = { kind: 'not-supported', reason: 'OACS bit 7 of drive/nvme0 is 0' };
    expect(primary).toMatchObject({ totalVfs: 125, numVfs: 4, vq: { gap }, vi: { gap } });
    expect(secondaries.map(({ vfn, pciAddress, driver }) => [vfn, pciAddress, driver])).toEqual([
      [1, '0000:27:01.0', 'vfio-pci'],
      [2, '0000:27:01.1', 'nvme'],
      [3, '0000:27:01.2', null],
      [4, '0000:27:01.3', null],
    ]);
    for (const { unlisted } of secondaries) expect(unlisted).toEqual({ gap, knowsCntlid: false });
    expect(Object.values(fleet.controllers).some(({ role }) => role === 'plain')).toBe(false);
    const flexible =
      primary && deviceAbilities(fleet, primary).find(({ key }) => key === 'flexible-resources');
    expect(flexible).toMatchObject({ verdict: 'no', reason: expect.not.stringContaining('CRT') });
  });

  it('have a twin without a list, whose functions work as soon as they are there', async () => {
    const { world } = await openDriveTwin(dpu);
    expect(status(world.controller(0), identifyCommand(0x15))).toBe(0x4002);
    expect(status(world.controller(0), identifyCommand(0x14))).toBe(0x4002);
    expect(status(world.controller(0), virtMgmt(9, 1))).toBe(0x4001);
    const { secondaries } = await fleetOf(world.fleet.hosts, null);
    expect(secondaries.map(({ vfn, online, driver }) => [vfn, online, driver])).toEqual([
      [1, true, 'vfio-pci'],
      [2, true, 'nvme'],
      [3, true, null],
      [4, true, null],
    ]);
    const host = world.host('drive');
    expect(await host.pci.setDriver('0000:27:01.2', 'nvme')).toMatchObject({ ok: true });
    const after = await fleetOf(world.fleet.hosts, null);
    expect(after.secondaries[2]).toMatchObject({ driver: 'nvme', unlisted: { knowsCntlid: true } });
  });

  it('are not recorded, and not missing, where the drive has a list', async () => {
    const { secondaries: _list, capabilities: _pools, ...bare } = drive;
    const sriov = { totalVfs: 4, numVfs: 4 };
    const { capture, notes } = await openDriveTwin({ ...bare, sriov, functions: enabled });
    const { fleet, primary, secondaries } = await fleetOf([createCaptureConnection(capture)], 'recorded');
    expect(primary?.vq.gap).toEqual({ kind: 'not-recorded', tellBy: 'nvme primary-ctrl-caps /dev/nvme0' });
    const gap = { kind: 'not-recorded', tellBy: 'nvme list-secondary /dev/nvme0' };
    expect(secondaries.map(({ unlisted }) => unlisted?.gap)).toEqual([gap, gap, gap, gap]);
    expect(secondaryStateWords(fleet, secondaries[0]?.id ?? '')).toBe('State not recorded · free');
    expect(notes.some((text) => text.includes('was not recorded'))).toBe(true);
  });
});

describe('an odd state that was recorded', () => {
  it('is kept: online with one queue', async () => {
    const secondaries = [1, 2, 3, 4].map((vfn) => ({ scid: vfn, vfn, scs: 1, nvq: 1, nvi: 2 }));
    const { world, notes, file } = await openDriveTwin({
      ...{ ...drive, secondaries, sriov: { totalVfs: 4, numVfs: 4 }, functions: enabled },
    });
    expect(listOf(world, 65)?.map(({ scs, nvq, nvi }) => [scs, nvq, nvi])).toEqual(
      Array.from({ length: 4 }, () => [1, 1, 2]),
    );
    expect(notes.filter((text) => text.includes('fewer than going online takes'))).toHaveLength(4);
    expect(file.subsystems[0]?.controllers[0]).toMatchObject({ asRecorded: true });
  });

  it('is kept: more in use than there are', async () => {
    const secondaries = [1, 2, 3, 4].map((vfn) => ({ scid: vfn, vfn, scs: 1, nvq: 8, nvi: 8 }));
    const capabilities = { ...usualCapabilities, vqfrt: 16, vqrfa: 32, virfa: 32 };
    const { world, notes, capture } = await openDriveTwin({
      ...{ ...drive, secondaries, capabilities, sriov: { totalVfs: 4, numVfs: 4 }, functions: enabled },
    });
    expect(listOf(world, 65)?.reduce((sum, { nvq }) => sum + nvq, 0)).toBe(32);
    expect(status(world.controller(65), virtMgmt(7, 1))).toBe(0);
    expect(status(world.controller(65), virtMgmt(8, 1, 0, 2))).toBe(0x4122);
    expect(notes.some((text) => text.includes('has none free while more are held'))).toBe(true);
    const { primary } = await fleetOf([createCaptureConnection(capture)], 'recorded');
    expect(primary?.problems.map(({ message }) => message)).toContain(
      'It reports a total of 16, but 32 are in use.',
    );
  });

  it('is kept: the primary controller in its own list, which is no secondary', async () => {
    const itself: EntryInput = { scid: 0, vfn: 0, scs: 1, nvq: 6, nvi: 7 };
    const own = { ...drive, cntlid: 0, capabilities: { ...usualCapabilities, cntlid: 0 } };
    const { world, capture } = await openDriveTwin({
      ...own,
      secondaries: [itself, ...(drive.secondaries ?? [])],
    });
    expect(listOf(world, 0)).toMatchObject([
      { scid: 0, pcid: 0, vfn: 0, scs: 1, nvq: 6, nvi: 7 },
      {},
      {},
      {},
      {},
    ]);
    for (const read of [
      await fleetOf([createCaptureConnection(capture)], 'recorded'),
      await fleetOf(world.fleet.hosts, null),
    ]) {
      expect(read.secondaries.map(({ cntlid }) => cntlid)).toEqual([1, 2, 3, 4]);
      expect(read.primary?.problems.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('names the primary controller itself (SCID = PCID = 0'),
      );
    }
  });
});

describe('a large or divided drive', () => {
  it('has more than 127 virtual functions, listed page by page', async () => {
    const secondaries = Array.from({ length: 200 }, (_, index) => ({ scid: index + 100, vfn: index + 1 }));
    const sriov = { totalVfs: 200, numVfs: 0, offset: 1, stride: 1 };
    const { world, capture } = await openDriveTwin({ ...drive, secondaries, sriov });
    expect(listOf(world, 65)).toHaveLength(127);
    expect(listOf(world, 65, 227)?.map(({ scid }) => scid)).toEqual(
      Array.from({ length: 73 }, (_, index) => index + 227),
    );
    const { secondaries: shown } = await fleetOf([createCaptureConnection(capture)], 'recorded');
    expect(shown).toHaveLength(200);
  });

  it('says of what is behind a first page of 127 how it would be told', async () => {
    const secondaries = Array.from({ length: 127 }, (_, index) => ({ scid: index + 100, vfn: index + 1 }));
    const functions = [{ address: '0000:86:10.0', vfn: 128, driver: null }];
    const sriov = { totalVfs: 200, numVfs: 128, offset: 1, stride: 1 };
    const { capture, world } = await openDriveTwin({ ...drive, secondaries, sriov, functions });
    const { secondaries: shown } = await fleetOf([createCaptureConnection(capture)], 'recorded');
    expect(shown.at(-1)).toMatchObject({
      vfn: 128,
      unlisted: { gap: { tellBy: 'nvme list-secondary /dev/nvme0 --cntid=227' } },
    });
    expect(world.primary(65).part.secondaries).toHaveLength(200);
  });

  it('has both controllers of a dual-port drive, each with its own functions', async () => {
    const second: DriveInput = {
      ...{ ...drive, address: '0000:87:00.0', instance: 1, cntlid: 66 },
      secondaries: [5, 6, 7, 8].map((scid) => ({ scid, vfn: scid - 4 })),
      capabilities: { ...usualCapabilities, cntlid: 66 },
    };
    const { world, file } = await openDriveTwin(drive, second);
    expect(file.subsystems).toHaveLength(1);
    expect(listOf(world, 65)?.map(({ scid }) => scid)).toEqual([1, 2, 3, 4]);
    expect(listOf(world, 66)?.map(({ scid }) => scid)).toEqual([5, 6, 7, 8]);
    expect(status(world.controller(66), virtMgmt(8, 5, 0, 2))).toBe(0);
    expect(status(world.controller(65), virtMgmt(8, 5, 0, 2))).toBe(0x411f);
  });
});

describe('a device of which something is known', () => {
  const known: DriveInput = { ...drive, model: 'EXAMPLE PM173X 1.6TB' };

  it('takes a reset between assignment and online, unless the resources were there before the function', async () => {
    const { world } = await openDriveTwin(known);
    const host = world.host('drive');
    const bring = (cntlid: number) => status(world.controller(65), virtMgmt(9, cntlid));
    const assign = (cntlid: number) => {
      for (const command of [virtMgmt(8, cntlid, 0, 4), virtMgmt(8, cntlid, 1, 4)])
        expect(status(world.controller(65), command)).toBe(0);
    };
    assign(1);
    expect(await host.pci.setDriversAutoprobe('0000:86:00.0', false)).toMatchObject({ ok: true });
    expect(await host.pci.setVfCount('0000:86:00.0', 4)).toMatchObject({ ok: true });
    expect(bring(1)).toBe(0);
    assign(2);
    expect(bring(2)).toBe(0x4120);
    const again = createWorld(JSON.parse(JSON.stringify(world.fleet.exportState())));
    expect(status(again.controller(65), virtMgmt(9, 2))).toBe(0x4120);
    expect(await host.pci.functionLevelReset('0000:86:00.2')).toMatchObject({ ok: true });
    expect(bring(2)).toBe(0);
  });

  it('goes online at once where nothing is known', async () => {
    const { world } = await openDriveTwin({
      ...drive,
      sriov: { totalVfs: 4, numVfs: 4 },
      functions: enabled,
    });
    for (const command of [virtMgmt(8, 2, 0, 4), virtMgmt(8, 2, 1, 4), virtMgmt(9, 2)])
      expect(status(world.controller(65), command)).toBe(0);
  });
});

describe('whatever was recorded', () => {
  const entry = fc.record({
    ...{ scid: fc.integer({ min: 0, max: 70 }), vfn: fc.integer({ min: 0, max: 12 }) },
    scs: fc.constantFrom(0, 1),
    ...{ nvq: fc.integer({ min: 0, max: 40 }), nvi: fc.integer({ min: 0, max: 40 }) },
    pcid: fc.constantFrom(0, 65),
  });
  const any = fc.record({
    cntlid: fc.constantFrom(0, 1, 65, 0xfff0),
    oacs: fc.integer({ min: 0, max: 0xffff }),
    tnvmcap: fc.constantFrom(0, 1_600_321_314_816),
    secondaries: fc.option(fc.array(entry, { maxLength: 12 }), { nil: undefined }),
    capabilities: fc.option(
      fc.record({
        ...{ crt: fc.integer({ min: 0, max: 3 }), vqfrt: fc.integer({ min: 0, max: 64 }) },
        ...{ vqrfa: fc.integer({ min: 0, max: 64 }), vqrfap: fc.integer({ min: 0, max: 64 }) },
        vqfrsm: fc.integer({ min: 0, max: 64 }),
      }),
      { nil: undefined },
    ),
    totalVfs: fc.integer({ min: 0, max: 12 }),
    numVfs: fc.integer({ min: 0, max: 12 }),
    ...{ offset: fc.integer({ min: 0, max: 300 }), stride: fc.integer({ min: 0, max: 60_000 }) },
    identified: fc.boolean(),
  });

  it('has a twin with every primary controller, which is a fleet that can be stored and read again', async () => {
    let built = 0;
    const runs = numRuns(25, 500);
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 3 }), async (drives) => {
        const given = drives.map(
          (one, index): DriveInput => ({
            ...{ address: `0000:86:0${index}.0`, instance: index, cntlid: one.cntlid + index },
            identify: one.identified ? { oacs: one.oacs, tnvmcap: one.tnvmcap } : null,
            ...(one.secondaries === undefined ? {} : { secondaries: one.secondaries }),
            ...(one.capabilities === undefined
              ? {}
              : { capabilities: { ...usualCapabilities, ...one.capabilities } }),
            sriov: { ...one },
          }),
        );
        const { world, file } = await openDriveTwin(...given);
        const exported = JSON.parse(JSON.stringify(world.fleet.exportState()));
        expect(() => createWorld(exported)).not.toThrow();
        const controllers = file.subsystems.flatMap((subsystem) => subsystem.controllers);
        // Only where two claim one identifier, or one that none can have, the later one is left out.
        const ids = given.map(({ cntlid }) => cntlid);
        const right = new Set(ids.filter((id) => id <= 0xffef));
        expect(new Set(controllers.map(({ cntlid }) => cntlid))).toEqual(right);
        built += 1;
      }),
      { numRuns: runs },
    );
    expect(built).toBeGreaterThanOrEqual(runs);
  });
});
