import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { packTar, type TarEntry, type TarHeader } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spoils, spoilt } from '#shared/test-support/hostile-texts.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { turnsGiven } from '../../../event-loop.ts';
import { listSnapshots, openCapture } from '../capture.ts';
import { archiveBounds, type UnpackOptions, unpackArchive } from './unpack-archive.ts';

const captures = path.join(import.meta.dirname, '../../../../../e2e/captures');
const sriov = path.join(captures, '02-sriov-4vf');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, body: string | Uint8Array): TarEntry => ({
  header: { name, type: 'file', size: Buffer.byteLength(body) },
  body,
});

/** The files of a folder as entries of an archive, below `prefix`. */
function entriesOf(top: string, prefix: string): TarEntry[] {
  return readdirSync(top).flatMap((name) => {
    const place = path.join(top, name);
    return statSync(place).isDirectory()
      ? [
          { header: { name: `${prefix}${name}/`, type: 'directory', size: 0 } } satisfies TarEntry,
          ...entriesOf(place, `${prefix}${name}/`),
        ]
      : [file(prefix + name, readFileSync(place))];
  });
}

function write(name: string, bytes: Uint8Array): string {
  const place = path.join(folder, name);
  writeFileSync(place, bytes);
  return place;
}

async function* piecesOf(bytes: Uint8Array, length: number) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Unpacks bytes that come in pieces of some thousand. */
function unpack(bytes: Uint8Array, options?: UnpackOptions) {
  return unpackArchive({ size: bytes.length, pieces: piecesOf(bytes, 5000) }, options);
}

async function open(place: string, snapshot?: string) {
  const opened = await openCapture(place, snapshot);
  if (!opened.ok) throw new Error(`${opened.error.message} ${opened.error.details?.join(', ')}`);
  return opened.value;
}

