import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { createCaptureConnection } from '../capture/capture-connection.ts';
import { openOutputs, recogniseTexts } from './open-outputs.ts';
import { recogniseFolder } from './output-folder.ts';
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

describe('outputs of other tools are known by their content', () => {
  it.each([
    ['lspci-nn-k.txt', 'lspci', 'text', '2 NVMe functions of 3 functions, 0 with SR-IOV'],
    ['lspci-vvv.txt', 'lspci', 'text', '3 NVMe functions of 3 functions, 1 with SR-IOV'],
    ['lspci-not-root.txt', 'lspci', 'text', '1 NVMe function of 1 function, 0 with SR-IOV'],
    ['dmesg.txt', 'kernel log', 'text', '5 lines, 2 controllers with their addresses'],
    ['journal.txt', 'kernel log', 'text', '2 lines, 1 controller with its address'],
    ['smartctl.json', 'smartctl -j', 'JSON', 'EXAMPLE 1T, EXA0001, 38 °C'],
    ['smartctl-sata.json', 'smartctl -j', 'JSON', 'no NVMe drive'],
    [
      'domain.xml',
      'virsh dumpxml',
      'XML',
      'virtual machine db-primary, 2 PCI functions: 0000:86:00.2, 0000:87:00.0',
    ],
    ['nodedev-pf.xml', 'virsh nodedev-dumpxml', 'XML', 'PCI function 0000:86:00.0, 32 virtual functions'],
    ['nodedev-vf.xml', 'virsh nodedev-dumpxml', 'XML', 'PCI function 0000:86:00.2'],
    ['sysfs.txt', 'sysfs attributes', 'text', '7 attributes'],
  ])('%s: %s as %s, %s', async (file, title, form, holds) => {
    const { findings, unknownLines } = atOnce(recogniseText(await read(file), ''));
    expect(findings).toMatchObject([{ title, form, holds, line: 1 }]);
    expect(unknownLines).toBe(0);
  });

  it('every example is asked for above', async () => {
    expect(await readdir(other)).toHaveLength(11);
  });
});

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
    expect(primary?.notRecorded ?? []).toEqual([]);
  });

  it('lspci without root or without details does not say that there is no SR-IOV', async () => {
    for (const file of ['lspci-not-root.txt', 'lspci-nn-k.txt']) {
      const { fleet, capture } = await together(file);
      const [controller] = Object.values(fleet.controllers);
      expect(controller).toMatchObject({ role: 'plain', pciAddress: '0000:86:00.0', driver: 'nvme' });
      expect(controller?.notRecorded).toEqual([{ fact: 'sriov', tellBy: expect.stringContaining('lspci') }]);
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

describe('folders', () => {
  async function folderOf(
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
    return folder;
  }
  const nvme = (name: string) => readFile(path.join(e2e, 'outputs/nvme-cli', name), 'utf8');

  it('a sos report: its names say the devices, its contents the rest; other logs are not read', async () => {
    const root = 'sosreport-hv-a-2026-01-01-abcdefg';
    const folder = await folderOf({
      [`${root}/sos_commands/nvme/nvme_list-subsys`]: await nvme('list-subsys.txt'),
      [`${root}/sos_commands/nvme/nvme_id-ctrl_-H_.dev.nvme0`]: await nvme('id-ctrl-H.txt'),
      [`${root}/sos_commands/nvme/nvme_id-ns_-H_.dev.nvme0n2`]: await nvme('id-ns-H.txt'),
      [`${root}/sos_commands/nvme/nvme_list-ns_.dev.nvme0`]: await nvme('list-ns.txt'),
      [`${root}/sos_commands/pci/lspci_-nnvv`]: await read('lspci-vvv.txt'),
      [`${root}/var/log/messages`]: await read('journal.txt'),
    });
    const recognised = await recogniseFolder(folder);
    const { fleet, capture } = await fleetOf(recognised);
    expect(capture.name).toBe('hv-a');
    expect(recognised.flatMap(({ findings }) => findings.map(({ title }) => title)).sort()).toEqual([
      ...['lspci', 'nvme id-ctrl', 'nvme id-ns', 'nvme list-ns', 'nvme list-subsys'],
    ]);
    const primary = Object.values(fleet.controllers).find(({ role }) => role === 'primary');
    expect(primary).toMatchObject({ deviceName: 'nvme0', cntlid: 65, totalVfs: 32 });
    const commands = capture.problems.flatMap(({ tellBy }) => tellBy ?? []);
    expect(commands).toContain('nvme list-secondary /dev/nvme0 -o json');
    expect(commands).toContain('nvme primary-ctrl-caps /dev/nvme0 -o json');
  });

  it('a tree of sysfs, links included; a link out of it is not followed', async () => {
    const at = 'sys/devices/pci0000:80/0000:80:01.0/0000:86:00.0';
    const folder = await folderOf(
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
    const { fleet, gathered } = await fleetOf(await recogniseFolder(folder));
    expect(Object.values(fleet.controllers)).toMatchObject([
      {
        ...{ role: 'primary', deviceName: 'nvme0', cntlid: 65, driver: 'nvme', totalVfs: 32, numVfs: 0 },
        kernelIdentity: { serialNumber: 'EXA0001' },
      },
    ]);
    expect([...gathered.files.values()].join()).not.toContain('root:');
  });

  it('a folder of anything else holds nothing', async () => {
    expect(await recogniseFolder(await folderOf({ 'a.txt': 'sun', 'b/c.bin': '\u0000\u0001' }))).toEqual([]);
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
