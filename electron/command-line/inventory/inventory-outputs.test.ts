import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exampleDrive, writeDriveCapture } from '#backend/hosts/capture/testing/drive-capture.ts';
import { runCommandLine } from '../testing/run-command-line.ts';

const outputs = path.join(import.meta.dirname, '../../../e2e/outputs/nvme-cli');
const file = (name: string) => path.join(outputs, name);

describe('berth inventory of outputs of tools', () => {
  it('one file: what it is, what it holds, what it lacks with the commands', async () => {
    const { code, out } = await runCommandLine(['inventory', file('list-v-3.0.json')]);
    expect(code).toBe(0);
    expect(out).toContain('list-v-3.0.json line 1: nvme list -v (JSON): 1 controller, 1 namespace');
    expect(out).toContain(
      'controller CNTLID 65 (nvme0 0000:86:00.0 nvme, pcie), EXAMPLE 1T EXA0001, SR-IOV not recorded',
    );
    expect(out).toContain('    nvme id-ctrl /dev/nvme0 -o json\n');
    expect(out).not.toMatch(/CNTLID 0|no SR-IOV|Record the capture/);
  });

  it('several files are one host; standard input is one text', async () => {
    const names = ['list-v-3.0.json', 'id-ctrl-H.txt', 'list-secondary-2.x.txt', 'primary-ctrl-caps-H.txt'];
    const several = await runCommandLine(['inventory', ...names.map(file)]);
    const texts = await Promise.all(names.map((name) => readFile(file(name), 'utf8')));
    const pasted = await runCommandLine(['inventory', '-'], texts.join('\n'));
    for (const { code, out } of [several, pasted]) {
      expect(code).toBe(0);
      expect(out).toContain('VQ 252 of 256 free, 4 with secondaries');
      expect(out).toContain('secondary CNTLID 1 VF 1: online, 4 VQ, 3 VI');
    }
    const json = JSON.parse((await runCommandLine(['inventory', '--json', '-'], texts.join('\n'))).out);
    expect(Object.keys(json.controllers)).toHaveLength(3);
  });

  it('every subcommand with a SOURCE takes them: exec runs on the twin', async () => {
    const names = ['id-ctrl.txt', 'list-secondary-2.x.txt', 'primary-ctrl-caps-H.txt'];
    const texts = await Promise.all(names.map((name) => readFile(file(name), 'utf8')));
    const place = await mkdtemp(path.join(tmpdir(), 'berth-exec-'));
    onTestFinished(() => rm(place, { recursive: true }));
    await writeFile(path.join(place, 'pasted.txt'), texts.join(''));
    const lines = 'nvme list-secondary /dev/nvme0\n';
    const { code, out } = await runCommandLine(['exec', path.join(place, 'pasted.txt')], lines);
    expect(code).toBe(0);
    expect(out).toContain('NVQ       : Num VQ Flex Resources Assigned  : 0x0004');
  });

  it('what is not known says what is read, and no advice that does not fit', async () => {
    const readme = await runCommandLine(['inventory', path.join(outputs, '../README.md')]);
    expect(readme).toMatchObject({ code: 1, out: '' });
    expect(readme.err).toContain('holds no output that Berth knows');
    expect(readme.err).toContain('nvme list -v -o json');
    expect(readme.err).not.toContain('JSON,');
    const binary = await runCommandLine(['inventory', process.execPath]);
    expect(binary.code).toBe(1);
    expect(binary.err.length).toBeLessThan(1000);
    expect((await runCommandLine(['inventory', '-'], '\u0000\u0001'.repeat(1000))).code).toBe(1);
  });
});

