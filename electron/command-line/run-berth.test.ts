import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execLines } from './exec/testing/exec-lines.ts';
import { runCommandLine } from './testing/run-command-line.ts';

const captures = path.join(import.meta.dirname, '../../e2e/captures');
const sriov = path.join(captures, '02-sriov-4vf');

describe('berth', () => {
  it('tells its version and its help', async () => {
    expect(await runCommandLine(['--version'])).toEqual({ code: 0, out: 'berth 1.2.3\n', err: '' });
    expect((await runCommandLine(['--help'])).out).toContain('Exit codes');
    for (const command of ['inventory', 'exec', 'replay'])
      expect((await runCommandLine([command, '--help'])).out).toMatch(new RegExp(`^berth ${command} `));
  });

  it.each([
    [[]],
    [['frobnicate']],
    [['inventory']],
    [['inventory', 'two-hosts', 'surplus']],
    [['exec', 'two-hosts', '--frob']],
    [['exec', 'two-hosts', '--host']],
    [['exec', 'two-hosts', '--host', 'hv-z']],
    [['exec', 'two-hosts', '--file', '/no/such/file']],
    [['inventory', 'two-hosts', '--snapshot', '00-boot']],
    [['inventory', '/no/such/source']],
    [['inventory', sriov, '--snapshot', '99-nope']],
  ])('ends with 2 for %j and says why', async (args) => {
    const { code, err } = await runCommandLine(args);
    expect(code).toBe(2);
    expect(err).toMatch(/^berth: .+\n/);
  });
});

describe('what berth prints', () => {
  // A terminal clears its screen at the first, turns the reading order at the second, and colours at the third.
  const nasty = '\u001b[2J\u202egnp\u009b31m';
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'berth-nasty-'));
    const { twoHosts } = await import('#backend/hosts/simulated/built-in/two-hosts.ts');
    const text = JSON.stringify(twoHosts.build()).replaceAll('"db-primary"', JSON.stringify(nasty));
    await writeFile(path.join(folder, 'fleet.json'), text);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const obeyed = /[\p{Cc}\p{Cf}]/u;
  const expectShown = (text: string) => {
    expect(text.replace(/[\n\t]/g, '')).not.toMatch(obeyed);
    expect(text).toContain('\\u001b[2J\\u202egnp\\u009b31m');
  };

  it('shows escape sequences and marks of direction from a source instead of sending them to the terminal', async () => {
    const fleet = path.join(folder, 'fleet.json');
    expectShown((await runCommandLine(['inventory', fleet])).out);
    const json = (await runCommandLine(['inventory', fleet, '--json'])).out;
    expectShown(json);
    expect(Object.keys(JSON.parse(json).virtualMachines)).toContain(`hv-a:${nasty}`);
  });

  it('and so in what was typed and is repeated in an error or a result', async () => {
    for (const args of [[nasty], ['inventory', nasty], ['exec', 'two-hosts', '--host', nasty]])
      expectShown((await runCommandLine(args)).err);
    const refused = await runCommandLine(['exec', 'two-hosts'], `nvme ${nasty} /dev/nvme0`);
    expectShown(refused.err);
  });

  it('but bytes that were asked for stay bytes', async () => {
    const { out } = await runCommandLine(['exec', 'two-hosts'], 'nvme id-ctrl /dev/nvme0 --raw-binary');
    expect(out).toHaveLength(4096);
  });
});

describe('berth inventory', () => {
  it('prints a fleet as JSON and as text', async () => {
    const { code, out } = await runCommandLine(['inventory', sriov, '--snapshot', '02-two-online', '--json']);
    const fleet = JSON.parse(out);
    expect(code).toBe(0);
    expect(fleet.source).toMatchObject({ kind: 'capture', name: '02-sriov-4vf', simulated: false });
    expect(Object.values(fleet.controllers)).toHaveLength(6);
    const text = (await runCommandLine(['inventory', sriov, '--snapshot', '02-two-online'])).out;
    expect(text).toContain('secondary CNTLID 2 VF 2: online, 4 VQ, 2 VI (nvme3 0000:01:00.2 nvme)');
  });

  it('names the relation controlling to controlled in both directions, and the state of virtual subsystems', async () => {
    const { out } = await runCommandLine(['inventory', 'two-hosts']);
    const primary = /primary CNTLID (\d+) .*controls (\d+) secondary controllers/.exec(out);
    expect(Number(primary?.[2])).toBeGreaterThan(0);
    const back = out.split('\n').filter((line) => line.includes(`controlled by CNTLID ${primary?.[1]}`));
    expect(back).toHaveLength(Number(primary?.[2]));
    expect(out).toMatch(/nqn\.2026-11\.io\.berth:my_v_nqn_1 of hv-a\/\S+, in use: CNTLID \d+ as 20/);
  });

  it('ends with 1 for a fleet file that cannot be, naming file, field and fix', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'berth-cli-'));
    const file = path.join(folder, 'fleet.json');
    await writeFile(file, JSON.stringify({ format: 'berth-fleet', version: 1, name: 'x', hosts: [] }));
    const { code, err } = await runCommandLine(['inventory', file]);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(err).toContain(file);
    expect(err).toContain('hosts');
  });
});

