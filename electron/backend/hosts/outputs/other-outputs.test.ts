import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { createCaptureConnection } from '../capture/capture-connection.ts';
import { openPlace } from '../capture/storage/open-storage.ts';
import { openOutputs, recogniseTexts } from './open-outputs.ts';
import { recogniseTree } from './output-folder.ts';
import { type RecognisedText, recogniseText } from './recognise-text.ts';

const e2e = path.join(import.meta.dirname, '../../../../e2e');
const other = path.join(e2e, 'outputs/other');
const read = (name: string) => readFile(path.join(other, name), 'utf8');

async function fleetOf(recognised: readonly RecognisedText[]) {
  const host = await openOutputs(recognised, 'outputs');
  if (!host.ok) throw new Error(host.error.message);
  const source = {
    ...{ kind: 'capture' as const, name: '', label: '', simulated: false, readOnly: '', seed: null },
  };
  const { fleet } = await discoverFleet([createCaptureConnection(host.value.capture)], source);
  return { ...host.value, fleet };
}

async function together(...names: string[]) {
  return fleetOf(
    await recogniseTexts(await Promise.all(names.map(async (file) => ({ file, text: await read(file) })))),
  );
}

describe('what they show', () => {
  it('lspci -vvv: drivers, SR-IOV, and virtual functions by offset and stride', async () => {
    const { fleet, capture } = await together('lspci-vvv.txt');
    expect(capture.controllers.map(({ function: one }) => one)).toMatchObject([
      { address: '0000:86:00.0', driver: 'nvme', iommuGroup: 33, sriov: { totalVfs: 32, numVfs: 2 } },
      { driver: 'vfio-pci', virtualFunction: { physicalFunction: '0000:86:00.0', vfn: 1 } },
      { driver: null, virtualFunction: { physicalFunction: '0000:86:00.0', vfn: 2 } },
    ]);
    const primary = Object.values(fleet.controllers).find(({ role }) => role === 'primary');
    expect(primary).toMatchObject({ totalVfs: 32, numVfs: 2, driver: 'nvme' });
    expect(primary?.notRecorded).toEqual([{ fact: 'cntlid', tellBy: 'nvme list -v -o json' }]);
  });

  it('lspci without root or without details does not say that there is no SR-IOV', async () => {
    for (const file of ['lspci-not-root.txt', 'lspci-nn-k.txt']) {
      const { fleet, capture } = await together(file);
      const [controller] = Object.values(fleet.controllers);
      expect(controller).toMatchObject({ role: 'plain', pciAddress: '0000:86:00.0', driver: 'nvme' });
      expect(controller?.notRecorded).toEqual([
        { fact: 'cntlid', tellBy: 'nvme list -v -o json' },
        { fact: 'sriov', tellBy: expect.stringContaining('lspci') },
      ]);
      expect(capture.controllers[0]?.function?.deviceId).toBe(0xa824);
    }
  });

  it('lspci says of a recorded host what its sysfs says', async () => {
    const folder = path.join(e2e, 'captures/02-sriov-4vf/02-two-online');
    const texts = await Promise.all(
      ['lspci-vvv.txt', 'nvme-list-subsys.txt'].map(async (file) => ({
        file,
        text: await readFile(path.join(folder, file), 'utf8'),
      })),
    );
    const { capture } = await fleetOf(await recogniseTexts(texts));
    const dump = await readFile(path.join(folder, 'sysfs-pci.tsv'), 'utf8');
    const [whole] = await recogniseTexts([{ file: 'sysfs-pci.tsv', text: dump }]);
    const recorded = await fleetOf(whole === undefined ? [] : [whole]);
    const facts = (host: typeof recorded) =>
      host.capture.controllers.map(({ address, function: one }) => ({
        ...{ address, driver: one?.driver, deviceId: one?.deviceId, sriov: one?.sriov },
        ...{ vfRouting: one?.vfRouting, virtualFunction: one?.virtualFunction },
      }));
    expect(facts({ ...recorded, capture })).toEqual(facts(recorded));
    expect(capture.controllers).toHaveLength(6);
  });

  it('a host of kernel log, smartctl, nodedev and a virtual machine', async () => {
    const { fleet, capture } = await together(
      ...['dmesg.txt', 'smartctl.json', 'nodedev-pf.xml', 'nodedev-vf.xml', 'domain.xml', 'journal.txt'],
    );
    expect(capture.name).toBe('hv-a');
    expect(Object.values(fleet.hosts)).toMatchObject([{ kernel: '6.8.0-45-generic' }]);
    const controllers = Object.values(fleet.controllers);
    expect(controllers.find(({ role }) => role === 'primary')).toMatchObject({
      ...{ deviceName: 'nvme0', pciAddress: '0000:86:00.0', cntlid: 65, totalVfs: 32, numVfs: 1 },
      kernelIdentity: { serialNumber: 'EXA0001' },
    });
    expect(Object.values(fleet.virtualMachines)).toMatchObject([
      { name: 'db-primary', vcpus: 4, memoryBytes: 8 * 2 ** 30, state: 'running' },
    ]);
    expect(Object.values(fleet.namespaces)).toMatchObject([{ nsid: 1, sizeBytes: '1000204886016' }]);
  });

  it('a drive by another name is the controller with its serial number, or gets a name', async () => {
    const alone = await together('smartctl-other-name.json');
    expect(Object.values(alone.fleet.controllers)).toMatchObject([{ deviceName: 'nvme0', cntlid: 65 }]);
    expect(alone.gathered.notes).toMatchObject([{ message: expect.stringContaining('called nvme0 here') }]);
    const { fleet, gathered } = await together('smartctl-other-name.json', 'smartctl.json');
    expect(Object.values(fleet.controllers)).toHaveLength(1);
    expect(gathered.notes).toEqual([]);
  });

  it('a virtual machine alone says what it is and what to add', async () => {
    const refused = await openOutputs(
      await recogniseTexts([{ file: 'domain.xml', text: await read('domain.xml') }]),
      'domain.xml',
    );
    expect(refused).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('virsh dumpxml') },
    });
  });
});

