import { expect, it } from 'vitest';
import { execLines } from './testing/exec-lines.ts';

const exec = (...lines: readonly string[]) => execLines('two-hosts', lines);

it('faults meet the commands of later lines', async () => {
  const { lines } = await exec(
    'berth fault /dev/nvme1 -o 0x1c -n 2 --status=0x4138',
    'berth fault /dev/nvme1 -o 0x06 --silence',
    'berth fault-list /dev/nvme1',
    'nvme virt-mgmt /dev/nvme1 -c 20 -r 0 -a 8 -n 2',
    'nvme virt-mgmt /dev/nvme1 -c 20 -r 0 -a 8 -n 2',
    'nvme id-ctrl /dev/nvme1',
    'nvme id-ctrl /dev/nvme1 -b',
    'berth fault /dev/nvme1 --delay=10',
    'berth fault-clear /dev/nvme1',
    'berth fault-list /dev/nvme1',
  );
  expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
  expect(lines[2]?.stdout).toBe(
    'fault 1: opcode 0x1c, any controller, occurrence 2 to 2, 0 seen: Not Enough Resources (4138h)\n' +
      'fault 2: opcode 0x06, any controller, occurrence 1 to 1, 0 seen: never completes\n',
  );
  expect(lines[4]?.commands).toMatchObject([{ status: 0x4138 }]);
  expect(lines[5]?.commands).toMatchObject([{ status: null }]);
  expect(lines[9]?.stdout).toBe('');
});

it('failures change what later lines see', async () => {
  const { lines } = await exec(
    'berth fatal /dev/nvme1',
    'nvme show-regs /dev/nvme1 -o json',
    'berth function-reset /dev/nvme1',
    'nvme show-regs /dev/nvme1 -o json',
    'berth steal /dev/nvme1 -r 0 -n 65535',
    'nvme virt-mgmt /dev/nvme1 -c 20 -r 0 -a 8 -n 2',
    'berth power-loss /dev/nvme1',
    'cat /sys/bus/pci/devices/0000:41:00.0/sriov_numvfs',
    'berth remove-namespace /dev/nvme1 -n 1',
    'nvme id-ns /dev/nvme1 -n 1 --force -b',
    'berth link --up-time=10 --down-time=5',
    'berth advance -m 5000',
  );
  const [, failed, , well, stolen, refused, , numVfs, removed, namespace, link, advanced] = lines;
  expect(JSON.parse(failed?.stdout ?? '').csts).toBe(3);
  expect(JSON.parse(well?.stdout ?? '').csts).toBe(1);
  expect(stolen?.stdout).toMatch(/^[1-9]\d* taken\n$/);
  expect(refused?.commands[0]?.status).toBe(0x4122);
  expect(numVfs?.stdout).toBe('0\n');
  expect([removed?.exit, link?.exit, advanced?.exit]).toEqual([0, 0, 0]);
  expect(Buffer.from(namespace?.stdout ?? '', 'base64').every((byte) => byte === 0)).toBe(true);
});

it('the clock pauses, and a line that waits for it is given up', async () => {
  const { lines } = await exec(
    'berth clock',
    'berth clock --mode=paused',
    'berth fault /dev/nvme1 -o 0x06 --delay=300',
    'nvme id-ctrl /dev/nvme1 -b',
    'nvme id-ctrl /dev/nvme1 -b',
    'berth clock --step',
    'berth clock --advance=1500',
    'berth clock --mode=fast',
    'berth fault /dev/nvme1 -o 0x06 --delay=300',
    'nvme id-ctrl /dev/nvme1 -b',
    'berth clock --mode=sideways',
    'berth clock --step --advance=5',
    'berth fault-clear /dev/nvme1 -n 7',
  );
  expect(lines.map(({ exit }) => exit)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  expect(lines[0]?.stdout).toContain('00:00:00.000 simulated, as-fast-as-possible, nothing waits');
  expect(lines[1]?.stdout).toContain('00:00:01.000 simulated, paused');
  expect(lines[3]?.commands).toMatchObject([{ status: null }]);
  expect(lines[5]?.stdout).toMatch(/^nothing waits\n00:00:01.000/);
  expect(lines[6]?.stdout).toContain('00:00:02.500 simulated');
  expect(lines[10]?.stderr).toContain('real-time, ten-times');
});

it('says what is wrong with a line', async () => {
  const { code, lines } = await exec(
    'berth fault /dev/nvme1 --silence --delay=5',
    'berth fault /dev/nvme1',
    'berth fatal /dev/nvme99',
    'berth fatal /dev/nvme1 -c 999',
    'berth link --up-time=5',
    'berth remove-namespace /dev/nvme1 -n 99',
    'berth frobnicate',
    'berth link /dev/nvme1',
  );
  expect(lines.every(({ exit, stderr }) => exit !== 0 && stderr !== '')).toBe(true);
  expect(JSON.stringify(lines[6])).toMatch(/"refusals":.*berth fault/);
  expect(code).toBe(2);
});
