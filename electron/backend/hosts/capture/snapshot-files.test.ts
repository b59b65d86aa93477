import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotFiles } from './snapshot-files.ts';
import { folderStorage } from './storage/capture-storage.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-snapshot-'));
  mkdirSync(path.join(folder, 'nvme0'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = 'nvme0/list-ns.json';
const write = (content: string) => writeFileSync(path.join(folder, file), content);

describe('the files of a capture', () => {
  it('are read from the disk once, however often an opening asks', async () => {
    write('{}');
    const files = new SnapshotFiles(folderStorage(folder));
    expect(await files.text(file)).toBe('{}');
    rmSync(path.join(folder, file));
    expect(await files.text(file)).toBe('{}');
    expect(await files.part().text(file)).toBe('{}');
  });

  it('that are not listed are not looked for', async () => {
    const files = new SnapshotFiles(folderStorage(folder));
    expect(await files.text(file)).toBeNull();
    write('{}');
    expect(await files.text(file)).toBeNull();
    expect(await new SnapshotFiles(folderStorage(folder)).text(file)).toBe('{}');
    expect(files.problems).toEqual([]);
  });

  it('that became a link after the listing are not followed', async () => {
    write('{}');
    writeFileSync(path.join(folder, 'elsewhere'), 'secret');
    const files = new SnapshotFiles(folderStorage(folder));
    await files.list('nvme0');
    rmSync(path.join(folder, file));
    symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, file));
    expect(await files.bytes(file)).toBeNull();
    expect(files.problems.map(({ source }) => source)).toEqual([file]);
  });

  it('have their problems in the order of the parts, not of the reading', () => {
    const files = new SnapshotFiles(folderStorage(folder));
    const [first, second] = [files.part(), files.part()];
    second.problem('nvme1', 'later');
    first.problem('nvme0', 'sooner', { field: 'length', fix: 'Record it again' });
    first.problem('nvme0', 'told once', { field: 'length' });
    files.take(first);
    files.take(second);
    expect(files.problems).toEqual([
      { source: 'nvme0', message: 'sooner', field: 'length', fix: 'Record it again' },
      { source: 'nvme1', message: 'later' },
    ]);
  });
});
