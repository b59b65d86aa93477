import { describe, expect, it } from 'vitest';
import { reportDrive, runLines } from './testing/report-drive.ts';

/** Options as each release of nvme-cli has them. */
const programs = { '2.3': 'nvme', '2.13': 'nvme-new', '2.16': 'nvme-2.16', '3.0': 'nvme-3.0' } as const;
const releases = Object.keys(programs) as (keyof typeof programs)[];

/** What each release answers to the same words behind `nvme`. */
async function answers(words: string) {
  const lines = await runLines(reportDrive(), ...releases.map((release) => `${programs[release]} ${words}`));
  return lines.map(({ exit, stderr, stdout, commands }) => {
    const [refusal = ''] = stderr.split('\n');
    return { exit, refusal, stdout, sent: commands };
  });
}

/** By release: `ok`, or the end of what it is refused with. */
async function verdicts(words: string) {
  const known = /unrecognized option|requires an argument/;
  return (await answers(words)).map(({ exit, refusal }) =>
    exit === 0 ? 'ok' : (known.exec(refusal)?.[0] ?? refusal),
  );
}

const unknown = 'unrecognized option';

describe('what every command has', () => {
  it.each([
    ['list-ns /dev/nvme0 -t 1000', [unknown, 'ok', 'ok', 'ok']],
    ['list-ns /dev/nvme0 --timeout=1000', [unknown, 'ok', 'ok', 'ok']],
    ['list-ns /dev/nvme0 -v', [unknown, 'ok', 'ok', 'ok']],
    ['list-ns /dev/nvme0 --no-retries', [unknown, unknown, 'ok', 'ok']],
    ['list-ns /dev/nvme0 --quiet', [unknown, unknown, unknown, 'ok']],
    ['list-ns /dev/nvme0 -H', [unknown, unknown, unknown, 'ok']],
    ['list -t 1000', [unknown, 'ok', 'ok', 'ok']],
    ['error-log /dev/nvme0 -t 1000', [unknown, 'ok', 'ok', 'ok']],
    [
      'list-ns /dev/nvme0 -n',
      ['requires an argument', 'requires an argument', 'requires an argument', 'requires an argument'],
    ],
    ['reset /dev/nvme0 -o json', [unknown, 'ok', 'ok', 'ok']],
    ['get-feature /dev/nvme0 -f 7 -o json', [unknown, 'ok', 'ok', 'ok']],
    ['lm get-cdq /dev/nvme0 -C 1 -v', [unknown, unknown, unknown, expect.not.stringContaining(unknown)]],
  ])('%s', async (words, expected) => {
    expect(await verdicts(words)).toEqual(expected);
  });

  it('--dry-run sends nothing', async () => {
    const [, , newer, newest] = await answers('delete-ns /dev/nvme0 -n 1 --dry-run');
    expect(newer).toMatchObject({ exit: 0, stdout: 'delete-ns: Success, deleted nsid:1\n', sent: [] });
    expect(newest).toMatchObject({ exit: 0, stdout: '', sent: [] });
    const [, list] = await runLines(
      reportDrive(),
      'nvme-2.16 delete-ns /dev/nvme0 -n 1 --dry-run',
      'nvme list-ns /dev/nvme0',
    );
    expect(list?.stdout).toContain('0x1\n');
  });
});

describe('letters and names that changed', () => {
  it('-n of list-secondary was the namespace, and is the beginning of another option since', async () => {
    const all = await answers('list-secondary /dev/nvme0 -n 1 -o json');
    expect(all.map(({ exit }) => exit)).toEqual([0, 0, 1, 1]);
    const [older, newer, ...others] = all;
    expect(older?.sent).toMatchObject([{ nsid: 1 }]);
    expect(newer?.sent).toMatchObject([{ nsid: 0 }]);
    expect(newer?.stdout.match(/"secondary-controller-identifier"/g)).toHaveLength(1);
    for (const { refusal } of others) expect(refusal).toContain("option '-n' is ambiguous");
  });

  it('the offset of get-log is -o in 2.3 and -L later, where -o is the output format', async () => {
    const older = await answers('get-log /dev/nvme0 -i 2 -l 64 -o 32');
    expect(older.map(({ exit }) => exit)).toEqual([0, 1, 1, 1]);
    expect(older[0]?.sent).toMatchObject([{ cdw12: 32 }]);
    const newer = await answers('get-log /dev/nvme0 -i 2 -l 64 -L 32');
    expect(newer.map(({ exit }) => exit)).toEqual([1, 0, 0, 0]);
    expect(newer[3]?.sent).toMatchObject([{ cdw12: 32 }]);
  });

  it('vendor specific bytes are -v in 2.3 and -V later, behind everything else', async () => {
    const older = await answers('id-ctrl /dev/nvme0 -v');
    const newer = await answers('id-ctrl /dev/nvme0 -V');
    const isDumped = ({ stdout }: { stdout: string }) => /\nvs\[\]:\n {5} {2}0 {2}1/.test(stdout);
    expect(older.map(isDumped)).toEqual([true, false, false, false]);
    expect(newer.map(isDumped)).toEqual([false, true, true, true]);
    const [dumped] = await answers('id-ns /dev/nvme0 -n 1 -v');
    expect(dumped?.stdout.trimEnd().split('\n').at(-1)).toMatch(/^0e70: (?:00 ){16}/);
  });

  it('the offset of a controller state is -O in 3.0', async () => {
    expect(await verdicts('lm migration-recv /dev/nvme0 -c 1 -V 1 -n 25 -O 32')).toEqual([
      ...[unknown, unknown, unknown],
      expect.stringContaining('NVMe status'),
    ]);
  });

  it('of create-ns: -e came with 2.13, --ish with 3.0', async () => {
    const of = async (option: string) =>
      (await answers(`create-ns /dev/nvme0 -s 0 -c 0 -f 0 ${option}`)).map(({ sent }) => sent.length > 0);
    expect(await of('-e 0')).toEqual([false, true, true, true]);
    expect(await of('--timeout=1000')).toEqual([true, true, true, true]);
    expect(await of('--csi=0 --ish')).toEqual([false, false, false, true]);
  });
});

