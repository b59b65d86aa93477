import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { succeed } from '#shared/result.ts';
import { writeWholeFile } from './write-whole-file.ts';

const what = 'The report';
const folders: string[] = [];
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'berth-file-'));
  folders.push(made);
  return made;
};

afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true });
});

describe('writeWholeFile', () => {
  it('replaces an older file and leaves nothing else behind', async () => {
    const place = await folder();
    const path = join(place, 'report.html');
    await writeFile(path, 'old');
    expect(await writeWholeFile(path, 'new ü', what)).toEqual(succeed(undefined));
    expect(await readFile(path, 'utf8')).toBe('new ü');
    expect(await readdir(place)).toEqual(['report.html']);
  });

  it('says why it could not, and keeps what was there', async () => {
    const place = await folder();
    const missing = await writeWholeFile(join(place, 'no', 'report.html'), 'text', what);
    expect(missing).toMatchObject({ ok: false, error: { code: 'storage' } });
    expect(missing.ok || missing.error.message).toContain('the folder does not exist');
    const asFolder = await writeWholeFile(place, 'text', what);
    expect(asFolder.ok).toBe(false);
    expect(await readdir(place)).toEqual([]);
  });

  it('leaves no temporary file in a folder that cannot take the report', async () => {
    const place = await folder();
    await writeFile(join(place, 'keep'), '');
    const target = join(place, 'keep', 'report.html');
    expect((await writeWholeFile(target, 'text', what)).ok).toBe(false);
    expect(await readdir(place)).toEqual(['keep']);
  });
});
