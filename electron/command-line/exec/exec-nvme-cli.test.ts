import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../testing/run-command-line.ts';
import { reportDrive, runLines } from './testing/report-drive.ts';

/** Where versions of nvme-cli differ, and what people type first. */
const run = (...lines: readonly string[]) => runLines(reportDrive(), ...lines);

describe('virt-mgmt', () => {
  it('loses what stands before -c, up to 2.16', async () => {
    const lines = await run(
      'nvme virt-mgmt /dev/nvme0 -r 0 -a 8 -n 2 -c 1',
      'nvme-new virt-mgmt /dev/nvme0 -a 7 -c 1',
      'nvme-2.16 virt-mgmt /dev/nvme0 -a 7 -c 1',
      'nvme-3.0 virt-mgmt /dev/nvme0 -r 0 -a 8 -n 2 -c 1',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
    );
    expect(lines.map(({ commands }) => commands.map(({ cdw10, cdw11 }) => [cdw10, cdw11]))).toEqual([
      [[0x1_0000, 2]],
      [[0x1_0000, 0]],
      [[0x1_0000, 0]],
      [[0x1_0008, 2]],
      [[0x1_0008, 2]],
    ]);
    expect(lines.map(({ exit }) => exit)).toEqual([1, 1, 1, 0, 0]);
    expect(lines[0]?.stderr).toContain('(0x4002)');
  });

  it('of 3.0 says nothing of success, and with -v in decimal', async () => {
    const lines = await run(
      'nvme-3.0 virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 12',
      'nvme-3.0 virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 12 -v',
      'nvme-2.16 virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 12',
      'nvme-3.0 detach-ns /dev/nvme0 -n 1 -c 65',
    );
    const words = 'success, Number of Controller Resources Modified (NRM)';
    expect(lines.map(({ stdout }) => stdout)).toEqual(['', `${words}:12\n`, `${words}:0xc\n`, '']);
  });
});

describe('--nvme-cli', () => {
  const exec = (...args: readonly string[]) => runCommandLine(['exec', 'two-hosts', ...args], '');

  it.each([
    [[], 'nvme version 2.3 (simulated)'],
    [['--nvme-cli', '2.3'], 'nvme version 2.3 (simulated)'],
    [['--nvme-cli', '2.13'], 'nvme version 2.13 (simulated)'],
    [['--nvme-cli=2.16'], 'nvme version 2.16 (simulated)'],
    [['--nvme-cli', '3.0'], 'nvme version 3.0 (simulated)'],
  ])('%j says which release nvme is, and the others keep their names', async (args, version) => {
    const { code, out } = await exec(...args, 'nvme version; nvme-new version; nvme-2.16 version');
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 3)).toEqual([
      version,
      'nvme version 2.13 (simulated)',
      'nvme version 2.16 (simulated)',
    ]);
  });

  it('decides what a line means', async () => {
    const capture = path.join(import.meta.dirname, '../../../e2e/captures/02-sriov-4vf');
    const line = 'nvme virt-mgmt /dev/nvme0 -r 0 -a 8 -n 2 -c 1';
    const of = (release: string) => runCommandLine(['exec', capture, '--nvme-cli', release, line]);
    expect(await of('2.16')).toMatchObject({ code: 1, err: expect.stringContaining('0x4002') });
    expect(await of('3.0')).toMatchObject({ code: 0, out: '', err: '' });
  });

  it.each(['2.4', '', '3.0-rc1', '__proto__'])(
    'refuses a release that is not there, "%s", before it reads anything',
    async (release) => {
      for (const command of ['exec', 'shell']) {
        const { code, out, err } = await runCommandLine(
          [command, 'no-such-fleet', `--nvme-cli=${release}`],
          '',
          {
            openTerminal: () => ({ ask: async () => null, close: () => undefined }),
          },
        );
        expect([code, out]).toEqual([2, '']);
        expect(err).toBe(
          `berth: --nvme-cli ${release} is not a release that is simulated\n  Choose one of: 2.3, 2.13, 2.16, 3.0; \`nvme\` is 2.3 where none is chosen\n`,
        );
      }
    },
  );
});

describe('create-ns', () => {
  it('takes SI units, a time limit and long names behind one dash', async () => {
    const drive = reportDrive({}, { namespaces: [] });
    const lines = await runLines(
      drive,
      'nvme create-ns /dev/nvme0 -S 480G -C 480G -flbas 1 -dps 0 -nmic 0',
      'nvme create-ns /dev/nvme0 -s 1000 -c 1000 -f 0 -t 120000',
      'nvme id-ns /dev/nvme0 -n 1 --force -o json',
      'nvme create-ns /dev/nvme0 -f 0 -s 1000 -S 1G -c 1000',
      'nvme create-ns /dev/nvme0 -f 0 -S 480X -c 1000',
    );
    expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 1, 1]);
    const { nsze, flbas, lbafs } = JSON.parse(lines[2]?.stdout ?? '');
    const { ds, ms } = lbafs[flbas];
    expect(nsze).toBe(Math.floor(480e9 / (2 ** ds + ms)));
    expect(lines[3]?.stderr).toContain('both nsze and its SI argument');
  });
});

