import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { openLab } from '../test-support/procedure-lab.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { openDatabase } from './database.ts';
import { openStore } from './open-store.ts';

const intent = {
  kind: 'create-virtual-subsystem',
  primaryId: 'hv-a/0000:41:00.0',
  nqn: 'my_v_nqn_1',
  primaryVirtualId: 1,
  identity: { serialNumber: 'BERTH-V1', modelNumber: '', firmwareRevision: '' },
} as const;

async function sampleRun(): Promise<ProcedureRun> {
  const lab = await openLab();
  const run = await lab.run(intent);
  lab.store.close();
  return run;
}

function open(dataDir: string) {
  const opened = openStore(dataDir, createTestClock());
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.store;
}

const sizeOf = (dataDir: string) => statSync(path.join(dataDir, 'berth.db')).size;

/** About 20 kB. */
const large = (run: ProcedureRun, number: number): ProcedureRun => ({
  ...run,
  id: `run-${number}`,
  leftovers: [{ what: String(number).repeat(20_000).slice(0, 20_000), commandLines: [] }],
});

describe('the history', () => {
  it('keeps as many procedures as the setting says, and every one that has not ended, with their journals', async () => {
    const run = await sampleRun();
    const store = open(mkdtempSync(path.join(tmpdir(), 'berth-history-')));
    store.saveSettings({ ...defaultSettings, historyLimit: 60 });
    const at = 1;
    const cutShort: ProcedureRun = { ...run, id: 'cut-short', status: 'interrupted' };
    store.saveRun({ run: cutShort, source: 'a' }, { at, event: 'interrupted' }, null);
    for (let number = 1; number <= 100; number += 1) {
      store.saveRun(
        { run: { ...large(run, number), status: 'running' }, source: 'a' },
        { at, event: 'started' },
        null,
      );
      store.saveRun({ run: large(run, number), source: 'a' }, { at, event: 'ended' }, null);
    }
    const kept = store.runs(1000).map(({ run: { id } }) => id);
    expect(kept).toEqual([...Array.from({ length: 60 }, (_, index) => `run-${100 - index}`), 'cut-short']);
    expect(store.journal('run-40')).toEqual([]);
    expect(store.journal('run-41').map(({ event }) => event)).toEqual(['started', 'ended']);
    expect(store.journal('cut-short')).toHaveLength(1);
    store.close();
  });

  it('gives its space back when the bound is lowered, also in a database of an earlier Berth', async () => {
    const run = await sampleRun();
    for (const isOld of [false, true]) {
      const dataDir = mkdtempSync(path.join(tmpdir(), 'berth-history-'));
      const first = open(dataDir);
      for (let number = 1; number <= 300; number += 1)
        first.saveRun({ run: large(run, number), source: 'a' }, { at: 1, event: 'ended' }, null);
      first.close();
      if (isOld) {
        const database = openDatabase(path.join(dataDir, 'berth.db'), 'read-write');
        database.script('PRAGMA auto_vacuum = NONE; VACUUM');
        database.close();
      }
      const full = sizeOf(dataDir);
      expect(full).toBeGreaterThan(6_000_000);
      const store = open(dataDir);
      store.saveSettings({ ...defaultSettings, historyLimit: 50 });
      expect(store.runs(1000)).toHaveLength(50);
      store.close();
      expect(sizeOf(dataDir)).toBeLessThan(full / 4);
    }
  });

  it('a draft that a deleted procedure has created does not come back', async () => {
    const run = await sampleRun();
    const store = open(mkdtempSync(path.join(tmpdir(), 'berth-history-')));
    store.saveSettings({ ...defaultSettings, historyLimit: 50 });
    const draft = {
      ...{ id: 'd', savedAt: 1, nqn: 'n', primaryId: 'hv-a/0000:41:00.0', primaryVirtualId: 1 },
    };
    store.saveRun({ run: { ...run, id: 'creates' }, source: 'a' }, { at: 1, event: 'ended' }, null);
    expect(store.drafts.save('a', draft as never).ok).toBe(true);
    store.drafts.noteCreation('d', 'creates');
    for (let number = 1; number <= 50; number += 1)
      store.saveRun({ run: large(run, number), source: 'a' }, { at: 1, event: 'ended' }, null);
    expect(store.run('creates')).toBeNull();
    expect(store.drafts.list('a')).toEqual([]);
    store.close();
  });
});
