import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnsweredLine, execLines } from './testing/exec-lines.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-exec-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function exec(...lines: readonly string[]): Promise<readonly AnsweredLine[]> {
  return (await execLines('two-hosts', lines)).lines;
}

describe('live migration commands of exec', () => {
  it('create, log, move the head, read back and delete a queue', async () => {
    const lines = await exec(
      'nvme lm create-cdq /dev/nvme1 -s 64 -c 1',
      'nvme lm create-cdq /dev/nvme1 -s 64 -c 1 --consent',
      'nvme lm track-send /dev/nvme1 -s 0 -C 1 --start',
      'nvme lm set-cdq /dev/nvme1 -C 1 -H 0 -T 3',
      'nvme lm get-cdq /dev/nvme1 -C 1',
      'nvme lm set-cdq /dev/nvme1 -C 1 -H 5',
      'nvme lm track-send /dev/nvme1 -s 0 -C 1 --stop',
      'nvme lm delete-cdq /dev/nvme1 -C 1',
      'nvme lm delete-cdq /dev/nvme1 -C 1',
    );
    expect(lines.map(({ exit }) => exit)).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 1]);
    expect(lines[0]?.commands).toEqual([]);
    expect(lines[1]?.stdout).toBe('Create CDQ Successful: CDQID=0x0001\n');
    expect(lines[1]?.commands).toEqual([
      {
        controller: 'nvme1',
        opcode: 0x45,
        nsid: 0,
        cdw10: 0,
        cdw11: 0x0001_0001,
        cdw12: 64,
        cdw13: 0,
        cdw14: 0,
        cdw15: 0,
        dataLength: 256,
        status: 0,
        dw0: 1,
      },
    ]);
    expect(lines[4]?.stdout).toBe('Head Pointer: 0\nTail Pointer Trigger: 3\n');
    expect(lines[5]?.stderr).toContain('(0x4002)');
    expect(lines[8]?.commands[0]?.status).toBe(0x4137);
  });

  it('suspend, save to a file, load from it and resume', async () => {
    const file = path.join(folder, 'state.bin');
    const [, saved, , decoded] = await exec(
      'nvme lm migration-send /dev/nvme1 -s 0 -c 3 -t 1',
      `nvme lm migration-recv /dev/nvme1 -c 3 -V 1 -U 1 -n 255 -f ${file}`,
      'nvme lm migration-recv /dev/nvme1 -c 3 -V 1 -n 255 -o 48',
      'nvme lm migration-recv /dev/nvme1 -c 3 -V 1 -U 1 -n 1023 --output-format=json',
      'nvme lm migration-send /dev/nvme1 -s 1 -c 3',
    );
    expect(saved?.stdout).toMatch(/^CDW0: 0x1: Controller Suspended/);
    expect((await readFile(file)).length).toBe(1024);
    const state = JSON.parse(decoded?.stdout ?? '{}');
    expect(state['controller state attributes']).toBe(1);
    expect(state['nvme controller state']['io submission queue list'].length).toBeGreaterThan(0);
    const set = await exec(
      'nvme lm migration-send /dev/nvme1 -s 0 -c 3 -t 1',
      `nvme lm migration-send /dev/nvme1 -s 2 -c 3 -S 1 -V 1 -U 1 -n 12 -f ${file}`,
      'nvme lm migration-send /dev/nvme1 -s 1 -c 3',
      `nvme lm migration-send /dev/nvme1 -s 2 -c 3 -S 3 -V 1 -U 1 -n 12 -f ${folder}/none`,
      `nvme lm migration-send /dev/nvme1 -s 2 -c 3 -S 3 -V 1 -U 1 -n 9999 -f ${file}`,
    );
    // Its queues exist, so the first piece, whose header brings queues, is refused; nothing is in progress then.
    expect(set.map(({ commands }) => commands[0]?.status)).toEqual([0, 0x4002, 0, undefined, undefined]);
  });

  it('log pages, features, registers and raw commands', async () => {
    const lines = await exec(
      'nvme get-log /dev/nvme1 -i 2 -l 512',
      'nvme get-feature /dev/nvme1 -f 0x0b',
      'nvme set-feature /dev/nvme1 -f 4 -v 0x157',
      'nvme-new get-feature /dev/nvme1 -f 4 -o json',
      'nvme show-regs /dev/nvme1 -o json',
      'nvme admin-passthru /dev/nvme1 -o 0x06 --cdw10=0x20 -l 4096 -r -b',
      'nvme get-log /dev/nvme1 -i 2 -l 3',
      'nvme get-feature /dev/nvme1 -f 0x7e',
    );
    expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    expect(lines[0]?.stdout).toMatch(/^Device:nvme1 log-id:2 namespace-id:0xffffffff\n/);
    expect(lines[2]?.stdout).toBe(
      'set-feature:0x04 (Temperature Threshold), value:0x00000157, cdw12:0x00000000, save:0\n',
    );
    expect(JSON.parse(lines[3]?.stdout ?? '')['feature: 0x04'][0].Current).toBe('0x00000157');
    expect(JSON.parse(lines[4]?.stdout ?? '')).toMatchObject({ csts: 1, vs: 0x20100, cc: 0x460001 });
    expect(lines[5]?.commands).toMatchObject([{ opcode: 6, cdw10: 0x20, dataLength: 4096, status: 0 }]);
  });
});