describe('what was refused here and nowhere else', () => {
  it('id-ns -H spells the LBA formats and bits out', async () => {
    for (const { stdout } of await answers('id-ns /dev/nvme0 -n 1 -H')) {
      expect(stdout).toMatch(
        /^LBA Format {2}0 : Metadata Size: 0 {3}bytes - Data Size: \d+ bytes - Relative Performance: \S+ (?:Best|Better|Good) \(in use\)$/m,
      );
      expect(stdout).toMatch(/^nsfeat {2}: .*\n {2}\[4:4\] : \S+\t.*Supported\n/m);
      expect(stdout).toMatch(/^ {2}\[0:0\] : (0|0x1)\tNamespace Multipath (Not )?Capable$/m);
      expect(stdout).not.toMatch(/^lbaf /m);
    }
  });

  it('actions of sanitize by their names', async () => {
    for (const { sent } of await answers('sanitize /dev/nvme0 -a start-block-erase'))
      expect(sent).toMatchObject([{ opcode: 0x84, cdw10: 2 }]);
    const [shortened] = await answers('sanitize /dev/nvme0 -a START-CRYPTO');
    expect(shortened?.sent).toMatchObject([{ opcode: 0x84, cdw10: 4 }]);
    const [line] = await answers('sanitize /dev/nvme0 -a start-anything');
    expect(line?.refusal).toContain("Expected byte argument for 'sanact'");
  });

  it('features and log pages by their names, from 2.16 on', async () => {
    const features = await answers('get-feature /dev/nvme0 -f num-queues');
    expect(features.map(({ exit }) => exit)).toEqual([1, 1, 0, 0]);
    expect(features[3]?.sent).toMatchObject([{ cdw10: 7 }]);
    const pages = await answers('get-log /dev/nvme0 -i smart -l 64');
    expect(pages.map(({ exit }) => exit)).toEqual([1, 1, 0, 0]);
    expect(pages[2]?.sent.map(({ cdw10 }) => Number(cdw10) & 0xff)).toEqual([2]);
    for (const odd of ['constructor', '__proto__'])
      expect(await verdicts(`get-feature /dev/nvme0 -f ${odd}`)).toEqual(
        releases.map(() =>
          expect.stringContaining(`Expected byte argument for 'feature-id' but got '${odd}'`),
        ),
      );
  });

  it('the log page of an event, and of a command set', async () => {
    const [line] = await answers('get-log /dev/nvme0 --aen=0x020002 -l 64');
    expect(line?.sent.map(({ cdw10 }) => Number(cdw10) & 0xff)).toEqual([2]);
    const [set] = await answers('get-log /dev/nvme0 -i 5 -l 64 --csi=2');
    expect(set?.sent).toMatchObject([{ cdw14: 0x0200_0000 }]);
  });

  it('admin-passthru shows its command, and with -d sends none', async () => {
    const lines = await runLines(
      reportDrive(),
      'nvme admin-passthru /dev/nvme0 -o 6 -4 1 -l 4096 -r -s -b',
      'nvme admin-passthru /dev/nvme0 -o 6 -4 1 -l 4096 -r -d -t 500',
      'nvme-3.0 admin-passthru /dev/nvme0 -O 6 -4 1 -l 4096 -r --dry-run',
      'nvme admin-passthru /dev/nvme0 -o 0x0d -n 1 -4 1 -w -f 0 -R 0 -2 0 -3 0 -p 0',
    );
    expect(lines.map(({ commands }) => commands.length)).toEqual([1, 0, 0, 1]);
    const bytes = Buffer.from(lines[0]?.stdout ?? '', 'base64');
    expect(bytes.toString('latin1')).toMatch(/^opcode {7}: 06\nflags {8}: 00\n/);
    expect(bytes.length).toBeGreaterThan(4096);
    expect(lines[1]?.stdout).toMatch(/\ncdw10 {8}: 00000001\n(?:.*\n){5}timeout_ms {3}: 000001f4\n$/);
    expect(lines[2]?.stdout).toContain('\ndata_len     : 00001000\n');
  });
});
