import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runBerth } from './run-berth.ts';

const captures = path.join(import.meta.dirname, '../../e2e/captures');
const capture = '01-plain-drives';

let archive = '';
beforeAll(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-archive-source-'));
  archive = path.join(folder, `${capture}.tar.gz`);
  execFileSync('tar', ['-czf', archive, '-C', captures, capture]);
});
afterAll(() => rmSync(path.dirname(archive), { recursive: true }));

async function berth(args: readonly string[], stdin: string) {
  let [out, err] = ['', ''];
  const code = await runBerth(args, {
    out: (text) => {
      out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    err: (text) => {
      err += text;
    },
    readStdin: async () => stdin,
    version: async () => '',
  });
  return { code, out, err };
}

it.each([
  [['inventory', 'SOURCE', '--json'], ''],
  [['inventory', 'SOURCE', '--snapshot', '00-boot'], ''],
  [['exec', 'SOURCE'], 'nvme list-secondary /dev/nvme0\nnvme id-ctrl /dev/nvme0 -o json\n'],
  [['replay', 'SOURCE'], ''],
])('berth %j takes the archive of a capture like its folder', async (args, stdin) => {
  const of = (source: string) =>
    berth(
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
  const nobody = async (source: string, progress?: (text: string) => void) =>
    runBerth(['inventory', source], {
      ...{ out: () => undefined, err: () => undefined, readStdin: async () => '', version: async () => '' },
      ...(progress === undefined ? {} : { progress }),
    });
  expect(await nobody(large)).toBe(0);
  expect(await nobody(archive, (text) => shown.push(text))).toBe(0);
  expect(shown).toEqual([]);
  expect(await nobody(large, (text) => shown.push(text))).toBe(0);
  expect(shown[0]).toMatch(/^Reading large\.tar: \d+ % of \d+ MB$/);
  expect(shown.at(-1)).toBe('');
});

it('an archive without a capture is refused with what to choose', async () => {
  const other = path.join(path.dirname(archive), 'other.tar');
  execFileSync('tar', ['-cf', other, '-C', captures, 'README.md']);
  const { code, err } = await berth(['inventory', other], '');
  expect(code).toBe(1);
  expect(err).toMatch(/other\.tar does not contain a snapshot of a host.*\n.*a tar archive of either/);
});