describe('what people have in hand, as SOURCE', () => {
  async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
    const place = await mkdtemp(path.join(tmpdir(), 'berth-source-'));
    onTestFinished(() => rm(place, { recursive: true }));
    for (const [name, output] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(place, 'it', name)), { recursive: true });
      await cp(path.join(outputs, '..', output), path.join(place, 'it', name));
    }
    return path.join(place, 'it');
  }
  /** What an inventory prints, of a folder and of its archive, without what only the name of either says. */
  async function ofBoth(folder: string): Promise<string> {
    const archive = `${folder}.tar.gz`;
    execFileSync('tar', ['-czf', archive, '-C', path.dirname(folder), path.basename(folder)]);
    const [unpacked, packed] = [
      await runCommandLine(['inventory', folder]),
      await runCommandLine(['inventory', archive]),
    ];
    expect([unpacked.code, packed.code]).toEqual([0, 0]);
    const inside = `${path.basename(folder)}/`;
    expect(packed.out.replaceAll(inside, '')).toBe(unpacked.out.replaceAll(inside, ''));
    return unpacked.out;
  }

  it('a libvirt domain alone: what it is, and what to open it with', async () => {
    const { code, err } = await runCommandLine(['inventory', path.join(outputs, '../other/domain.xml')]);
    expect(code).toBe(1);
    expect(err).toContain('domain.xml is output of virsh dumpxml, which shows no controller by itself');
    expect(err).toContain('Open it together with the output of: nvme list-subsys -o json');
    expect(err).not.toContain('JSON:');
  });

  it('a part of a text: what it lacks', async () => {
    const folder = await folderOf({});
    await mkdir(folder, { recursive: true });
    const part = path.join(folder, 'id-ctrl.txt');
    await writeFile(part, 'NVME Identify Controller:\nvid     : 0x144d\ncntlid  : 0x41\noacs    : 0xdf\n');
    const { code, out } = await runCommandLine(['inventory', part]);
    expect(code).toBe(0);
    expect(out).toContain('nvme id-ctrl (text): CNTLID 65, OACS 0xdf');
    expect(out).toContain('The text is not complete: it lacks ssvid, sn, mn');
  });

  it('a sos report: topology without resources, and the commands that sos does not run', async () => {
    const out = await ofBoth(
      await folderOf({ 'sos_commands/nvme/nvme_list_-v_-o_json': 'nvme-cli/list-v-3.0.json' }),
    );
    expect(out).toContain('sos report (files): 1 file about drives, functions and machines\n');
    expect(out).toContain('nvme list -v (JSON): 1 controller');
    for (const command of ['list-secondary', 'primary-ctrl-caps', 'id-ctrl'])
      expect(out).toContain(`    nvme ${command} /dev/nvme0 -o json\n`);
    expect(out).toContain('    sudo lspci -D -nn -vvv -d ::0108\n');
  });

  it('a sos report that says nothing of drives is called one', async () => {
    const folder = await folderOf({ 'sosreport-hv-a-2026-01-01-abc/etc/hosts': 'README.md' });
    const archive = `${folder}.tar`;
    execFileSync('tar', ['-cf', archive, '-C', folder, '.']);
    const { code, err } = await runCommandLine(['inventory', archive]);
    expect(code).toBe(1);
    expect(err).toContain('is output of sos report, which shows no controller by itself');
    expect(err).toContain('nvme list-subsys -o json');
  });

  it('the files of a snapshot without its folder: one snapshot', async () => {
    const capture = await writeDriveCapture([exampleDrive]);
    onTestFinished(() => rm(path.dirname(capture), { recursive: true }));
    const [snapshot = ''] = await readdir(capture);
    const out = await ofBoth(path.join(capture, snapshot));
    expect(out).toContain(`Capture ${snapshot} · ${snapshot}`);
    expect(out).toContain('primary CNTLID 65 (nvme0 0000:86:00.0');
  });

  it.each([
    ['lsblk.json', '{"blockdevices": [{"name": "nvme0n1"}]}', 'is JSON and holds no output'],
    ['capabilities.xml', '<capabilities><host/></capabilities>', 'is XML and holds no output'],
    ['notes.txt', 'nvme0 does not work', 'is text and holds no output'],
    ['core', '\u0000\u0001\u0002'.repeat(100), 'is binary and holds no output'],
    ['empty.json', ' \n', 'is empty.'],
  ])('%s is called what it is, with advice that fits', async (name, text, words) => {
    const folder = await folderOf({});
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, name), text);
    const { code, err } = await runCommandLine(['inventory', path.join(folder, name)]);
    expect(code).toBe(1);
    expect(err).toContain(`${name} ${words}`);
    expect(err).toContain('Open a fleet file, a capture, or outputs of nvme-cli');
    expect(err).not.toMatch(/[Rr]epair/);
  });
});
