import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { type Capture, openCapture } from '../capture/capture.ts';
import { createCaptureConnection } from '../capture/capture-connection.ts';
import {
  type FromJson,
  identifyControllerFromJson,
  primaryCapabilitiesFromJson,
  secondaryListFromJson,
} from '../capture/recorded-structures.ts';
import { SnapshotFiles } from '../capture/snapshot-files.ts';
import { memoryStorage } from '../capture/storage/memory-storage.ts';
import { openOutputs, recogniseTexts } from './open-outputs.ts';

const e2e = path.join(import.meta.dirname, '../../../../e2e');
const captures = path.join(e2e, 'captures');

async function fleetOf(capture: Capture) {
  const source = {
    ...{ kind: 'capture' as const, name: '', label: '', simulated: false, readOnly: '', seed: null },
  };
  return (await discoverFleet([createCaptureConnection(capture)], source)).fleet;
}

/** What is put together of texts, each with its file name. */
async function opened(texts: Readonly<Record<string, string>>) {
  const given = Object.entries(texts).map(([file, text]) => ({ file, text }));
  const host = await openOutputs(await recogniseTexts(given), 'pasted text');
  if (!host.ok) throw new Error(host.error.message);
  return { ...host.value, fleet: await fleetOf(host.value.capture) };
}

