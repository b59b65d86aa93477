import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from './testing/run-command-line.ts';

const captures = path.join(import.meta.dirname, '../../e2e/captures');
const capture = '01-plain-drives';

let archive = '';
beforeAll(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-archive-source-'));
  archive = path.join(folder, `${capture}.tar.gz`);
  execFileSync('tar', ['-czf', archive, '-C', captures, capture]);
});
afterAll(() => rmSync(path.dirname(archive), { recursive: true }));

it.each([
  [['inventory', 'SOURCE', '--json'], ''],
  [['inventory', 'SOURCE', '--snapshot', '00-boot'], ''],
  [['exec', 'SOURCE'], 'nvme list-secondary /dev/nvme0\nnvme id-ctrl /dev/nvme0 -o json\n'],
  [['replay', 'SOURCE'], ''],
])('berth %j takes the archive of a capture like its folder', async (args, stdin) => {
  const of = (source: string) =>
    runCommandLine(
      args.map((arg) => (arg === 'SOURCE' ? source : arg)),
      stdin,
    );
  const expected = await of(path.join(captures, capture));
  expect(expected.out.length).toBeGreaterThan(200);
  expect(await of(archive)).toEqual(expected);
});

it('a large archive is read with a line on the terminal that is gone afterwards', async () => {
  const folder = path.dirname(archive);
  writeFileSync(path.join(folder, 'core.bin'), randomBytes(9_000_000));
  const large = path.join(folder, 'large.tar');
  execFileSync('tar', ['-cf', large, '-C', folder, 'core.bin', '-C', captures, capture]);
  const shown: string[] = [];
  const read = async (source: string, progress?: (text: string) => void) =>
    (await runCommandLine(['inventory', source], '', progress === undefined ? {} : { progress })).code;
  expect(await read(large)).toBe(0);
  expect(await read(archive, (text) => shown.push(text))).toBe(0);
  expect(shown).toEqual([]);
  expect(await read(large, (text) => shown.push(text))).toBe(0);
  expect(shown[0]).toMatch(/^Reading large\.tar: \d+ % of \d+ MB$/);
  expect(shown.at(-1)).toBe('');
});

it('an archive without a capture is refused with what to choose', async () => {
  const other = path.join(path.dirname(archive), 'other.tar');
  execFileSync('tar', ['-cf', other, '-C', captures, 'README.md']);
  const { code, err } = await runCommandLine(['inventory', other], '');
  expect(code).toBe(1);
  expect(err).toMatch(/other\.tar does not contain a snapshot of a host.*\n.*a tar archive of either/);
});