describe('berth exec', () => {
  it('runs the lines of the proposal as they are written there', async () => {
    const { code, lines } = await execLines('two-hosts', [
      'nvme virtual_subsys_create --dev=/dev/nvme1 --virtual_nqn="my_v_nqn_1" --dev_vcid = 1',
      'nvme virtual_subsys_add --dev=/dev/nvme1 --virtual_nqn="my_v_nqn_1" --secondary_dev=/dev/nvme2 --secondary_dev_vcid=20',
      'nvme id-ctrl /dev/nvme2 -o json',
      'nvme virtual_subsys_list --dev=/dev/nvme1 --virtual_nqn=my_v_nqn_1 -o json',
      'nvme virtual_subsys_remove --dev=/dev/nvme1 --virtual_nqn=my_v_nqn_1 --secondary_dev=/dev/nvme2',
      'nvme virtual_subsys_delete --dev=/dev/nvme1 --virtual_nqn=my_v_nqn_1',
      'nvme id-ctrl /dev/nvme2 -o json',
    ]);
    expect(lines.map(({ exit, stderr }) => [exit, stderr])).toEqual(lines.map(() => [0, '']));
    expect(code).toBe(0);
    // What the secondary answers to Identify carries the virtual identity while it is a member, and only then.
    expect(JSON.parse(lines[2]!.stdout)).toMatchObject({ subnqn: 'my_v_nqn_1', cntlid: 20 });
    expect(JSON.parse(lines[3]!.stdout)['virtual-subsystems']).toMatchObject([
      {
        vnqn: 'my_v_nqn_1',
        members: [
          { vcid: 1, cntlid: 65 },
          { vcid: 20, cntlid: 12 },
        ],
      },
    ]);
    expect(JSON.parse(lines[6]!.stdout)).toMatchObject({ cntlid: 12 });
    expect(JSON.parse(lines[6]!.stdout).subnqn).not.toBe('my_v_nqn_1');
  });

  it('ends with 1 when a line is refused, and prints what nvme-cli and the kernel print', async () => {
    const { code, lines } = await execLines(sriov, [
      'nvme virt-mgmt /dev/nvme0 -c 77 -a 9',
      'echo 5 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs',
      'echo 1 > /sys/bus/pci/devices/0000:09:00.0/reset',
      'nvme-new list-ctrl /dev/nvme1 -o json',
      'nvme id-ctrl /dev/nvme9',
    ]);
    expect(code).toBe(1);
    expect(lines.map(({ exit }) => exit)).toEqual([1, 1, 1, 1, 1]);
    expect(lines[0]?.stderr).toBe(
      'NVMe status: Invalid Controller Identifier: An invalid controller id was specified(0x411f)\n',
    );
    expect(lines[1]?.stderr).toBe('sh: write error: Numerical result out of range\n');
    expect(lines[2]?.stderr).toBe(
      "sh: can't create /sys/bus/pci/devices/0000:09:00.0/reset: nonexistent directory\n",
    );
    expect(lines[3]?.stdout).toContain('"type":"nvme"');
    expect(lines[4]?.stderr).toMatch(
      /^\/dev\/nvme9: No such file or directory\nUsage: nvme id-ctrl <device>/,
    );
  });

  it('ends with 2 when a line makes no sense, and still runs the others', async () => {
    const { code, lines } = await execLines(sriov, [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 300',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
    ]);
    expect(code).toBe(2);
    expect(lines[0]).toMatchObject({ exit: 1, stderr: expect.stringContaining("'act' but got '300'") });
    expect(lines[1]).toMatchObject({ exit: 0, stdout: expect.stringContaining('(NRM):0x2') });
  });

  it('gives structures byte by byte, in base64 where the output is JSON', async () => {
    const recorded = await readFile(path.join(sriov, '00-boot/nvme0/id-ctrl.bin'));
    const { lines } = await execLines(sriov, ['nvme id-ctrl /dev/nvme0 -b']);
    expect(lines[0]?.encoding).toBe('base64');
    expect(Buffer.from(lines[0]!.stdout, 'base64').equals(recorded)).toBe(true);
    const plain = await runCommandLine(['exec', sriov], 'nvme id-ctrl /dev/nvme0 -b');
    expect(plain.out).toBe(recorded.toString('latin1'));
  });

  it('works on the host and the snapshot that were asked for', async () => {
    const other = await execLines('two-hosts', ['nvme id-ctrl /dev/nvme0 -o json'], '--host', 'hv-b');
    expect(JSON.parse(other.lines[0]!.stdout).cntlid).toBe(0x42);
    const later = await execLines(sriov, ['nvme list-secondary /dev/nvme0'], '--snapshot', '02-two-online');
    const recorded = await readFile(path.join(sriov, '02-two-online/nvme0/list-secondary.txt'), 'utf8');
    expect(later.lines[0]?.stdout).toBe(recorded);
  });
});