describe('the text of an output says what its JSON says', () => {
  const converters: readonly (readonly [string, FromJson])[] = [
    ['id-ctrl', identifyControllerFromJson],
    ['list-secondary', secondaryListFromJson],
    ['primary-ctrl-caps', primaryCapabilitiesFromJson],
  ];

  it.each(converters)('%s, of every controller that was recorded', async (name, convert) => {
    let compared = 0;
    for (const entry of await readdir(captures, { recursive: true })) {
      if (!entry.endsWith(`/${name}.txt`)) continue;
      const text = await readFile(path.join(captures, entry), 'utf8');
      const json = await readFile(path.join(captures, entry.replace(/txt$/, 'json')), 'utf8');
      if (json.trim() === '') continue;
      const [recognised] = await recogniseTexts([{ file: entry, text }]);
      const [fact] = recognised?.findings[0]?.facts ?? [];
      const files = new SnapshotFiles(memoryStorage(new Map()));
      const bytes = (value: unknown) => atOnce(convert(files, entry, value));
      expect(fact?.kind === 'structure' && bytes(fact.value), entry).toEqual(bytes(JSON.parse(json)));
      expect(files.problems).toEqual([]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

describe('outputs of one host together', () => {
  const forum = () => readFile(path.join(e2e, 'outputs/nvme-cli/forum-post.txt'), 'utf8');

  it('a post: what it says is shown, a refusal is not a gap, and the rest is not recorded', async () => {
    const { capture, fleet } = await opened({ '': await forum() });
    expect(capture.name).toBe('hv-a');
    const [primary, secondary] = Object.values(fleet.controllers);
    expect(primary).toMatchObject({
      ...{ role: 'primary', deviceName: 'nvme2', cntlid: 65, driver: 'nvme' },
      identity: { serialNumber: 'EXA0001', modelNumber: 'EXAMPLE 1T' },
      notRecorded: [{ fact: 'sriov', tellBy: expect.stringContaining('lspci') }],
    });
    expect(secondary).toMatchObject({ role: 'secondary', cntlid: 1, vfn: 1, online: false });
    const commands = capture.problems.flatMap(({ tellBy }) => tellBy ?? []);
    expect(commands).toContain('nvme list-ns /dev/nvme2 -o json');
    expect(commands).toContain('nvme id-ns /dev/nvme2 -n 1 -o json');
    // It was asked for, and the device refused it.
    expect(commands.join()).not.toContain('primary-ctrl-caps');
  });

  it('a list alone shows who is there and names what would tell the rest', async () => {
    const text = await readFile(path.join(e2e, 'outputs/nvme-cli/list-2.7.json'), 'utf8');
    const { fleet, capture } = await opened({ 'list.json': text });
    expect(Object.values(fleet.controllers)).toMatchObject([
      {
        ...{ role: 'plain', deviceName: 'nvme0', identity: null },
        kernelIdentity: { serialNumber: 'EXA0001', modelNumber: 'EXAMPLE 1T', firmwareRevision: 'EX1.0' },
        notRecorded: [
          { fact: 'cntlid', tellBy: 'nvme id-ctrl /dev/nvme0 -o json' },
          { fact: 'sriov', tellBy: expect.stringContaining('lspci') },
        ],
      },
    ]);
    expect(Object.values(fleet.namespaces)).toMatchObject([{ nsid: 1, sizeBytes: '1000204886016' }]);
    for (const { message, tellBy } of capture.problems) expect(tellBy, message).toBeTruthy();
  });

  it('the texts of a snapshot give the controllers of the snapshot', async () => {
    const folder = path.join(captures, '02-sriov-4vf/02-two-online');
    const texts: Record<string, string> = {};
    for (const entry of await readdir(folder, { recursive: true }))
      if (/(?:^|\/)(?:nvme-list-subsys|id-ctrl|list-secondary|primary-ctrl-caps)\.txt$/.test(entry))
        texts[entry] = await readFile(path.join(folder, entry), 'utf8');
    expect(Object.keys(texts).length).toBeGreaterThan(8);
    const capture = await openCapture(path.dirname(folder), '02-two-online');
    if (!capture.ok) throw new Error(capture.error.message);
    const whole = Object.values((await fleetOf(capture.value)).controllers);
    const { fleet } = await opened(texts);
    const found = Object.values(fleet.controllers);
    const words = (list: typeof whole) =>
      list
        .filter(({ role }) => role !== 'plain')
        .map((one) => ({
          ...{ role: one.role, cntlid: one.cntlid, capabilities: one.role === 'primary' && one.capabilities },
          ...(one.role === 'secondary'
            ? { vfn: one.vfn, online: one.online, nvq: one.nvq, nvi: one.nvi }
            : {}),
          ...(one.role === 'primary' ? { vq: one.vq, vi: one.vi, identity: one.identity } : {}),
        }));
    expect(words(found)).toEqual(words(whole));
    expect(words(found)).toHaveLength(5);
  });

  it('finds the device of an output by serial number and CNTLID, or says that it cannot', async () => {
    const list = `Node          SN       Model      Namespace Usage                     Format         FW Rev
------------- -------- ---------- --------- ------------------------- -------------- ------
/dev/nvme4n1  EXA0001  EXAMPLE 1T 1         1.00  TB /   1.00  TB     512   B +  0 B EX1.0
/dev/nvme7n1  EXA0002  EXAMPLE 1T 1         1.00  TB /   1.00  TB     512   B +  0 B EX1.0
`;
    const text = (name: string) => readFile(path.join(e2e, 'outputs/nvme-cli', name), 'utf8');
    const [identify, secondaries, namespaces] = await Promise.all(
      ['id-ctrl.txt', 'list-secondary-2.x.txt', 'list-ns.txt'].map(text),
    );
    const { gathered } = await opened({ a: secondaries!, b: namespaces!, c: list, d: identify! });
    const files = [...gathered.files.keys()];
    expect(files).toContain('recorded/nvme4/id-ctrl.json');
    expect(files).toContain('recorded/nvme4/list-secondary.json');
    expect(files.join()).not.toContain('list-ns.json');
    expect(gathered.notes).toEqual([
      expect.objectContaining({
        source: 'b',
        message: expect.stringContaining('does not say which controller'),
      }),
    ]);
    const alone = await opened({ d: identify! });
    expect(alone.gathered.notes).toEqual([
      expect.objectContaining({ message: expect.stringContaining('called nvme0 here') }),
    ]);
  });

  it('of two hosts are not mixed in silence', async () => {
    const subsystem = (serial: string, address: string) =>
      JSON.stringify({
        Devices: [
          {
            HostNQN: 'nqn.a',
            Subsystems: [
              {
                Subsystem: 'nvme-subsys0',
                SubsystemNQN: 'nqn.b',
                Controllers: [
                  { Controller: 'nvme0', Transport: 'pcie', Address: address, SerialNumber: serial },
                ],
              },
            ],
          },
        ],
      });
    const { gathered } = await opened({
      a: subsystem('A', '0000:01:00.0'),
      b: subsystem('B', '0000:02:00.0'),
    });
    expect(gathered.notes).toEqual([
      expect.objectContaining({
        source: 'b',
        message: expect.stringContaining('another address and serial'),
      }),
    ]);
  });

  it('what shows no controller says what it is and what to add', async () => {
    const refused = await openOutputs(
      await recogniseTexts([{ file: 'a.txt', text: 'Linux hv-a 6.1.0-1 #1 SMP' }]),
      'a.txt',
    );
    expect(refused).toMatchObject({
      ok: false,
      error: {
        message: expect.stringContaining('output of uname -a'),
        fix: expect.stringContaining('nvme list-subsys'),
      },
    });
    const prose = await openOutputs(await recogniseTexts([{ file: 'a', text: 'Hello' }]), 'a');
    expect(prose).toMatchObject({ ok: false, error: { fix: expect.stringContaining('nvme list -v') } });
  });
});

it('a capture folder whose outputs are texts is read as one with JSON', async () => {
  const place = await mkdtemp(path.join(tmpdir(), 'berth-texts-'));
  onTestFinished(() => rm(place, { recursive: true }));
  await cp(path.join(captures, '02-sriov-4vf/02-two-online'), path.join(place, '00'), {
    recursive: true,
    filter: (file) => !/(?:id-ctrl|list-secondary|primary-ctrl-caps)\.json$|\.bin$|\/new$/.test(file),
  });
  const capture = await openCapture(place);
  if (!capture.ok) throw new Error(capture.error.message);
  const primary = Object.values((await fleetOf(capture.value)).controllers).find(
    ({ role }) => role === 'primary',
  );
  expect(primary).toMatchObject({ identity: { serialNumber: 'SRIOV0001' }, vq: { total: 16 } });
  expect(capture.value.problems.map(({ source }) => source)).not.toContain('00/nvme0/id-ctrl.json');
});
