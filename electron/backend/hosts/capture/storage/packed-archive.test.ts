import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSource } from '../../../sources/read-recorded.ts';
import { recognise } from '../../../sources/recognise.ts';
import { listSnapshots, openCapture } from '../capture.ts';
import { archiveBounds, type UnpackOptions, unpackArchive } from './unpack-archive.ts';

const captures = path.join(import.meta.dirname, '../../../../../e2e/captures');
const here = (program: string) => spawnSync(program, ['--help']).error === undefined;
const programs = (
  [
    ['xz', '.tar.xz'],
    ['bzip2', '.tar.bz2'],
  ] as const
).filter(([program]) => here(program));
const xz = programs.some(([program]) => program === 'xz');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-packed-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(name: string, bytes: Uint8Array): string {
  const place = path.join(folder, name);
  writeFileSync(place, bytes);
  return place;
}

const pack = (program: string, bytes: Uint8Array) =>
  execFileSync(program, ['-c'], { input: bytes, maxBuffer: 64 * 1024 * 1024 });
const tarOf = (entries: Readonly<Record<string, Uint8Array | string>>) =>
  packTar(
    Object.entries(entries).map(([name, body]) => ({
      header: { name, type: 'file', size: Buffer.byteLength(body) },
      body,
    })),
  );
const noise = (length: number) => {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
};

async function* piecesOf(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000);
}
const unpack = (bytes: Uint8Array, options?: UnpackOptions) =>
  unpackArchive({ size: bytes.length, pieces: piecesOf(bytes) }, options);

/** A folder that is all of PATH, with a program of this name in it, or none. */
function onlyProgram(name?: string, script = ''): void {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  if (name !== undefined) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  vi.stubEnv('PATH', bin);
}

/** The first bytes of an archive that xz packed, with nothing to unpack. */
const xzArchive = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4);

it.runIf(programs.length > 0).each(programs)(
  'an archive that %s packed opens like its folder: host%s',
  async (program, extension) => {
    const tar = execFileSync('tar', ['-cf', '-', '-C', captures, '01-plain-drives']);
    const place = write(`01-plain-drives${extension}`, pack(program, tar));
    const expected = await openCapture(path.join(captures, '01-plain-drives'));
    const opened = await openCapture(place);
    if (!opened.ok || !expected.ok) throw new Error(JSON.stringify([opened, expected]).slice(0, 500));
    expect(opened.value.controllers.length).toBeGreaterThan(0);
    expect({ ...opened.value, place: '', storage: null }).toEqual({
      ...expected.value,
      place: '',
      storage: null,
    });
    expect(await recognise({ kind: 'paths', paths: [place] })).toMatchObject({ value: { kind: 'capture' } });
  },
);

describe.runIf(xz)('an archive that xz packed', () => {
  it('tells how far it is read, and keeps to the bounds of every archive', async () => {
    const tar = await tarOf({ 'keep/a': 'x', 'pass/large': noise(300_000), 'keep/b': 'y' });
    const read: number[] = [];
    const { files, leftOut, passedOver } = await unpack(pack('xz', tar), {
      wanted: { wants: (place) => place.startsWith('keep'), narrowed: 0 },
      onRead: (bytes, size) => read.push(bytes / size),
    });
    expect([[...files.keys()], leftOut, passedOver]).toEqual([['keep/a', 'keep/b'], [], 1]);
    expect(read.length).toBeGreaterThan(10);
    expect(read.at(-1)).toBe(1);
  });

  it('is read up to where it is damaged or cut off, and says what xz says of it', async () => {
    const second = Buffer.from(noise(300_000)).toString('hex');
    const packed = pack('xz', await tarOf({ first: 'x', second, third: 'z' }));
    const damaged = Buffer.from(packed);
    damaged.fill(0xa5, packed.length / 2, packed.length / 2 + 1000);
    for (const [bytes, words] of [
      [damaged, /is damaged.*xz ended with exit code 1: xz: \(stdin\): Compressed data is corrupt/],
      [packed.subarray(0, packed.length / 2), /is damaged.*xz ended with exit code 1: .*Unexpected end/],
    ] as const) {
      const { files, leftOut } = await unpack(bytes);
      expect([...files.keys()]).toEqual(['first']);
      expect(leftOut).toEqual([{ about: '.', reason: expect.stringMatching(words) }]);
    }
    const refused = await openCapture(write('noise.tar.xz', Buffer.concat([xzArchive, noise(5000)])));
    expect(refused).toMatchObject({
      error: { code: 'invalid-file', details: [expect.stringMatching(/xz/)] },
    });
  });

  it('is given up where it is a bomb, and so is the program', async () => {
    const packed = pack('xz', await tarOf({ first: 'x', bomb: new Uint8Array(12_000_000) }));
    expect(packed.length).toBeLessThan(20_000);
    const bounds = { ...archiveBounds, ratioFrom: 1_000_000 };
    const { files, leftOut } = await unpack(packed, { bounds });
    expect([...files.keys()]).toEqual(['first']);
    expect(leftOut).toEqual([
      { about: '.', reason: expect.stringContaining('more than 250 times its size') },
    ]);
  });

  it('is not unpacked where that would take all memory', async () => {
    const packed = Buffer.from(pack('xz', await tarOf({ first: 'x' })));
    // The header of the first block: its size, flags, LZMA2 with one byte of properties, which is the dictionary's size.
    const size = ((packed[12] ?? 0) + 1) * 4;
    expect([...packed.subarray(14, 16)]).toEqual([0x21, 0x01]);
    packed[16] = 40;
    packed.writeUInt32LE(crc32(packed.subarray(12, 12 + size - 4)), 12 + size - 4);
    const { files, leftOut } = await unpack(packed);
    expect(files.size).toBe(0);
    expect(leftOut[0]?.reason).toContain('xz needs more than 512 MiB of memory to unpack it');
  });
});

