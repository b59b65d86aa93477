import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { type Capture, listSnapshots, openCapture } from './capture.ts';
import { createCaptureConnection } from './capture-connection.ts';

const captures = path.join(import.meta.dirname, '../../../../e2e/captures');
const sriov = path.join(captures, '02-sriov-4vf');

async function open(folder: string, snapshot?: string): Promise<Capture> {
  const opened = await openCapture(folder, snapshot);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

async function controllersOf(capture: Capture) {
  const source = {
    kind: 'capture' as const,
    name: capture.name,
    label: capture.name,
    simulated: false,
    readOnly: 'recording',
    seed: null,
  };
  const { fleet } = await discoverFleet([createCaptureConnection(capture)], source);
  return Object.values(fleet.controllers);
}

describe('a capture', () => {
  it('lists its snapshots in order and opens the first one by default', async () => {
    const capture = await open(sriov);
    expect(capture.snapshots).toEqual([
      '00-boot',
      '01-vfs-enabled-offline',
      '02-two-online',
      '03-offline-again',
      '04-vfs-off',
    ]);
    expect(capture.snapshot).toBe('00-boot');
    expect(capture.kernel).toBe('6.1.0-56-amd64');
  });

  it('lists its snapshots by name alone, whatever is in their files, and refuses what holds none', async () => {
    const place = await mkdtemp(path.join(tmpdir(), 'berth-capture-'));
    onTestFinished(() => rm(place, { recursive: true }));
    const copy = path.join(place, 'capture');
    await cp(sriov, copy, { recursive: true });
    const whole = await listSnapshots(copy);
    expect(whole).toEqual({ ok: true, value: { snapshots: (await open(sriov)).snapshots, problems: [] } });
    for (const file of ['nvme0/id-ctrl.bin', 'nvme-list.json', 'sysfs-pci.tsv'])
      await truncate(path.join(copy, '00-boot', file), 7);
    expect(await listSnapshots(copy)).toEqual(whole);
    expect((await open(copy)).problems).not.toEqual([]);
    const empty = path.join(place, 'empty');
    await cp(path.join(sriov, '00-boot/nvme0'), empty, { recursive: true });
    expect(await listSnapshots(empty)).toMatchObject({ ok: false, error: { code: 'invalid-file' } });
    expect(await listSnapshots(path.join(place, 'none'))).toMatchObject({ error: { code: 'not-found' } });
  });

  // State (online), NVQ, NVI, driver and device of VF 1 to 4 as list-secondary and sysfs recorded them.
  it.each([
    ['00-boot', 0, ['0 0 0 - -', '0 0 0 - -', '0 0 0 - -', '0 0 0 - -']],
    ['01-vfs-enabled-offline', 4, ['0 0 0 - -', '0 0 0 - -', '0 0 0 - -', '0 0 0 - -']],
    ['02-two-online', 4, ['1 2 1 nvme nvme2', '1 4 2 nvme nvme3', '0 2 0 - -', '0 1 1 - -']],
    ['03-offline-again', 4, ['0 0 0 - -', '0 0 0 - -', '0 2 0 - -', '0 1 1 - -']],
    ['04-vfs-off', 0, ['0 0 0 - -', '0 0 0 - -', '0 0 0 - -', '0 0 0 - -']],
  ])('shows the five controllers of the drive as they were in %s', async (snapshot, numVfs, states) => {
    const controllers = await controllersOf(await open(sriov, snapshot));
    const primary = controllers.find((known) => known.role === 'primary');
    const secondaries = controllers.filter((known) => known.role === 'secondary');
    expect(primary).toMatchObject({ cntlid: 0, deviceName: 'nvme0', numVfs, totalVfs: 4 });
    expect(primary?.identity?.serialNumber).toBe('SRIOV0001');
    expect(
      secondaries.map(({ online, nvq, nvi, driver, deviceName }) =>
        [Number(online), nvq, nvi, driver ?? '-', deviceName ?? '-'].join(' '),
      ),
    ).toEqual(states);
    expect(controllers.filter((known) => known.role === 'plain')).toMatchObject([{ cntlid: 0 }]);
  });

  it('opens from the folder of one snapshot alone, as the same controllers', async () => {
    const alone = await open(path.join(sriov, '02-two-online'));
    expect([alone.name, alone.snapshots, alone.kernel]).toEqual(['02-two-online', ['02-two-online'], '']);
    const whole = await open(sriov, '02-two-online');
    const expected = JSON.stringify(await controllersOf(whole)).replaceAll('02-sriov-4vf', '02-two-online');
    expect(JSON.stringify(await controllersOf(alone))).toBe(expected);
    expect(await listSnapshots(path.join(sriov, '02-two-online'))).toMatchObject({
      value: { snapshots: ['02-two-online'] },
    });
  });

  it('tells what its recorder could not record, with the reason instead of the absence', async () => {
    const place = await mkdtemp(path.join(tmpdir(), 'berth-capture-'));
    onTestFinished(() => rm(place, { recursive: true }));
    await cp(sriov, place, { recursive: true });
    const file = '00-boot/nvme0/list-ns.json';
    await rm(path.join(place, file));
    await writeFile(
      path.join(place, 'missing.tsv'),
      `kind\tabout\twhat\tfix\nmissing\t${file}\tit hung\tTry again\nnote\tVF 1\tis off\t\nmissing\n`,
    );
    const { problems } = await open(place);
    expect(problems.filter(({ source }) => source !== '00-boot')).toEqual([
      { source: file, message: 'it hung', fix: 'Try again' },
    ]);
  });

  it('answers Identify with the recorded bytes and refuses to change anything', async () => {
    const connection = createCaptureConnection(await open(sriov, '02-two-online'));
    const queue = connection.adminQueue('0000:01:00.1');
    if (!queue.ok) throw new Error(queue.error.message);
    const identify = adminCommand({ opcode: adminOpcodes.identify, cdw10: 1, readLength: 4096 });
    const answer = await queue.value.submit(identify);
    const recorded = await readFile(path.join(sriov, '02-two-online/nvme2/id-ctrl.bin'));
    expect(answer.ok && Buffer.from(answer.value.data ?? []).equals(recorded)).toBe(true);

    const change = adminCommand({ opcode: adminOpcodes.virtualizationManagement, cdw10: 0x10007 });
    expect(await queue.value.submit(change)).toMatchObject({ ok: false, error: { code: 'read-only' } });
    expect(await connection.pci.setVfCount('0000:01:00.0', 0)).toMatchObject({ ok: false });
    const described = await connection.describe();
    const capabilities = described.ok ? Object.values(described.value.capabilities) : [];
    expect(capabilities).toHaveLength(5);
    for (const capability of capabilities)
      expect(capability).toMatchObject({
        available: false,
        reason: expect.stringContaining('simulated twin'),
      });
  });

  it('passes recorded refusals on, More bit included', async () => {
    const connection = createCaptureConnection(await open(path.join(captures, '09-tcp')));
    const queue = connection.adminQueue('nvme1');
    if (!queue.ok) throw new Error(queue.error.message);
    const answer = await queue.value.submit(
      adminCommand({ opcode: adminOpcodes.identify, cdw10: 0x13, readLength: 4096 }),
    );
    expect(answer).toMatchObject({ ok: true, value: { sct: 0, sc: 2, more: true, dnr: true } });
  });
});

describe('a damaged capture', () => {
  let folder = '';

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'berth-capture-')), 'damaged');
    await cp(sriov, folder, {
      recursive: true,
      filter: (file) => !/0[134]-|actions/.test(path.basename(file)),
    });
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

  const nvme0 = (name: string) => path.join(folder, '02-two-online/nvme0', name);
  const problemsOf = async () => (await open(folder, '02-two-online')).problems;

  it('names a binary file of the wrong length and takes the JSON instead', async () => {
    await truncate(nvme0('id-ctrl.bin'), 1000);
    const capture = await open(folder, '02-two-online');
    expect(capture.problems).toContainEqual(
      expect.objectContaining({
        source: '02-two-online/nvme0/id-ctrl.bin',
        message: expect.stringContaining('4096'),
        fix: expect.any(String),
      }),
    );
    const primary = capture.controllers.find((known) => known.device?.name === 'nvme0');
    const answer = primary?.record?.identify;
    const decoded = answer?.kind === 'value' ? decodeIdentifyController(answer.value) : null;
    expect(decoded).toMatchObject({ ok: true, value: { sn: 'SRIOV0001           ', oacs: 266, cntlid: 0 } });
  });

  it('names the field that is missing or wrong in JSON and shows the rest', async () => {
    const file = nvme0('list-secondary.json');
    const list = JSON.parse(await readFile(file, 'utf8'));
    list['secondary-controllers'][2]['secondary-controller-state'] = 'on';
    delete list['secondary-controllers'][3]['num-virtual-queues'];
    await writeFile(file, JSON.stringify(list));
    await rm(nvme0('cns15.bin'));
    const capture = await open(folder, '02-two-online');
    const fields = capture.problems.filter(({ source }) => source.endsWith('list-secondary.json'));
    expect(fields.map(({ field }) => field)).toEqual([
      'secondary-controllers[2].secondary-controller-state',
      'secondary-controllers[3].num-virtual-queues',
    ]);
    const secondaries = (await controllersOf(capture)).filter((known) => known.role === 'secondary');
    expect(secondaries.map(({ cntlid }) => cntlid)).toEqual([1, 2]);
  });

  it('tells truncated JSON, an empty file and a missing file', async () => {
    await truncate(nvme0('ns1-id-ns.json'), 100);
    await truncate(nvme0('list-ns.json'), 0);
    await rm(nvme0('list-ctrl.json'));
    const problems = await problemsOf();
    const about = (name: string) => problems.find(({ source }) => source.endsWith(`nvme0/${name}`));
    expect(about('ns1-id-ns.json')?.message).toContain('JSON is not complete');
    expect(about('list-ns.json')).toMatchObject({ field: 'length', message: 'The file is empty' });
    expect(about('list-ctrl.json')).toMatchObject({
      message: expect.stringContaining('Not recorded'),
      fix: expect.stringContaining('nvme list-ctrl /dev/nvme0 -o json'),
    });
  });

  it('tells a truncated sysfs dump and computes the functions that it leaves out', async () => {
    const file = path.join(folder, '02-two-online/sysfs-pci.tsv');
    const text = await readFile(file, 'utf8');
    const end = text.indexOf('/sys/bus/pci/devices/0000:01:00.3/');
    await writeFile(file, `${text.slice(0, end)}/sys/bus/pci/devi`);
    const capture = await open(folder, '02-two-online');
    expect(capture.problems).toContainEqual(
      expect.objectContaining({
        source: '02-two-online/sysfs-pci.tsv',
        message: expect.stringContaining('TAB'),
      }),
    );
    expect(capture.controllers.map(({ address }) => address)).toContain('0000:01:00.4');
    expect((await controllersOf(capture)).filter((known) => known.role === 'secondary')).toHaveLength(4);
  });

  it('shows controllers and secondaries even without the sysfs dumps', async () => {
    for (const name of ['sysfs-pci.tsv', 'sysfs-nvme.tsv'])
      await rm(path.join(folder, '02-two-online', name));
    const controllers = await controllersOf(await open(folder, '02-two-online'));
    expect(controllers.find((known) => known.role === 'primary')?.identity?.serialNumber).toBe('SRIOV0001');
    expect(controllers.filter((known) => known.role === 'secondary').map((known) => known.online)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is refused when it holds no snapshot at all, or not the one that was asked for', async () => {
    const foreign = await mkdtemp(path.join(tmpdir(), 'berth-foreign-'));
    await writeFile(path.join(foreign, 'holiday.txt'), 'sun');
    expect(await openCapture(foreign)).toMatchObject({
      ok: false,
      error: { code: 'invalid-file', object: foreign },
    });
    await rm(foreign, { recursive: true });
    expect(await openCapture(foreign)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await openCapture(folder, '09-nope')).toMatchObject({
      ok: false,
      error: { field: 'snapshot', fix: expect.stringContaining('02-two-online') },
    });
  });
});
