import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnsweredLine, execLines } from './testing/exec-lines.ts';

let folder = '';
let fleet = '';
const primary = {
  role: 'primary',
  cntlid: 0,
  host: 'one',
  address: '0000:01:00.0',
  identify: {
    kind: 'fields',
    identity: { serialNumber: 'TEST0001', modelNumber: 'Test Drive', firmwareRevision: '1.0' },
  },
  sriov: { totalVfs: 2, numVfs: 2, driversAutoprobe: false },
  vq: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 3 },
  vi: { kind: 'flexible', total: 4, secondaryMaximum: 2, privateToPrimary: 2 },
};
const file = {
  format: 'berth-fleet',
  version: 1,
  name: 'one drive',
  hosts: [{ name: 'one', linkBytesPerSecond: 1_000_000_000 }],
  subsystems: [
    {
      nqn: 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555',
      controllers: [primary],
      namespaces: [{ nsid: 1, blocks: 1000, attachedTo: [0] }],
    },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-log-pages-'));
  fleet = path.join(folder, 'fleet.json');
  await writeFile(fleet, JSON.stringify(file));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the lines printed, one entry a line. */
async function run(...lines: readonly string[]): Promise<readonly AnsweredLine[]> {
  return (await execLines(fleet, lines)).lines;
}

const last = async (...lines: readonly string[]) => {
  const ran = (await run(...lines)).at(-1);
  if (!ran) throw new Error('no line ran');
  return ran;
};
const json = async (...lines: readonly string[]) => JSON.parse((await last(...lines)).stdout);

describe('log pages', () => {
  test('smart-log: counters are text in 2.3 and numbers in 2.13', async () => {
    expect(await json('nvme smart-log /dev/nvme0 -o json')).toMatchObject({
      temperature: 323,
      avail_spare: 100,
      spare_thresh: 10,
      num_err_log_entries: '0',
      temperature_sensor_2: 317,
    });
    expect(
      await json('nvme virt-mgmt /dev/nvme0 -c 9 -a 9', 'nvme-new smart-log /dev/nvme0 -o json'),
    ).toMatchObject({
      num_err_log_entries: 1,
    });
    expect((await last('berth temperature /dev/nvme0 -k 350', 'nvme smart-log /dev/nvme0')).stdout).toMatch(
      /critical_warning +: 0x2\ntemperature +: 77 °C \(350 K\)/,
    );
  });

  test('error-log asks for no more entries than there can be', async () => {
    const refused = ['nvme virt-mgmt /dev/nvme0 -c 9 -a 9', 'nvme admin-passthru /dev/nvme0 -o 0xff'];
    const found = await json(...refused, 'nvme error-log /dev/nvme0 -e 3 -o json');
    expect(found.errors).toMatchObject([
      { error_count: 2, status_field: 0x4001, phase_tag: 1, parm_error_location: 0 },
      { error_count: 1, status_field: 0x411f, phase_tag: 1, parm_error_location: 42, nsid: 0 },
      { error_count: 0 },
    ]);
    const all = await last('nvme error-log /dev/nvme0 -e 999 -b');
    expect(all.commands.map(({ opcode }) => opcode)).toEqual([6, 2]);
    const text = (await last(...refused, 'nvme error-log /dev/nvme0 -e 1')).stdout;
    expect(text).toMatch(/Error Log Entries for device:nvme0 entries:1/);
    expect(text).toMatch(/status_field +: 0x4001 \(Invalid Command Opcode: /);
  });

  test('fw-log and effects-log', async () => {
    expect(await json('nvme fw-log /dev/nvme0 -o json')).toEqual({
      nvme0: { 'Active Firmware Slot (afi)': 1, 'Firmware Rev Slot 1': '2314885530819505713 (1.0)' },
    });
    expect((await last('nvme fw-log /dev/nvme0')).stdout).toMatch(
      /^Firmware Log for device:nvme0\nafi {2}: 0x1\nfrs1 : 0x/,
    );
    const [effects] = await json('nvme effects-log /dev/nvme0 -o json');
    expect(effects).toMatchObject({
      command_set_identifier: 0,
      admin_cmd_set: { 'ACS_6 (Identify)': 1, 'ACS_132 (Sanitize)': 0x20003 },
      io_cmd_set: { 'IOCS_1 (Write)': 3 },
    });
    expect((await last('nvme effects-log /dev/nvme0')).stdout).toMatch(/ACS6 {5}\[Identify +\] 00000001/);
    expect((await last('nvme effects-log /dev/nvme0 -c 2')).stderr).toMatch(/Invalid Field in Command/);
  });

  test('changed-ns-list-log keeps the list; get-log clears it', async () => {
    // The driver takes the notice itself, so the list is empty for everybody else.
    expect(await json('nvme changed-ns-list-log /dev/nvme0 -o json')).toEqual({
      'Changed Namespace List Log': 'nvme0',
      nvme0: {},
    });
    expect((await last('nvme-new changed-ns-list-log /dev/nvme0')).stdout).toBe('no ns changed\n');
  });
});

describe('Sanitize', () => {
  test('runs while time passes; meanwhile other commands are refused', async () => {
    const [started, refused, running, , over, after] = await run(
      'nvme sanitize /dev/nvme0 -a 2',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
      'nvme sanitize-log /dev/nvme0 -o json',
      'berth advance -m 10000',
      'nvme sanitize-log /dev/nvme0 -o json',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
    );
    expect(started).toMatchObject({ exit: 0, stdout: '', commands: [{ opcode: 0x84, status: 0 }] });
    expect(refused?.stderr).toMatch(/Sanitize In Progress/);
    expect(JSON.parse(running?.stdout ?? '').nvme0).toMatchObject({
      sprog: Math.floor((2 / 10) * 0x10000),
      sstat: { global_erased: 0, status: '(2) in progress' },
      cdw10_info: 2,
    });
    expect(JSON.parse(over?.stdout ?? '').nvme0).toMatchObject({ sprog: 65535, sstat: { global_erased: 1 } });
    expect(after?.exit).toBe(0);
    expect((await last('nvme sanitize-log /dev/nvme0')).stdout).toMatch(/\(SPROG\) : {2}65535\n/);
  });

  test.each([
    ['nvme sanitize /dev/nvme0', 'Invalid Sanitize Action'],
    ['nvme sanitize /dev/nvme0 -a 1 -u', 'SANACT is Exit Failure Mode'],
    ['nvme sanitize /dev/nvme0 -a 5 -d', 'SANACT is Exit Media Verification State'],
    ['nvme sanitize /dev/nvme0 -a 3 -n 16', 'OWPASS out of range [0-15]'],
    ['nvme sanitize /dev/nvme0 -a 2 -p 5', 'SANACT is not Overwrite'],
  ])('%s is refused before anything is sent', async (line, words) => {
    expect(await last(line)).toMatchObject({ exit: 1, stderr: `${words}\n`, commands: [] });
  });
});

describe('an event request through admin-passthru', () => {
  const request = 'nvme admin-passthru /dev/nvme0 -o 0x0c';

  test('ends with the driver’s timeout where nothing happens', async () => {
    const ran = await last(request);
    expect(ran).toMatchObject({ exit: 1, commands: [{ opcode: 0x0c, status: null }] });
    expect(ran.stderr).toBe('passthru: Interrupted system call\n');
  });

  test('reports what waits already', async () => {
    const waiting = [
      // Without the driver's own request, which would take the event.
      'nvme admin-passthru /dev/nvme0 -o 0x08 --cdw10=0x1f0000',
      'nvme set-feature /dev/nvme0 -f 0x0b -v 2',
      'berth temperature /dev/nvme0 -k 350',
    ];
    const ran = await last(...waiting, request);
    expect(ran).toMatchObject({ exit: 0, commands: [{ opcode: 0x0c, status: 0 }] });
    expect(ran.stderr).toMatch(/result: 0x00020101/);
  });
});
