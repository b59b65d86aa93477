import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
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
