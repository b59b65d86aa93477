import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../testing/run-command-line.ts';
import { reportDrive, runLines } from './testing/report-drive.ts';

const online = 'nvme virt-mgmt /dev/nvme1 -c 18 -a 9';
const words =
  'NVMe status: Invalid Secondary Controller State: The requested secondary controller action is invalid based on the secondary and primary controllers current states(0x4120)\n';

const exec = (...argv: readonly string[]) => runCommandLine(['exec', 'two-hosts', ...argv]);

describe('a refusal', () => {
  it('has cause and fix below the words of the real tool, unless they are not wanted', async () => {
    const told = await exec(online);
    expect(told.code).toBe(1);
    expect(told.err).toMatch(/^NVMe status: [^\n]*\(0x4120\)\n {2}Cause: .*\n {2}Fix: /);
    expect(told.err.startsWith(words)).toBe(true);
    expect(await exec(online, '--plain')).toEqual({ code: 1, out: '', err: words });
  });

  it('stands in JSON with its line and the lines that help, also where its words went elsewhere', async () => {
    const pf = '/sys/bus/pci/devices/0000:86:00.0';
    const lines = await runLines(
      reportDrive(),
      `echo 9 > ${pf}/sriov_numvfs 2>/dev/null || true`,
      `for n in 1 2; do\n  nvme virt-mgmt /dev/nvme0 -c $n -a 9 >/dev/null 2>&1\ndone`,
      'nvme-new id-ctrl /dev/nvme4 -o json',
      'sudo nvme virt-mgmt /dev/nvme0 -c 1 -a 9 2>/dev/null',
    );
    expect(lines.map(({ refusals }) => refusals)).toEqual([
      [expect.objectContaining({ line: 1, fix: 'Write at most 4', lines: [] })],
      [1, 2].map((vfn) =>
        expect.objectContaining({
          line: 3,
          cause: expect.stringContaining(`VF ${vfn} is not enabled: sriov_numvfs is 0`),
          lines: expect.arrayContaining([`echo ${vfn} > ${pf}/sriov_numvfs`]),
        }),
      ),
      [expect.objectContaining({ line: 5, cause: expect.stringContaining('has no nvme4; it has nvme0') })],
      [expect.objectContaining({ line: 6, cause: expect.stringContaining('VF 1 is not enabled') })],
    ]);
    expect(lines[2]?.stdout).toBe('{\n  "error":"/dev/nvme4: No such file or directory"\n}\n');
    const plain = await exec(online, '--json', '--plain');
    expect(JSON.parse(plain.out)).not.toHaveProperty('refusals');
  });

  it('of a block device that is not there names those that are', async () => {
    const lines = await runLines(
      reportDrive(),
      'test -b /dev/nvme0n1',
      'test -b /dev/nvme0n7',
      'nvme id-ns /dev/nvme0n7',
      'nvme id-ns /dev/nvme3n1',
      'lsblk /dev/nvme0n7',
      'cat /sys/block/nvme0n7/size',
      'ls /dev/nvme0n7',
      'blockdev --getsize64 /dev/nvme0n7',
    );
    expect(lines.map(({ exit }) => exit)).toEqual([0, 1, 1, 1, 32, 1, expect.any(Number), 127]);
    expect(lines[6]?.exit).not.toBe(0);
    expect(lines[2]?.refusals?.[0]?.cause).toMatch(/namespace 7|nvme0n7/);
    expect(lines[3]?.refusals?.[0]?.cause).toMatch(/has no nvme3/);
    expect(lines[5]?.refusals?.[0]?.cause).toMatch(/nvme0n7/);
  });
});
