import { appendFileSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fail, succeed } from '#shared/result.ts';
import { KeptArchive } from './kept-archive.ts';
import type { OpenedPlace } from './open-storage.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const opened = {} as OpenedPlace;

/** A keeper whose time passes by hand, and an archive that counts how often it is read. */
function keeper(answer: () => ReturnType<KeptArchive['of']> = async () => succeed(opened)) {
  const waiting: (() => void)[] = [];
  const sleeps: number[] = [];
  const kept = new KeptArchive({
    sleep: (milliseconds) => {
      sleeps.push(milliseconds);
      return new Promise((resolve) => waiting.push(resolve));
    },
  });
  const file = (name: string) => {
    const place = path.join(folder, name);
    writeFileSync(place, name);
    return place;
  };
  let readings = 0;
  const read = () => {
    readings += 1;
    return answer();
  };
  const of = async (place: string) => {
    await kept.of(place, read);
    return readings;
  };
  return { kept, file, of, read, readings: () => readings, waiting, sleeps };
}

it('the archive that was read last is not read again, also by two at once', async () => {
  const { of, file, kept, readings } = keeper();
  const place = file('a.tar');
  await Promise.all([of(place), of(place), of(path.join(folder, '.', 'a.tar'))]);
  expect(readings()).toBe(1);
  expect(await of(place)).toBe(1);
  kept.forget();
  expect(await of(place)).toBe(2);
});

it('another archive takes its place', async () => {
  const { of, file } = keeper();
  const [a, b] = [file('a.tar'), file('b.tar')];
  expect([await of(a), await of(b), await of(b), await of(a)]).toEqual([1, 2, 2, 3]);
});

it('a file that has changed is read anew, also where its size or its time is as before', async () => {
  const { of, file } = keeper();
  const place = file('a.tar');
  expect(await of(place)).toBe(1);
  appendFileSync(place, 'more');
  expect(await of(place)).toBe(2);
  const { atimeMs, mtimeMs } = statSync(place);
  utimesSync(place, atimeMs / 1000, mtimeMs / 1000 + 5);
  expect(await of(place)).toBe(3);
  rmSync(place);
  expect(await of(place)).toBe(4);
  expect(await of(place)).toBe(5);
});

it('what could not be read is not kept', async () => {
  const { of, file } = keeper(async () => fail('invalid-file', 'It is damaged.', {}));
  const place = file('a.tar');
  expect([await of(place), await of(place)]).toEqual([1, 2]);
  const broken = keeper(async () => {
    throw new Error('no memory');
  });
  await expect(broken.of(place)).rejects.toThrow('no memory');
  await expect(broken.of(place)).rejects.toThrow('no memory');
  expect(broken.readings()).toBe(2);
});

it('is forgotten after some minutes, and only the one whose time has come', async () => {
  const { of, file, waiting, sleeps } = keeper();
  const [a, b] = [file('a.tar'), file('b.tar')];
  await of(a);
  await of(b);
  expect(sleeps).toEqual([300_000, 300_000]);
  waiting[0]?.();
  await Promise.resolve();
  expect(await of(b)).toBe(2);
  waiting[1]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await of(b)).toBe(3);
});