describe('the archive of a capture', () => {
  it.each([
    ['host.tar', '', sriov],
    ['host.tar.gz', '02-sriov-4vf/', sriov],
    ['host.tgz', './', sriov],
    ['deep.tar.gz', 'home/me/captures/02-sriov-4vf/', sriov],
    ['snapshot.tar.gz', '02-two-online/', path.join(sriov, '02-two-online')],
    ['02-two-online.tar.gz', '', path.join(sriov, '02-two-online')],
    ['02-two-online.tar', './', path.join(sriov, '02-two-online')],
  ])('opens like its folder: %s with everything in "%s"', async (name, prefix, top) => {
    const tar = await packTar(entriesOf(top, prefix));
    const place = write(name, name.endsWith('.tar') ? tar : gzipSync(tar));
    const expected = await open(sriov, '02-two-online');
    const opened = await open(place, '02-two-online');
    expect(opened.controllers.length).toBeGreaterThan(4);
    // Snapshots beside it complete some namespaces, and one alone has none beside it.
    expect(opened.controllers).toEqual(expected.controllers);
    expect(opened.problems.filter(({ field }) => field === 'archive')).toEqual([]);
    expect(await listSnapshots(place)).toMatchObject({ ok: true, value: { snapshots: opened.snapshots } });
    expect(opened.snapshots).toEqual(top === sriov ? expected.snapshots : ['02-two-online']);
    expect(readdirSync(folder)).toEqual([name]);
  });

  const odd = (header: Partial<TarHeader> & { readonly name: string }): TarEntry => ({
    header: { size: 0, type: 'file', ...header },
    ...(header.size ? { body: new Uint8Array(header.size) } : {}),
  });

  it('is read without what would lead elsewhere, and each of these is listed with its reason', async () => {
    const hostile: readonly (readonly [TarEntry, RegExp])[] = [
      [odd({ name: '../../escaped', size: 3 }), /leads out/],
      [odd({ name: '00-boot/../../escaped', size: 3 }), /leads out/],
      [odd({ name: '/etc/cron.d/escaped', size: 3 }), /absolute/],
      [odd({ name: 'C:/escaped', size: 3 }), /absolute/],
      [odd({ name: '00-boot\\escaped', size: 3 }), /backslash/],
      [odd({ name: '00-boot/\u001b[2Jescaped', size: 3 }), /control characters/],
      [odd({ name: `00-boot/${'n'.repeat(300)}`, size: 3 }), /name in its path/],
      [odd({ name: 'd/'.repeat(600), size: 3 }), /more than 1024/],
      [odd({ name: `${'d/'.repeat(40)}escaped`, size: 3 }), /32 folders/],
      [odd({ name: '00-boot/nvme0/id-ctrl.bin', type: 'symlink', linkname: '/etc/shadow' }), /symbolic link/],
      [odd({ name: '00-boot/nvme0/hard', type: 'link', linkname: '/etc/shadow' }), /hard link/],
      [odd({ name: '00-boot/sda', type: 'block-device' }), /device file/],
      [odd({ name: '00-boot/tty', type: 'character-device' }), /device file/],
      [odd({ name: '00-boot/pipe', type: 'fifo' }), /FIFO/],
      [odd({ name: '00-boot/large', size: archiveBounds.file + 1 }), /bytes; at most/],
    ];
    const entries = entriesOf(sriov, '').filter(({ header }) => header.name !== '00-boot/nvme0/id-ctrl.bin');
    const tar = await packTar([...hostile.map(([entry]) => entry), ...entries]);
    const { problems, controllers } = await open(write('hostile.tar.gz', gzipSync(tar)));
    const left = problems.filter(({ field }) => field === 'archive').map(({ message }) => message);
    expect(left).toHaveLength(hostile.length);
    for (const [, reason] of hostile) expect(left).toContainEqual(expect.stringMatching(reason));
    expect(controllers.some(({ record }) => record?.identify?.kind === 'value')).toBe(true);
    expect(readdirSync(folder)).toEqual(['hostile.tar.gz']);
  });

  const small = {
    ...archiveBounds,
    unpacked: 400_000,
    kept: 100_000,
    file: 50_000,
    entries: 20,
    ratioFrom: 300_000,
  };

  it.each([
    [
      'more bytes than the bound',
      [
        file(
          'a',
          new Uint8Array(500_000).map((_, at) => at * 31),
        ),
      ],
      'more than 400000 bytes',
    ],
    ['zeros without end', [file('a', new Uint8Array(390_000))], 'more than 250 times its size'],
    ['too many entries', Array.from({ length: 30 }, (_, at) => file(`f${at}`, 'x')), 'more than 20 entries'],
  ])('ends at its bounds, with what was read until then: %s', async (_what, entries, reason) => {
    const tar = await packTar([file('00-boot/sysfs-pci.tsv', 'x'), ...entries]);
    const { files, leftOut } = await unpack(gzipSync(tar), { bounds: small });
    expect(leftOut[0]).toEqual({ about: '.', reason: expect.stringContaining(reason) });
    expect([...files.keys()]).toContain('00-boot/sysfs-pci.tsv');
  });

  it('passes over what nobody wants, whatever it is and however large', async () => {
    const tar = await packTar([
      file('keep/a', 'x'),
      file('pass/large', new Uint8Array(200_000)),
      odd({ name: 'pass/device', type: 'block-device' }),
      odd({ name: 'pass/link', type: 'symlink', linkname: 'x' }),
      odd({ name: 'pass\\x2dodd' }),
      file('keep/b', 'y'),
    ]);
    const wanted = { wants: (place: string) => place.startsWith('keep'), narrowed: 0 };
    const read: number[] = [];
    const onRead = (bytes: number, size: number) => read.push(bytes / size);
    const { files, links, leftOut, passedOver } = await unpack(tar, { bounds: small, wanted, onRead });
    expect([[...files.keys()], [...links], leftOut, passedOver]).toEqual([['keep/a', 'keep/b'], [], [], 4]);
    expect(read.length).toBeGreaterThan(10);
    expect(read).toEqual(read.toSorted((a, b) => a - b));
    expect(read.at(-1)).toBe(1);
  });

  it('comes to its end whichever of many small files are wanted', async () => {
    const names = Array.from({ length: 400 }, (_, at) => `f${at}`);
    const tar = await packTar(names.map((name, at) => file(name, 'x'.repeat(at % 40))));
    for (const every of [2, 3, 7]) {
      const wanted = { narrowed: 0, wants: (place: string) => Number(place.slice(1)) % every === 0 };
      const { files, passedOver } = await unpackArchive(
        { size: tar.length, pieces: piecesOf(tar, tar.length) },
        { wanted },
      );
      expect(files.size + passedOver).toBe(400);
      expect(files.size).toBe(Math.ceil(400 / every));
    }
  });

  it('gives back what it kept once it wants less', async () => {
    const tar = await packTar([
      file('logs/a', new Uint8Array(40_000)),
      file('logs/b', new Uint8Array(40_000)),
      file('marker', ''),
      file('data/c', new Uint8Array(40_000)),
      file('data/d', new Uint8Array(40_000)),
    ]);
    const wanted = {
      narrowed: 0,
      wants(place: string) {
        if (place === 'marker') this.narrowed = 1;
        return this.narrowed === 0 || place.startsWith('data/');
      },
    };
    const { files, leftOut, passedOver } = await unpack(tar, {
      bounds: { ...small, ratioFrom: 1e9 },
      wanted,
    });
    expect([[...files.keys()], leftOut, passedOver]).toEqual([['data/c', 'data/d'], [], 3]);
  });

  it('keeps as many bytes as it may, and names each file that is beyond', async () => {
    const tar = await packTar(['a', 'b', 'c', 'd'].map((name) => file(name, new Uint8Array(40_000))));
    const { files, leftOut } = await unpack(tar, { bounds: { ...small, ratioFrom: 1e9 } });
    expect([...files.keys()]).toEqual(['a', 'b']);
    expect(leftOut.map(({ about }) => about)).toEqual(['c', 'd']);
  });

  it('is given up where its attributes are a bomb, before the parser takes them in one piece', async () => {
    const before = turnsGiven();
    const pax = Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`k${at}`, 'v']));
    const tar = await packTar([
      file('00-boot/sysfs-pci.tsv', 'x'),
      // A body that is passed over is no progress either.
      { header: { name: '../passed', size: 300_000 }, body: new Uint8Array(300_000) },
      { header: { name: 'bomb', size: 1, pax }, body: 'x' },
      file('after', 'x'),
    ]);
    expect(tar.length).toBeGreaterThan(900_000);
    const { files, leftOut } = await unpack(tar);
    expect([...files.keys()]).toEqual(['00-boot/sysfs-pci.tsv']);
    expect(leftOut[0]?.reason).toContain('attributes of an entry have more than');
    expect(turnsGiven() - before).toBeGreaterThan(8);
  });

  it('takes long names and attributes as they occur', async () => {
    const name = `${'folder-with-a-long-name/'.repeat(12)}file`;
    const tar = await packTar([
      { header: { name, size: 1, pax: { comment: 'c'.repeat(20_000) } }, body: 'x' },
    ]);
    const { files, leftOut } = await unpack(tar);
    expect([[...files.keys()], leftOut]).toEqual([[name], []]);
  });

  it('shows what can be read when it is cut off, and refuses what is none', async () => {
    const packed = gzipSync(await packTar(entriesOf(sriov, 'host/')));
    const cut = await open(write('cut.tar.gz', packed.subarray(0, packed.length / 2)));
    expect(cut.problems[0]).toMatchObject({
      source: '.',
      message: expect.stringContaining('archive is damaged'),
    });
    for (const [name, bytes] of [
      ['noise.tar.gz', Buffer.from('no archive at all'.repeat(100))],
      ['empty.tar', Buffer.alloc(0)],
      ['zeros.tar', Buffer.alloc(10_240)],
      ['other.tar', await packTar([file('holiday.txt', 'sun')])],
    ] as const)
      expect(await openCapture(write(name, bytes)), name).toMatchObject({
        ok: false,
        error: {
          code: 'invalid-file',
          object: path.join(folder, name),
          fix: expect.stringContaining('tar archive'),
        },
      });
  });

  it('is answered with a capture or a refusal, however it was spoilt', async () => {
    const tar = await packTar(entriesOf(path.join(captures, '01-plain-drives'), 'host/'));
    let [opened, refused] = [0, 0];
    for (const packed of [tar, gzipSync(tar)])
      for (const spoil of fc.sample(spoils, { numRuns: numRuns(30, 1500), seed: 77 })) {
        const { files, leftOut } = await unpack(spoilt(packed, spoil));
        expect(leftOut.length).toBeLessThanOrEqual(501);
        for (const name of files.keys()) expect(name).not.toMatch(/^\/|(^|\/)\.\.?(\/|$)|\\/);
        if (files.size > 0) opened += 1;
        if (leftOut.length > 0) refused += 1;
      }
    expect(Math.min(opened, refused)).toBeGreaterThan(5);
  });
});