describe('the program that unpacks', () => {
  it.each([
    ['sosreport-hv-a.tar.xz', xzArchive, 'xz', 'xz-utils on Debian and Ubuntu'],
    ['host.tbz2', Buffer.from('BZh91AY&SY'), 'bzip2', 'package bzip2'],
  ])('is asked for where it is not installed: %s', async (name, bytes, program, packages) => {
    onlyProgram();
    const place = write(name, bytes);
    const refused = { code: 'invalid-file', object: place, field: 'first bytes' };
    for (const answer of [await listSnapshots(place), await readSource(place), await openCapture(place)]) {
      expect(answer).toMatchObject({
        error: { ...refused, message: `${name} is packed in a way that is not read.` },
      });
      const fix = answer.ok ? '' : answer.error.fix;
      expect(fix).toContain(`Install ${program}`);
      expect(fix).toContain(packages);
      expect(fix).toContain(`${program} -dc "${place}" | gzip > `);
    }
  });

  it('gets the bytes and one fixed word, and options of other work do not reach it', async () => {
    vi.stubEnv('XZ_OPT', '--keep');
    onlyProgram(
      'xz',
      `echo "$# $1 [$XZ_OPT] $XZ_DEFAULTS" > "${folder}/words"\nexec /bin/cat > "${folder}/got"`,
    );
    const archive = Buffer.concat([xzArchive, noise(200_000)]);
    expect(await openCapture(write('-c $(id).tar.xz', archive))).toMatchObject({ ok: false });
    expect(readFileSync(path.join(folder, 'words'), 'utf8')).toBe(
      '1 -dc [] --threads=0 --memlimit-decompress=512MiB\n',
    );
    expect(readFileSync(path.join(folder, 'got')).equals(archive)).toBe(true);
  });

  it('is never one of the folder that somebody is in', async () => {
    onlyProgram('xz', `: > "${folder}/ran"`);
    vi.spyOn(process, 'cwd').mockReturnValue(path.join(folder, 'bin'));
    vi.stubEnv('PATH', `.:${path.relative(process.cwd(), path.join(folder, 'bin'))}:`);
    const { missingProgram } = await unpack(xzArchive);
    vi.restoreAllMocks();
    expect(missingProgram).toBe('xz');
  });

  it('is ended where it says and unpacks without end, and its words are cut off', async () => {
    const tar = await tarOf({ first: 'x' });
    writeFileSync(path.join(folder, 'tar'), tar.subarray(0, 1024));
    onlyProgram(
      'xz',
      `echo $$ > "${folder}/pid"\n/bin/cat "${folder}/tar"\nwhile :; do echo "${'n'.repeat(5000)}" >&2; echo "${'y'.repeat(5000)}"; done`,
    );
    const { files, leftOut } = await unpack(xzArchive, {
      bounds: { ...archiveBounds, unpacked: 2_000_000, attributes: 10_000_000 },
    });
    expect([...files.keys()]).toEqual(['first']);
    expect(leftOut).toHaveLength(1);
    const pid = Number(readFileSync(path.join(folder, 'pid'), 'utf8'));
    expect(pid).toBeGreaterThan(1);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('that cannot be started or says nothing is named', async () => {
    onlyProgram('xz', 'exit 3');
    expect((await unpack(xzArchive)).leftOut[0]?.reason).toContain('xz ended with exit code 3');
    writeFileSync(path.join(folder, 'bin/xz'), '#!/no/such/shell\n');
    expect((await unpack(xzArchive)).leftOut[0]?.reason).toMatch(/xz could not be started/);
  });
});
