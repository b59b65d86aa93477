import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { findTextProblems, parseFleetFile } from '#shared/fleet-file/parse.ts';
import { encodeGranuleRuns } from '#shared/fleet-file/tracking/granule-runs.ts';
import type { RequestChannel } from '#shared/ipc/channels.ts';
import { fail } from '#shared/result.ts';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { openConnections } from '../../command-line/open-source.ts';
import { createVirtualClock } from '../console/virtual-clock.ts';
import type { Handlers } from '../handlers/handler.ts';
import { openCapture } from '../hosts/capture/capture.ts';
import { secondaryListFromJson } from '../hosts/capture/recorded-structures.ts';
import { SnapshotFiles } from '../hosts/capture/snapshot-files.ts';
import { folderStorage } from '../hosts/capture/storage/capture-storage.ts';
import { rack } from '../hosts/simulated/built-in/rack.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { buildSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import { createRouter } from '../router.ts';
import { openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { createTestLog } from '../test-support/test-clock.ts';

const captures = path.resolve(import.meta.dirname, '../../../e2e/captures');
const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(path.join(tmpdir(), 'berth-hostile-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

const wholeMemory = { from: 0, count: 2 ** 41 };

type Loose = Record<string, unknown> & {
  hosts: Record<string, unknown>[];
  subsystems: (Record<string, unknown> & { controllers: unknown[]; namespaces: unknown[] })[];
};
const fleetFile = (): Loose => JSON.parse(JSON.stringify(twoHosts.build()));

const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);

const router = () => {
  // Whatever passes the door is answered with everything that it said.
  const echo = new Proxy({} as Handlers<RequestChannel>, {
    get: (_, channel) => async (request: unknown) =>
      fail('not-found', JSON.stringify(request), { object: String(channel) }),
  });
  return createRouter(echo, createTestLog());
};

describe('a source that is no file or folder, or has such inside', () => {
  it.runIf(process.platform === 'linux')('is refused by name, and everything else goes on', async () => {
    const place = folder();
    const pipe = path.join(place, 'fleet.json');
    execFileSync('mkfifo', [pipe]);
    const lab = await openSimulatedBackend();
    for (const file of [pipe, '/dev/zero']) {
      const refused = await Promise.all(
        Array.from({ length: 8 }, () => lab.refusal('fleet:open', { kind: 'path', path: file })),
      );
      expect(
        refused.map(({ code }) => code).every((code) => code === 'invalid-file' || code === 'busy'),
      ).toBe(true);
      expect(refused[0]).toMatchObject({ code: 'invalid-file', object: file, fix: 'Choose a regular file.' });
      const onCommandLine = await openConnections({ sources: [file], snapshot: undefined });
      expect(onCommandLine).toMatchObject({ ok: false, error: { code: 'invalid-file', object: file } });
    }
    const capture = path.join(place, 'capture');
    cpSync(path.join(captures, '02-sriov-4vf'), capture, { recursive: true });
    const dump = path.join(capture, '00-boot', 'sysfs-pci.tsv');
    rmSync(dump);
    execFileSync('mkfifo', [dump]);
    const uname = path.join(capture, 'versions', 'uname.txt');
    rmSync(uname);
    symlinkSync('/dev/zero', uname);
    const { problems } = await lab.ask('fleet:open', { kind: 'path', path: capture });
    expect(problems.map(({ source }) => source)).toEqual(
      expect.arrayContaining(['00-boot/sysfs-pci.tsv', 'versions/uname.txt']),
    );
    expect((await lab.fleet()).source.name).toBe('capture');
  });
});

describe('what is too large', () => {
  const tooLarge: readonly (readonly [string, (file: Loose) => void, RegExp])[] = [
    [
      '30,000 virtual functions from a few numbers',
      (file) => {
        const [primary] = file.subsystems[1]?.controllers ?? [];
        Object.assign((primary as { sriov: object }).sriov, { totalVfs: 30_000 });
      },
      /^subsystems\[1\]\.controllers\[0\]\.sriov\.totalVfs$/,
    ],
    [
      '60,000 functions to provision in 20 controllers',
      (file) => {
        const subsystem = file.subsystems[1];
        const [primary] = subsystem?.controllers ?? [];
        if (subsystem === undefined) return;
        subsystem.controllers = Array.from({ length: 20 }, () => ({
          ...(primary as object),
          provisioned: { maximum: 4096, firstCntlid: 1 },
        }));
      },
      /^subsystems\[1\]\.controllers\[\d+\]\.provisioned\.maximum$/,
    ],
    [
      '20,000 namespaces',
      (file) => {
        const [subsystem] = file.subsystems;
        if (subsystem !== undefined)
          subsystem.namespaces = Array.from({ length: 20_000 }, (_, index) => ({
            nsid: index + 1,
            blocks: 1,
          }));
      },
      /^subsystems\[0\]\.namespaces$/,
    ],
    [
      '2,000 namespaces in one NVM subsystem',
      (file) => {
        const [subsystem] = file.subsystems;
        if (subsystem !== undefined)
          subsystem.namespaces = Array.from({ length: 2000 }, (_, index) => ({ nsid: index + 1, blocks: 1 }));
      },
      /^subsystems\[0\]\.namespaces$/,
    ],
    [
      '100,000 devices of a virtual machine',
      (file) => {
        const [host] = file.hosts;
        if (host !== undefined)
          host.virtualMachines = [
            { name: 'a', vcpus: 1, memoryBytes: 1, devices: new Array(100_000).fill('0000:41:00.1') },
          ];
      },
      /^hosts\[0\]\.virtualMachines\[0\]\.devices$/,
    ],
    ['a name of 10 MB', (file) => Object.assign(file, { name: megabytes(10) }), /^name$/],
    ['a title of 5 MB', (file) => Object.assign(file, { title: megabytes(5) }), /^title$/],
    ['a format of 10 MB', (file) => Object.assign(file, { format: megabytes(10) }), /^format$/],
    ['a version of 10 MB', (file) => Object.assign(file, { version: megabytes(10) }), /^version$/],
    ['an unknown key of 10 MB', (file) => Object.assign(file, { [megabytes(10)]: 1 }), /^the whole file$/],
    [
      'a host of 5 MB that no controller has',
      (file) => Object.assign(file.subsystems[0]?.controllers[0] as object, { host: megabytes(5) }),
      /host$/,
    ],
    [
      '10,000 wrong fields',
      (file) =>
        Object.assign(file.hosts[0] as object, {
          virtualMachines: new Array(10_000).fill({ [megabytes(0.0001)]: 1 }),
        }),
      /virtualMachines\[0\]/,
    ],
    [
      // A few bytes say that four billion gigabytes were written to.
      'a log of 2^41 pages',
      (file) =>
        Object.assign(file.hosts[0] as object, {
          virtualMachines: [
            { name: 'a', vcpus: 1, memoryBytes: 2 ** 53 - 1, dirtyLog: encodeGranuleRuns([wholeMemory]) },
          ],
        }),
      /^hosts\[0\]\.virtualMachines\[0\]\.dirtyLog$/,
    ],
    [
      '16 million queue pairs of 4,000 plain drives',
      (file) => {
        Object.assign(file.hosts[0] as object, { processors: 8192 });
        const plain = file.subsystems.flatMap(({ controllers }) => controllers as Loose[]);
        const drive = plain.find(({ role }) => role === 'plain');
        const [subsystem] = file.subsystems;
        if (subsystem !== undefined)
          subsystem.controllers = Array.from({ length: 4000 }, () => ({
            ...drive,
            ...{ host: file.hosts[0]?.name, queuePairs: 65_535, interruptVectors: 65_535 },
          }));
      },
      /^subsystems\[0\]\.controllers\[\d+\]\.queuePairs$/,
    ],
    [
      'eight gigabytes of Controller Data Queues',
      (file) => {
        const dataQueues = Array.from({ length: 16 }, (_, index) => ({
          ...{ identifier: index + 1, cntlid: index + 1, slots: 2 ** 24, ranges: 1, address: '0x0' },
        }));
        Object.assign(file.subsystems[1]?.controllers[0] as object, {
          tracking: { dataQueues, memoryTrackers: [] },
        });
      },
      /^subsystems\[1\]\.controllers\[0\]\.tracking\.dataQueues\[2\]\.slots$/,
    ],
  ];
  for (const [what, spoil, field] of tooLarge)
    it(`in a fleet file: ${what}, is named with field and fix, and never echoed`, () => {
      const file = fleetFile();
      spoil(file);
      const text = JSON.stringify(file);
      const parsed = fleetFileOf(text, 'bad.json');
      if (parsed.ok) throw new Error('It was taken');
      expect(parsed.error.field).toMatch(field);
      expect(parsed.error.object).toBe('bad.json');
      expect(parsed.error.fix).toBeTruthy();
      expect(JSON.stringify(parsed.error).length).toBeLessThan(150_000);
      expect(JSON.stringify(parsed.error)).not.toContain('x'.repeat(700));
    });

  it('of a hundred thousand wrong fields as many are told as help, and the rest is not looked at', () => {
    const file = fleetFile();
    const controllers = new Array(10_000).fill({ role: 'primary' });
    file.subsystems = Array.from({ length: 10 }, () => ({ nqn: 'a', controllers, namespaces: [] }));
    const text = JSON.stringify(file);
    const parsed = fleetFileOf(text, 'bad.json');
    if (parsed.ok) throw new Error('It was taken');
    expect(parsed.error.message).toContain('(and at least 999 more)');
    expect(parsed.error.details).toHaveLength(200);
    expect(parsed.error.details?.at(-1)).toContain('There are at least 801 more problems');
    const problems = atOnce(findTextProblems(text));
    expect(problems).toHaveLength(200);
    expect(problems.at(-1)?.message).toBe('There are at least 801 more problems');
    // So is what the rules say, which look at a file that is right field by field.
    const devices = new Array(10_000).fill('0000:41:00.0');
    Object.assign(file, {
      hosts: [{ name: 'a', virtualMachines: [{ name: 'a', vcpus: 1, memoryBytes: 1, devices }] }],
      subsystems: [],
    });
    expect(fleetFileOf(file, 'bad.json')).toMatchObject({
      error: {
        field: 'hosts[0].virtualMachines[0].devices[0]',
        message: expect.stringContaining('(and at least 999 more)'),
      },
    });
  });

  it('a large fleet file is read, checked and built in pieces', () => {
    const text = JSON.stringify(rack.build());
    const read = countPieces(parseFleetFile(text, 'rack.json'));
    if (!read.result.ok) throw new Error(read.result.error.message);
    const built = countPieces(
      buildSimulatedFleet(read.result.value, { clock: createVirtualClock(0), trace: (queue) => queue }),
    );
    expect(built.result.ok).toBe(true);
    // Some 10,000 controllers in some 30,000 values.
    expect(read.pieces).toBeGreaterThan(30);
    expect(built.pieces).toBeGreaterThan(30);
  });

  it('the fleets that come with Berth stand for less', async () => {
    const lab = await openSimulatedBackend();
    for (const { name } of (await lab.ask('fleet:sources', {})).builtIn)
      expect((await lab.ask('fleet-file:template', { kind: 'built-in', name })).text).not.toBe('');
    const { text } = await lab.ask('fleet-file:template', { kind: 'built-in', name: 'rack' });
    expect((await lab.ask('fleet-file:check', { text })).problems).toEqual([]);
  }, 30_000);

  it('in a request: 100,000 devices, texts of 10 MB, deep and wide ones are refused at the door, and no answer echoes them', async () => {
    const route = router();
    const device = { sourceId: 'a', destinationId: 'b', namespaces: [] };
    const options = { releaseSource: true, detachSourceNamespaces: true, downtimeBudgetMilliseconds: 1 };
    const check = (devices: unknown, more: object = {}) => ({
      request: {
        ...{ virtualMachineId: 'v', destinationHostId: 'h', options, acknowledged: [], devices },
        ...more,
      },
    });
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    const hostile: readonly (readonly [string, unknown, string])[] = [
      ['migration:check', check(new Array(100_000).fill(device)), 'request.devices'],
      ['migration:check', check(new Array(200).fill(device)), 'request.devices'],
      ['migration:check', check([], { acknowledged: new Array(20_000).fill('x') }), 'request.acknowledged'],
      ['migration:check', check([device], { virtualMachineId: megabytes(10) }), 'request.virtualMachineId'],
      ['history:get', { runId: megabytes(10) }, 'runId'],
      ['draft:save', { draft: { nqn: megabytes(10) } }, 'draft.nqn'],
      ['settings:set', { theme: megabytes(10) }, 'theme'],
      ['settings:set', { [megabytes(10)]: 1 }, 'request'],
      ['settings:set', deep, 'deep'],
      [
        'procedure:plan',
        { intent: { kind: 'assign', secondaryIds: new Array(1_000_000).fill('x') } },
        'intent.secondaryIds',
      ],
      ['fleet-file:check', { text: megabytes(33) }, 'text'],
    ];
    for (const [channel, request, field] of hostile) {
      const answer = await route(channel, request);
      if (answer.ok) throw new Error(`${channel} was answered`);
      expect([channel, answer.error.code]).toEqual([channel, 'invalid-request']);
      expect(answer.error.field).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')}`));
      expect(answer.error.fix).toBeTruthy();
      expect(JSON.stringify(answer).length).toBeLessThan(5000);
    }
    // What passes the door because it is as long as it may be does not come back as it was, whatever a handler says.
    const echoed = await route('fleet:capture-snapshots', { path: 'x'.repeat(4096) });
    expect(JSON.stringify(echoed).length).toBeLessThan(2000);
    const unknown = await route(megabytes(10), {});
    expect(JSON.stringify(unknown).length).toBeLessThan(500);
  });

  it('in a capture: texts of 10 MB and thousands of broken files are told, and the fleet stays small', async () => {
    const capture = path.join(folder(), 'capture');
    cpSync(path.join(captures, '02-sriov-4vf'), capture, { recursive: true });
    const list = { Devices: [{ DevicePath: '/dev/nvme0n1', SerialNumber: megabytes(10), ModelNumber: 'm' }] };
    writeFileSync(path.join(capture, '00-boot', 'nvme-list.json'), JSON.stringify(list));
    const dump = path.join(capture, '00-boot', 'sysfs-nvme.tsv');
    writeFileSync(
      dump,
      `/sys/class/nvme/nvme0/serial\t${megabytes(10)}\n/sys/class/nvme/nvme0/address\t${megabytes(1)}\n`,
    );
    const lab = await openSimulatedBackend();
    const opened = await lab.ask('fleet:open', { kind: 'path', path: capture });
    expect(opened.problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(opened).length).toBeLessThan(100_000);
    expect((await lab.ask('fleet:snapshot', {})).json.length).toBeLessThan(1_000_000);
  });

  it('in a capture: functions that say they have four billion others are read up to a bound', async () => {
    const capture = path.join(folder(), 'capture');
    cpSync(path.join(captures, '02-sriov-4vf'), capture, { recursive: true });
    const at = '/sys/bus/pci/devices/0000:00:00.0';
    writeFileSync(
      path.join(capture, '00-boot', 'sysfs-pci.tsv'),
      `${at}/class\t0x010802\n${at}/sriov_totalvfs\t4294967295\n${at}/sriov_numvfs\t4294967295\n`,
    );
    const opened = await openCapture(capture);
    if (!opened.ok) throw new Error(opened.error.message);
    const { controllers, problems } = opened.value;
    expect(controllers.filter((known) => known.function !== null)).toHaveLength(20_000);
    expect(problems).toContainEqual(
      expect.objectContaining({ message: 'There are more than 20000 NVMe functions; the rest is left out' }),
    );
  });

  it('in a capture: 60,000 wrong entries are checked in pieces, and 500 problems told', async () => {
    const files = new SnapshotFiles(folderStorage(captures));
    const list = { 'secondary-controllers': new Array(60_000).fill({}) };
    const { result, pieces } = countPieces(secondaryListFromJson(files, 'list-secondary.json', list));
    expect(result).toHaveLength(4096);
    expect(pieces).toBeGreaterThan(500);
    expect(files.problems).toHaveLength(501);
  });

  it('the largest check that is possible is answered with less than 1 MB', async () => {
    const lab = await openSimulatedBackend();
    const devices = Array.from({ length: 64 }, (_, index) => ({
      ...{ sourceId: `${index}`.padEnd(512, 'a'), destinationId: `${index}`.padEnd(512, 'b') },
      namespaces: Array.from({ length: 256 }, (_entry, nsid) => ({
        source: nsid + 1,
        destination: nsid + 1,
      })),
    }));
    const request = {
      ...{ virtualMachineId: 'hv-a:db-primary', destinationHostId: 'hv-b', devices, acknowledged: [] },
      options: { releaseSource: true, detachSourceNamespaces: true, downtimeBudgetMilliseconds: 1 },
    };
    const answer = await lab.ask('migration:check', { request });
    expect(answer.compatibility.checks.length).toBeGreaterThan(0);
    expect(JSON.stringify(answer).length).toBeLessThan(1_000_000);
  });
});
