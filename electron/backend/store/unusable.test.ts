import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BerthError } from '#shared/result.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { openDatabase } from './database.ts';
import { openStore } from './open-store.ts';

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'berth-unusable-'));

function open(dataDir: string) {
  const told: BerthError[] = [];
  const opened = openStore(dataDir, createTestClock(), { tell: (notice) => told.push(notice) });
  if (!opened.ok) throw new Error(opened.error.message);
  return { ...opened.value, told };
}

/** Changes a database that Berth has made and closed. */
function edit(dataDir: string, sql: string): void {
  const database = openDatabase(path.join(dataDir, 'berth.db'), 'read-write');
  database.script(sql);
  database.close();
}

describe('a database that cannot be used is told and kept aside', () => {
  const spoilt: readonly (readonly [string, (dataDir: string) => void, RegExp])[] = [
    ['of 0 bytes', (dataDir) => writeFileSync(path.join(dataDir, 'berth.db'), ''), /was an empty file/],
    [
      'of version −1',
      (dataDir) => edit(dataDir, 'PRAGMA user_version = -1'),
      /no format that Berth knows \(-1\)/,
    ],
    ['of version 0 with tables', (dataDir) => edit(dataDir, 'PRAGMA user_version = 0'), /no format .* \(0\)/],
    ['without the journal', (dataDir) => edit(dataDir, 'DROP TABLE journal'), /lacks journal\.sequence/],
    [
      'without a column',
      (dataDir) => edit(dataDir, 'ALTER TABLE recent_sources DROP COLUMN title'),
      /lacks recent_sources\.title/,
    ],
    [
      'that is a folder',
      (dataDir) => {
        rmSync(path.join(dataDir, 'berth.db'));
        mkdirSync(path.join(dataDir, 'berth.db'));
      },
      /is not a file/,
    ],
  ];
  for (const [what, spoil, words] of spoilt)
    it(what, () => {
      const dataDir = newFolder();
      const first = open(dataDir);
      expect([first.notices, first.told]).toEqual([[], []]);
      first.store.saveSettings({ ...defaultSettings, theme: 'dark' });
      first.store.close();
      spoil(dataDir);
      const { store, notices } = open(dataDir);
      expect(notices).toHaveLength(1);
      expect(notices[0]?.message).toMatch(words);
      const aside = path.basename(notices[0]?.object ?? '');
      expect(readdirSync(dataDir)).toContain(aside);
      expect(store.settings()).toEqual(defaultSettings);
      // The next one of the same moment gets a name of its own.
      store.close();
      edit(dataDir, 'PRAGMA user_version = -1');
      const again = open(dataDir);
      expect(path.basename(again.notices[0]?.object ?? '')).not.toBe(aside);
      expect(readdirSync(dataDir)).toContain(aside);
      again.store.close();
    });
});