/** How the same is handed over. */
const places = ['a folder', 'an archive'] as const;

describe.each(places)('%s', (kind) => {
  /** A folder with these files and links, or an archive of them. */
  async function placeOf(
    files: Readonly<Record<string, string>>,
    links: Readonly<Record<string, string>> = {},
  ) {
    const folder = await mkdtemp(path.join(tmpdir(), 'berth-outputs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    for (const [file, target] of Object.entries(links)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await symlink(target, path.join(folder, file));
    }
    if (kind === 'a folder') return folder;
    const archive = path.join(folder, 'host.tar.gz');
    const tar = await packTar([
      ...Object.entries(links).map(([name, linkname]) => ({
        header: { name, linkname, type: 'symlink' as const, size: 0 },
      })),
      ...Object.entries(files).map(([name, body]) => ({
        header: { name, size: Buffer.byteLength(body) },
        body,
      })),
    ]);
    await writeFile(archive, gzipSync(tar));
    return archive;
  }
  async function recognised(place: string) {
    const opened = await openPlace(place);
    if (!opened.ok) throw new Error(opened.error.message);
    expect(opened.value.capture.ok).toBe(false);
    return recogniseTree(opened.value.tree);
  }
  const nvme = (name: string) => readFile(path.join(e2e, 'outputs/nvme-cli', name), 'utf8');

  it('a sos report: its names say the devices, its contents the rest; other logs are not read', async () => {
    const root = 'sosreport-hv-a-2026-01-01-abcdefg';
    const place = await placeOf({
      [`${root}/sos_commands/nvme/nvme_list-subsys`]: await nvme('list-subsys.txt'),
      [`${root}/sos_commands/nvme/nvme_id-ctrl_-H_.dev.nvme0`]: await nvme('id-ctrl-H.txt'),
      [`${root}/sos_commands/nvme/nvme_id-ns_-H_.dev.nvme0n2`]: await nvme('id-ns-H.txt'),
      [`${root}/sos_commands/nvme/nvme_list-ns_.dev.nvme0`]: await nvme('list-ns.txt'),
      [`${root}/sos_commands/pci/lspci_-nnvv`]: await read('lspci-vvv.txt'),
      [`${root}/var/log/messages`]: await read('journal.txt'),
    });
    const { texts, problems } = await recognised(place);
    expect(problems).toEqual([]);
    const { fleet, capture } = await fleetOf(texts);
    expect(capture.name).toBe('hv-a');
    expect(texts.flatMap(({ findings }) => findings.map(({ title }) => title)).sort()).toEqual([
      ...['lspci', 'nvme id-ctrl', 'nvme id-ns', 'nvme list-ns', 'nvme list-subsys', 'sos report'],
    ]);
    const primary = Object.values(fleet.controllers).find(({ role }) => role === 'primary');
    expect(primary).toMatchObject({ deviceName: 'nvme0', cntlid: 65, totalVfs: 32 });
    const commands = capture.problems.flatMap(({ tellBy }) => tellBy ?? []);
    expect(commands).toContain('nvme list-secondary /dev/nvme0 -o json');
    expect(commands).toContain('nvme primary-ctrl-caps /dev/nvme0 -o json');
  });

  it('a tree of sysfs, links included; a link out of it is not followed', async () => {
    const at = 'sys/devices/pci0000:80/0000:80:01.0/0000:86:00.0';
    const place = await placeOf(
      {
        [`${at}/class`]: '0x010802\n',
        [`${at}/device`]: '0xa824\n',
        [`${at}/sriov_totalvfs`]: '32\n',
        [`${at}/sriov_numvfs`]: '0\n',
        [`${at}/nvme/nvme0/address`]: '0000:86:00.0\n',
        [`${at}/nvme/nvme0/cntlid`]: '65\n',
        [`${at}/nvme/nvme0/serial`]: 'EXA0001             \n',
        [`${at}/nvme/nvme0/transport`]: 'pcie\n',
        [`${at}/nvme/nvme0/state`]: 'live\n',
      },
      {
        [`${at}/driver`]: '../../../../bus/pci/drivers/nvme',
        [`${at}/nvme/nvme0/model`]: '/etc/passwd',
        'sys/class/nvme/nvme0': '../../devices/pci0000:80/0000:80:01.0/0000:86:00.0/nvme/nvme0',
      },
    );
    const { fleet, gathered } = await fleetOf((await recognised(place)).texts);
    expect(Object.values(fleet.controllers)).toMatchObject([
      {
        ...{ role: 'primary', deviceName: 'nvme0', cntlid: 65, driver: 'nvme', totalVfs: 32, numVfs: 0 },
        kernelIdentity: { serialNumber: 'EXA0001' },
      },
    ]);
    expect([...gathered.files.values()].join()).not.toContain('root:');
  });

  it('attributes that tar padded to the size that sysfs gives them are read without the zeros', async () => {
    const at = 'sys/devices/pci0000:80/0000:80:01.0/0000:86:00.0';
    const padded = (value: string) => value.padEnd(4096, '\0');
    const place = await placeOf({
      [`${at}/class`]: padded('0x010802\n'),
      [`${at}/sriov_totalvfs`]: padded('32\n'),
      [`${at}/nvme/nvme0/address`]: padded('0000:86:00.0\n'),
    });
    const { capture } = await fleetOf((await recognised(place)).texts);
    expect(capture.controllers).toMatchObject([{ function: { sriov: { totalVfs: 32 } } }]);
    expect(capture.problems.map(({ message }) => message).join()).not.toContain('form path<TAB>value');
  });

  it('the address of a controller without that attribute is in its path, or in where its link leads', async () => {
    const at = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/nvme/nvme0';
    const link = { 'sys/class/nvme/nvme1': '../../devices/pci0000:80/0000:81:00.0/nvme/nvme1' };
    const place = await placeOf({ [`${at}/cntlid`]: '4\n', [`${at}/model`]: 'EXAMPLE 1T\n' }, link);
    const { capture } = await fleetOf((await recognised(place)).texts);
    expect(capture.controllers.map(({ address }) => address).sort()).toEqual([
      '0000:01:00.0',
      '0000:81:00.0',
    ]);
  });

  it('of anything else holds nothing', async () => {
    const nothing = await placeOf({ 'a.txt': 'sun', 'b/c.bin': '\u0000\u0001' });
    expect(await recognised(nothing)).toEqual({ texts: [], problems: [] });
  });
});

describe('hostile XML', () => {
  const entities = Array.from({ length: 30 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('');
  it.each([
    ['entities', `<domain type="kvm"><!DOCTYPE d [${entities}]><name>&e30;</name></domain>`, 'document type'],
    ['too many tags', `<domain>${'<a>'.repeat(100_000)}</domain>`, 'more than'],
    ['no end', '<domain><name>x', 'not complete'],
    ['deep ones', `<domain>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</domain>`, ''],
    ['a prototype', '<domain><__proto__><name>x</name></__proto__><name>y</name></domain>', ''],
  ])('%s: said, bounded, never thrown', (_what, text, words) => {
    const { result } = countPieces(recogniseText(text, ''));
    for (const { notes, facts } of result.findings)
      if (words !== '') {
        expect(notes.join()).toContain(words);
        expect(facts).toEqual([]);
      }
    expect(Object.hasOwn(Object.prototype, 'name')).toBe(false);
    expect(result.findings.length + result.unknownLines).toBeGreaterThan(0);
  });
});
