import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LinkBounds, readFileBytes, readSmallFileNow } from './read-file.ts';
import { writeWholeFile } from './write-whole-file.ts';

const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(path.join(tmpdir(), 'berth-read-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

const options = { largest: 1000, what: 'a fleet file' };
const isLinux = process.platform === 'linux';

function fifo(file: string): string {
  execFileSync('mkfifo', [file]);
  return file;
}

describe('reading a file from outside', () => {
  it('reads a regular file up to the bound, empty ones too, and refuses one byte more', async () => {
    const file = path.join(folder(), 'f');
    for (const size of [0, 1, 999, 1000]) {
      writeFileSync(file, Buffer.alloc(size, 7));
      const read = await readFileBytes(file, options);
      expect(read.ok && Buffer.from(read.value).equals(Buffer.alloc(size, 7))).toBe(true);
    }
    writeFileSync(file, Buffer.alloc(1001));
    expect(await readFileBytes(file, options)).toMatchObject({
      ok: false,
      error: {
        code: 'invalid-file',
        object: file,
        field: 'size',
        fix: expect.stringContaining('1000 bytes'),
      },
    });
    writeFileSync(file, Buffer.alloc(100_000, 3));
    const large = await readFileBytes(file, { ...options, largest: 200_000 });
    expect(large.ok && large.value.length).toBe(100_000);
  });

  it.runIf(isLinux)(
    'refuses FIFOs, sockets, devices and folders at once, and the threads of all files stay free',
    async () => {
      const place = folder();
      const socket = path.join(place, 'socket');
      const server = createServer().listen(socket);
      const odd = [
        [fifo(path.join(place, 'fifo')), 'a FIFO (named pipe)'],
        [socket, 'a socket'],
        ['/dev/zero', 'a device file'],
        ['/dev/tty', 'a device file'],
        [place, 'a folder'],
      ] as const;
      symlinkSync(path.join(place, 'fifo'), path.join(place, 'link'));
      // Far more than there are threads: one that waits would hold all that follows.
      const asked = Array.from({ length: 40 }, () => readFileBytes(path.join(place, 'link'), options));
      for (const [file, kind] of odd) {
        const read = await readFileBytes(file, options);
        expect(read).toMatchObject({ ok: false, error: { code: 'invalid-file', object: file } });
        expect(read.ok || read.error.message).toContain(`is ${kind}, not a fleet file`);
        expect(readSmallFileNow(file, 100)).toBeNull();
      }
      for (const read of await Promise.all(asked)) expect(read.ok).toBe(false);
      expect((await stat(place)).isDirectory()).toBe(true);
      server.close();
    },
  );

  it.runIf(isLinux)('ends at the bound in a file that says it is empty and never ends', async () => {
    const read = await readFileBytes('/proc/self/pagemap', options);
    expect(read).toMatchObject({ ok: false, error: { object: '/proc/self/pagemap' } });
    const status = await readFileBytes('/proc/self/status', { ...options, largest: 100_000 });
    expect(status.ok && Buffer.from(status.value).toString().startsWith('Name:')).toBe(true);
  });

  it('follows links of a person anywhere, and links of a capture only inside of it', async () => {
    const place = folder();
    const other = folder();
    writeFileSync(path.join(place, 'own'), 'own');
    mkdirSync(path.join(place, 'sub'));
    writeFileSync(path.join(other, 'secret'), 'secret');
    symlinkSync(path.join(place, 'own'), path.join(place, 'sub', 'to-own'));
    symlinkSync(path.join(other, 'secret'), path.join(place, 'to-secret'));
    symlinkSync(other, path.join(place, 'to-other'));
    const inside = { ...options, inside: new LinkBounds(place) };
    const text = async (file: string, how = options) => {
      const read = await readFileBytes(path.join(place, file), how);
      return read.ok ? Buffer.from(read.value).toString() : read.error.code;
    };
    expect(await text('to-secret')).toBe('secret');
    expect(await text('sub/to-own', inside)).toBe('own');
    expect(await text('to-secret', inside)).toBe('unreadable');
    expect(await text('to-other/secret', inside)).toBe('unreadable');
    expect(await text('none', inside)).toBe('not-found');
  });

  it.runIf(isLinux)('never writes over what is no regular file', async () => {
    const place = folder();
    const pipe = fifo(path.join(place, 'fifo'));
    const written = await writeWholeFile(pipe, 'text', 'The report');
    expect(written.ok || written.error.message).toContain('it is a FIFO (named pipe)');
    expect((await stat(pipe)).isFIFO()).toBe(true);
    writeFileSync(path.join(place, 'real'), 'old');
    symlinkSync(path.join(place, 'real'), path.join(place, 'link'));
    expect((await writeWholeFile(path.join(place, 'link'), 'new', 'The report')).ok).toBe(true);
    expect(readFileSync(path.join(place, 'link'), 'utf8')).toBe('new');
  });
});
