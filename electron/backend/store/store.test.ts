import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { openLab } from '../test-support/procedure-lab.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { openDatabase } from './database.ts';
import { databaseVersion } from './formats/migrations.ts';
import { openStore } from './open-store.ts';

const clock = createTestClock();
const source: FleetSource = {
  ...{
    kind: 'simulated',
    name: 'two-hosts',
    label: 'Simulated fleet',
    simulated: true,
    readOnly: null,
    seed: 42,
  },
};
const newFolder = () => mkdtempSync(path.join(tmpdir(), 'berth-store-'));

function open(dataDir: string) {
  const opened = openStore(dataDir, clock);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

describe('what lasts', () => {
  it('finds settings and sources again', () => {
    const dataDir = newFolder();
    const first = open(dataDir).store;
    expect(first.settings()).toEqual(defaultSettings);
    first.saveSettings({ ...defaultSettings, theme: 'dark' });
    const request = { kind: 'built-in', name: 'two-hosts' } as const;
    const current = {
      request,
      source,
      simulatedState: new Map([
        ['', '{}'],
        ['hosts/0', '[]'],
      ]),
    };
    first.setCurrentSource(current);
    first.close();
    const second = open(dataDir).store;
    expect(second.settings().theme).toBe('dark');
    expect(atOnce(second.currentSource())).toEqual(current);
    second.close();
  });

  it('keeps the twelve sources that were opened last, newest first, each once', () => {
    const { store } = open(newFolder());
    for (let number = 0; number < 20; number += 1)
      store.rememberSource({
        request: { kind: 'path', path: `/captures/${number % 15}` },
        title: `Capture ${number}`,
        openedAt: number,
      });
    const recent = store.recentSources();
    expect(recent.map((source) => source.openedAt)).toEqual([19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8]);
    expect(store.forgetRecent().ok).toBe(true);
    expect(store.recentSources()).toEqual([]);
    store.close();
  });

  it('keeps a run with its plan, its journal and the state that belongs to it', async () => {
    const lab = await openLab();
    const run = await lab.run({
      kind: 'create-virtual-subsystem',
      primaryId: 'hv-a/0000:41:00.0',
      nqn: 'my_v_nqn_1',
      primaryVirtualId: 1,
      identity: { serialNumber: 'BERTH-V1', modelNumber: '', firmwareRevision: '' },
    });
    lab.store.close();
    const { store } = open(lab.dataDir);
    expect(store.run(run.id)?.run).toEqual(run);
    expect(store.journal(run.id).map((entry) => entry.event)).toEqual([
      'started',
      'step-started',
      'step-done',
      'ended',
    ]);
    expect([...(atOnce(store.currentSource())?.simulatedState?.values() ?? [])].join()).toContain(
      '"my_v_nqn_1"',
    );
    expect(store.unfinishedRuns()).toEqual([]);
    store.close();
  });
});

describe('a database that cannot be used as it is', () => {
  it('sets a damaged one aside, tells so and starts with an empty one', () => {
    const dataDir = newFolder();
    const garbage = 'this was never a database, only a text file of some length '.repeat(100);
    writeFileSync(path.join(dataDir, 'berth.db'), garbage);
    const { store, notices } = open(dataDir);
    expect(notices).toMatchObject([{ code: 'storage', object: expect.stringContaining('.corrupt-') }]);
    expect(readFileSync(notices[0]?.object ?? '', 'utf8')).toBe(garbage);
    expect(store.saveSettings(defaultSettings).ok).toBe(true);
    store.close();
  });

  it('notices damage inside the file as well', () => {
    const dataDir = newFolder();
    const first = open(dataDir).store;
    for (let number = 0; number < 12; number += 1)
      first.setCurrentSource({
        ...{
          request: { kind: 'built-in', name: 'x' },
          source,
          simulatedState: new Map([['', 'y'.repeat(50_000)]]),
        },
      });
    first.close();
    const file = path.join(dataDir, 'berth.db');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096, bytes.length);
    writeFileSync(file, bytes);
    const { store, notices } = open(dataDir);
    expect(notices).toHaveLength(1);
    expect(readdirSync(dataDir).some((name) => name.includes('.corrupt-'))).toBe(true);
    store.close();
  });

  it('opens one of a newer Berth read-only and changes nothing in it', () => {
    const dataDir = newFolder();
    const first = open(dataDir).store;
    first.saveSettings({ ...defaultSettings, theme: 'light' });
    first.close();
    const file = path.join(dataDir, 'berth.db');
    const newer = openDatabase(file, 'read-write');
    newer.script(`PRAGMA user_version = ${databaseVersion + 1}`);
    newer.close();
    const { store, notices } = open(dataDir);
    expect(notices).toMatchObject([{ code: 'read-only' }]);
    expect(store.settings().theme).toBe('light');
    const saved = store.saveSettings({ ...defaultSettings, theme: 'dark' });
    expect(saved.ok ? null : saved.error.code).toBe('read-only');
    expect(store.settings().theme).toBe('light');
    store.close();
  });

  it('says what is wrong when the folder cannot be written', () => {
    const file = path.join(newFolder(), 'a-file');
    writeFileSync(file, '');
    const opened = openStore(path.join(file, 'data'), clock);
    expect(opened.ok ? null : opened.error).toMatchObject({ code: 'storage', fix: expect.any(String) });
    expect(existsSync(file)).toBe(true);
  });

  it('falls back setting by setting when stored values make no sense', () => {
    const dataDir = newFolder();
    open(dataDir).store.close();
    const database = openDatabase(path.join(dataDir, 'berth.db'), 'read-write');
    database.run('INSERT INTO settings (id, json) VALUES (1, ?)', '{"theme":"pink","dockHeight":300}');
    database.close();
    const { store } = open(dataDir);
    expect(store.settings()).toEqual({ ...defaultSettings, dockHeight: 300 });
    store.close();
  });
});
