import { expect, it } from 'vitest';
import { type AnsweredLine, execLines } from './testing/exec-lines.ts';

/** Runs console lines on the fleet `zoo`, whose nvme9 provisions functions: 256 is in use. */
async function exec(...lines: readonly string[]): Promise<readonly AnsweredLine[]> {
  return (await execLines('zoo', lines)).lines;
}

it('functions are provisioned, set, listed and destroyed from the console', async () => {
  const dev = '--dev=/dev/nvme9';
  const lines = await exec(
    `nvme virtual_function_provision ${dev}`,
    `nvme virtual_function_set ${dev} --cntlid=257 --migration=1`,
    `nvme virtual_function_list ${dev} -o json`,
    `nvme virtual_function_destroy ${dev} --cntlid=257`,
    `nvme virtual_function_list ${dev}`,
  );
  expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
  expect(lines[0]?.stdout).toMatch(/cntlid:257 handle:\d+\n$/);
  // Function Management: selector in 7:0, CNTLID in 31:16; FFFFh lets the device choose.
  expect(
    lines.slice(0, 2).map(({ commands }) => commands.map(({ opcode, cdw10 }) => [opcode, cdw10])),
  ).toEqual([[[0xc5, 0xffff_0000]], [[0xc5, 0x0101_0002]]]);
  expect(JSON.parse(lines[2]?.stdout ?? '').functions).toMatchObject([
    { cntlid: 256, kind: 'provisioned', visible: 1 },
    { cntlid: 257, kind: 'provisioned', 'migration-enabled': 1, visible: 0 },
  ]);
  expect(lines[4]?.stdout).toMatch(/^cntlid 256 .*\n$/);
});

it('what cannot be done is refused with its status, or before anything is sent', async () => {
  const dev = '--dev=/dev/nvme9';
  const lines = await exec(
    `nvme virtual_function_set ${dev} --cntlid=256 --visible=0 --migration=1`,
    `nvme virtual_function_set ${dev} --cntlid=256`,
    `nvme virtual_function_set ${dev} --cntlid=256 --visible=0`,
    `nvme virtual_function_destroy ${dev} --cntlid=999`,
    'nvme virtual_function_provision --dev=/dev/nvme2',
  );
  expect(lines.map(({ exit }) => exit)).toEqual([1, 1, 1, 1, 1]);
  expect(lines.map(({ commands }) => commands.map(({ status }) => status))).toEqual([
    [],
    [],
    [0x400c],
    [0x411f],
    [0x4001],
  ]);
  expect(lines[0]?.stderr).toContain('either --migration=<0|1> or --visible=<0|1>');
});