describe('berth replay', () => {
  it.each([
    ['01-plain-drives', 67],
    ['02-sriov-4vf', 326],
    ['04-two-subsystems', 167],
    ['06-vfio', 111],
    ['07-namespaces', 192],
    ['09-tcp', 41],
  ])('matches every compared line of %s', async (name, compared) => {
    const { code, out } = await runCommandLine(['replay', path.join(captures, name), '--json']);
    const report = JSON.parse(out);
    const different = report.lines.filter((line: { outcome: string }) => line.outcome === 'different');
    expect(different).toEqual([]);
    expect(report.totals).toMatchObject({ compared, matched: compared, different: 0 });
    for (const line of report.lines)
      if (line.outcome === 'not-compared') expect(line.reason).toMatch(/\w+ \w+/);
    expect(code).toBe(0);
  });

  describe('of a falsified recording', () => {
    let folder = '';
    beforeAll(async () => {
      folder = path.join(await mkdtemp(path.join(tmpdir(), 'berth-replay-')), 'false');
      await cp(sriov, folder, { recursive: true });
      const edit = async (file: string, change: (text: string) => string) => {
        const full = path.join(folder, file);
        await writeFile(full, change(await readFile(full, 'utf8')));
      };
      await edit('actions/011-caps-pf-took-after-flr.txt', (text) =>
        text.replace('"vqrfap":16', '"vqrfap":15'),
      );
      await edit('actions/001-assign-at-boot-vq.txt', (text) => text.replace('0x2', '0x3'));
      await edit('actions/020-err-numvfs-too-many.txt.stderr', (text) =>
        text.replace('out of range', 'lost'),
      );
      await edit('commands.tsv', (text) =>
        text.replace('actions/048-online-c1.txt\t0', 'actions/048-online-c1.txt\t1'),
      );
      const binary = path.join(folder, '02-two-online/nvme2/cns14.bin');
      const bytes = await readFile(binary);
      bytes[42] = 7;
      await writeFile(binary, bytes);
      await rm(path.join(folder, 'actions/050-online-again.txt'));
    });
    afterAll(() => rm(path.dirname(folder), { recursive: true, force: true }));

    it('tells each falsified line with both sides and ends with 1', async () => {
      const { code, out } = await runCommandLine(['replay', folder, '--json']);
      expect(code).toBe(1);
      const report = JSON.parse(out);
      const different = report.lines.filter((line: { outcome: string }) => line.outcome === 'different');
      expect(
        different.map((line: { file: string; difference: string }) => [line.file, line.difference]),
      ).toEqual([
        ['actions/001-assign-at-boot-vq.txt', 'output'],
        ['actions/011-caps-pf-took-after-flr.txt', 'JSON value'],
        ['actions/020-err-numvfs-too-many.txt', 'status text'],
        ['actions/048-online-c1.txt', 'exit code'],
        ['02-two-online/nvme2/cns14.bin', 'output'],
      ]);
      expect(different[0]).toMatchObject({
        expected: { stdout: expect.stringContaining('0x3') },
        actual: { stdout: expect.stringContaining('0x2') },
      });
      expect(report.lines.find((line: { file: string }) => line.file.includes('050-')).reason).toContain(
        'missing',
      );
      expect((await runCommandLine(['replay', folder])).out).toContain('recorded: exit 1');
    });
  });

  it('needs a capture with its commands', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'berth-replay-'));
    await cp(path.join(sriov, '00-boot'), path.join(folder, '00-boot'), { recursive: true });
    const { code, err } = await runCommandLine(['replay', folder]);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(err).toContain('commands.tsv');
  });
});