describe('what explains bits', () => {
  it('id-ctrl -H, -v of 2.13 and show-regs -H', async () => {
    const [explained, newer, registers, unknown] = await run(
      'nvme id-ctrl /dev/nvme0 -H',
      'nvme-new id-ctrl /dev/nvme0 -v',
      'nvme show-regs /dev/nvme0 -H',
      'nvme list-ctrl /dev/nvme0 -v',
    );
    for (const line of [explained, newer]) {
      expect(line?.stdout).toContain('  [7:7] : 0x1\tVirtualization Management Supported\n');
      expect(line?.stdout).toContain('  [3:3] : 0x1\tNamespace Management Supported\n');
      expect(line?.stdout).toMatch(/^cmic .*\n {2}\[3:3\] : 0\t.* Not Supported\n/m);
    }
    expect(registers?.stdout).toMatch(/^vs .*: 10300\n.*Tertiary.*\n.*Minor.*\n {2}\[31:16\] : 0x1\tMajor/m);
    expect(unknown).toMatchObject({ exit: 1, stderr: expect.stringContaining("unrecognized option '-v'") });
  });
});

describe('help', () => {
  it('is given for nvme and for each of its commands', async () => {
    const lines = await run(
      'nvme help',
      'nvme virt-mgmt --help',
      'nvme-3.0 list -h',
      'nvme version',
      'nvme lst',
    );
    expect(lines.map(({ stdout }) => stdout.split('\n')[0])).toEqual([
      'nvme-2.3 (simulated)',
      'Usage: nvme virt-mgmt <device> [OPTIONS]',
      'Usage: nvme-3.0 list [OPTIONS]',
      'nvme version 2.3 (simulated)',
      '',
    ]);
    expect(lines[4]?.stderr).toContain('nvme has no command lst');
  });
});

describe('nvme list', () => {
  const captures = path.join(import.meta.dirname, '../../../e2e/captures');

  async function execOn(source: string, snapshot: string, line: string): Promise<string> {
    return (await runCommandLine(['exec', source, '--snapshot', snapshot], line)).out;
  }

  /**
   * Without the host's own identity and the slot of its board, and in one order: the kernel's order of folders is not
   * recorded.
   */
  function comparable(value: unknown): unknown {
    if (Array.isArray(value)) {
      const texts = value.map((each) => JSON.stringify(comparable(each)));
      return texts.sort().map((text) => JSON.parse(text));
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => !/^(?:HostNQN|HostID|Slot)$/.test(key));
    return Object.fromEntries(entries.map(([key, each]) => [key, comparable(each)]));
  }

  it.each([
    ['01-plain-drives', '00-boot', 'nvme list -o json', 'nvme-list.json'],
    ['01-plain-drives', '00-boot', 'nvme list -v -o json', 'nvme-list-v.json'],
    ['02-sriov-4vf', '02-two-online', 'nvme list -o json', 'nvme-list.json'],
    ['02-sriov-4vf', '02-two-online', 'nvme list -v -o json', 'nvme-list-v.json'],
    ['02-sriov-4vf', '02-two-online', 'nvme list-subsys -o json', 'nvme-list-subsys.json'],
    ['02-sriov-4vf', '02-two-online', 'nvme-new list -o json', 'new/nvme-list.json'],
    ['02-sriov-4vf', '02-two-online', 'nvme-new list -v -o json', 'new/nvme-list-v.json'],
    ['02-sriov-4vf', '02-two-online', 'nvme-new list-subsys -o json', 'new/nvme-list-subsys.json'],
  ])('prints of %s %s what was recorded: %s', async (capture, snapshot, line, file) => {
    const source = path.join(captures, capture);
    const recorded = JSON.parse(await readFile(path.join(source, snapshot, file), 'utf8'));
    expect(comparable(JSON.parse(await execOn(source, snapshot, line)))).toEqual(comparable(recorded));
  });

  it.each([
    ['nvme list', 'nvme-list.txt'],
    ['nvme list-subsys', 'nvme-list-subsys.txt'],
  ])('prints the text that was recorded: %s', async (line, file) => {
    const source = path.join(captures, '01-plain-drives');
    const recorded = await readFile(path.join(source, '00-boot', file), 'utf8');
    expect(await execOn(source, '00-boot', line)).toBe(recorded);
  });

  it('shows a drive that people ask about, in each form', async () => {
    const lines = await run('nvme list', 'nvme list -v', 'nvme-new list', 'nvme list-subsys /dev/nvme0');
    expect(lines[0]?.stdout.split('\n')[2]?.replace(/ +/g, ' ')).toBe(
      '/dev/nvme0n1 /dev/ng0n1 S0EXAMPLE0001 EXAMPLE PM173X 1.6TB 1 1.60 TB / 1.60 TB 512 B + 0 B EX9GB5Q ',
    );
    expect(lines[1]?.stdout).toMatch(/\nnvme0 .*nvme-subsys0 nvme0n1 +\n/);
    expect(lines[2]?.stdout).toContain(' 0x1 ');
    expect(lines[3]?.stdout).toContain(' +- nvme0 pcie 0000:86:00.0 live');
  });
});