describe('rows that cannot be read', () => {
  it('are moved to a file that is named, each of its own table, and the rest is read', async () => {
    const lab = await openSimulatedBackend();
    const runs = [];
    for (let count = 0; count < 4; count += 1) {
      const started = await lab.assign();
      if (!started.ok) throw new Error(started.error.message);
      runs.push((await lab.until(started.value.id, ended)).id);
    }
    await lab.ask('settings:set', { theme: 'dark', dockHeight: 300 });
    await lab.close();
    edit(
      lab.dataDir,
      `UPDATE runs SET state = '{"torn' WHERE id = '${runs[0]}';
       UPDATE runs SET plan = '{"broken' WHERE id = '${runs[1]}';
       UPDATE run_steps SET state = '{"split' WHERE run_id = '${runs[2]}' AND step = 1;
       UPDATE settings SET json = '{"theme":"dark","dockHeight":"tall"}';
       INSERT INTO recent_sources (request, title, opened_at) VALUES ('?', 'lost', 1);
       INSERT INTO virtual_subsystem_drafts (id, source, json) SELECT 'bad', request, '[]' FROM current_source;`,
    );
    const again = await openSimulatedBackend(lab.dataDir);
    const listed = async () => (await again.ask('history:list', { limit: 10 })).runs.map(({ id }) => id);
    expect(await listed()).not.toContain(runs[0]);
    // What a list does not need is noticed when somebody looks at it.
    for (const runId of runs.slice(1, 3))
      expect((await again.refusal('history:get', { runId })).code).toBe('not-found');
    expect(await listed()).toEqual([runs[3]]);
    const settings = await again.ask('settings:get', {});
    expect([settings.theme, settings.dockHeight]).toEqual(['dark', defaultSettings.dockHeight]);
    expect((await again.ask('fleet:sources', {})).recent).toEqual([]);
    expect((await again.ask('draft:list', {})).drafts).toEqual([]);
    const notices = again.notices();
    expect([...new Set(notices.map(({ message }) => message))].sort()).toEqual([
      'An entry of the drafts of virtual subsystems cannot be read.',
      'An entry of the history cannot be read.',
      'An entry of the list of recent sources cannot be read.',
      'An entry of the settings cannot be read: the default holds for Height of the dock.',
    ]);
    const kept = [...new Set(notices.map(({ object }) => object ?? ''))]
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
    for (const content of [
      '{\\"torn',
      '{\\"broken',
      '{\\"split',
      '\\"tall\\"',
      'lost',
      'bad',
      '"step-started"',
    ])
      expect(kept).toContain(content);
    await again.close();
    const third = await openSimulatedBackend(lab.dataDir);
    await third.ask('history:list', { limit: 10 });
    await third.ask('draft:list', {});
    expect(third.notices()).toEqual([]);
  });

  it('the state of the fleet that was open is kept before another one takes its place', async () => {
    const lab = await openSimulatedBackend();
    await lab.ask('fleet:snapshot', {});
    await lab.close();
    edit(
      lab.dataDir,
      `UPDATE state_texts SET json = '{"format":"berth-fleet","version":1,"precious":1}'
         WHERE id = (SELECT text FROM simulated_state WHERE part = '')`,
    );
    const again = await openSimulatedBackend(lab.dataDir);
    await again.ask('fleet:snapshot', {});
    const file = again.notices().find(({ object }) => object?.includes('unreadable-rows-'))?.object ?? '';
    expect(readFileSync(file, 'utf8')).toContain('precious');
  });
});

describe('a data folder that is removed while Berth runs', () => {
  it('is made again with all that the database held, and that is told', async () => {
    const lab = await openSimulatedBackend();
    const before = await lab.assign();
    if (!before.ok) throw new Error(before.error.message);
    await lab.until(before.value.id, ended);
    rmSync(lab.dataDir, { recursive: true });
    const after = await lab.assign();
    if (!after.ok) throw new Error(after.error.message);
    expect((await lab.until(after.value.id, ended)).status).toBe('done');
    expect(lab.notices().map(({ message }) => message)).toEqual([
      'The data folder or its database was removed while Berth runs.',
    ]);
    // As after a kill: what is on disk is what counts.
    const copy = newFolder();
    for (const name of readdirSync(lab.dataDir))
      writeFileSync(path.join(copy, name), readFileSync(path.join(lab.dataDir, name)));
    const again = await openSimulatedBackend(copy);
    const { runs } = await again.ask('history:list', { limit: 10 });
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      [after.value.id, 'done'],
      [before.value.id, 'done'],
    ]);
    expect(await again.fleet()).toEqual(await lab.fleet());
  });

  it('where another database stands in its place, nothing is written into either', async () => {
    const lab = await openSimulatedBackend();
    const other = newFolder();
    const stranger = open(other).store;
    stranger.saveSettings({ ...defaultSettings, theme: 'light' });
    stranger.close();
    renameSync(lab.dataDir, `${lab.dataDir}-moved`);
    renameSync(other, lab.dataDir);
    const error = await lab.refusal('settings:set', { theme: 'dark' });
    expect([error.code, error.message]).toEqual([
      'storage',
      'Another file has taken the place of the database while Berth runs.',
    ]);
    await lab.close();
    const { store } = open(lab.dataDir);
    expect(store.settings().theme).toBe('light');
    store.close();
    rmSync(`${lab.dataDir}-moved`, { recursive: true });
  });

  it('says so where it cannot be made again', async () => {
    const lab = await openSimulatedBackend(path.join(newFolder(), 'data'));
    rmSync(path.dirname(lab.dataDir), { recursive: true });
    writeFileSync(path.dirname(lab.dataDir), 'in the way');
    const error = await lab.refusal('settings:set', { theme: 'dark' });
    expect(error.code).toBe('storage');
    expect((await lab.ask('settings:get', {})).theme).toBe('system');
    await lab.close();
    rmSync(path.dirname(lab.dataDir));
    mkdirSync(lab.dataDir, { recursive: true });
  });
});
