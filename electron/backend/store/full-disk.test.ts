import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { createFullDisk } from '../test-support/full-disk.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { recoverReviewed, sendTo } from '../test-support/start-reviewed.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { type Database, openDatabase } from './database.ts';
import { openStore } from './open-store.ts';

const full = /^The database could not be written: the disk is full\.$/;

/** Opens a backend on a disk, and answers it with the disk. */
async function openOnDisk(dataDir?: string) {
  const disk = createFullDisk();
  const lab = await openSimulatedBackend(dataDir, disk.open);
  await lab.ask('fleet:snapshot', {});
  return { disk, lab };
}

type Lab = Awaited<ReturnType<typeof openOnDisk>>['lab'];

const history = async (lab: Lab) => (await lab.ask('history:list', { limit: 100 })).runs;

/** The last that everybody heard of a run. */
function told(lab: Lab, runId: string): string | undefined {
  return lab.events
    .flatMap(({ channel, event }) => (channel === 'run:changed' ? [event as ProcedureRun] : []))
    .filter(({ id }) => id === runId)
    .at(-1)?.status;
}

async function isAssigned(lab: Lab, run: ProcedureRun): Promise<boolean> {
  const { intent } = run.plan;
  const id = intent.kind === 'assign' ? (intent.secondaryIds[0] ?? '') : '';
  const controller = (await lab.fleet()).controllers[id];
  return controller?.role === 'secondary' && !isInPool(controller);
}

describe('a full disk', () => {
  it('at any one write of a procedure: it says so, and its status is true at once, in memory and later on disk', async () => {
    const first = await openOnDisk();
    first.disk.fill(() => false);
    const undisturbed = await first.lab.assign();
    if (!undisturbed.ok) throw new Error(undisturbed.error.message);
    await first.lab.until(undisturbed.value.id, ended);
    const writes = first.disk.transactions;
    expect(writes).toBeGreaterThan(5);
    const outcomes = new Set<string>();
    for (let at = 1; at <= writes; at += 1) {
      const { disk, lab } = await openOnDisk();
      disk.fill((transaction) => transaction === at);
      const started = await lab.assign();
      if (!started.ok) {
        expect([at, started.error.code, full.test(started.error.message)]).toEqual([1, 'storage', true]);
        expect(await history(lab)).toEqual([]);
        expect(lab.events.filter(({ channel }) => channel === 'run:changed')).toEqual([]);
        continue;
      }
      const run = await lab.until(started.value.id, ended);
      outcomes.add(run.status);
      expect(await isAssigned(lab, run)).toBe(run.status === 'done');
      expect((await history(lab)).map(({ id, status }) => [id, status])).toEqual([[run.id, run.status]]);
      expect(told(lab, run.id)).toBe(run.status);
      expect(lab.notices().filter(({ message }) => full.test(message))).toHaveLength(1);
      await lab.close();
      const again = (await openOnDisk(lab.dataDir)).lab;
      expect((await history(again)).map(({ id, status }) => [id, status])).toEqual([[run.id, run.status]]);
      expect(await isAssigned(again, run)).toBe(run.status === 'done');
    }
    expect(outcomes).toEqual(new Set(['done', 'rolled-back']));
  }, 60_000);

  it('from a write of a procedure on: the status is true, the program closes, and the next start knows what was cut short', async () => {
    for (const from of [2, 3, 5]) {
      const { disk, lab } = await openOnDisk();
      disk.fill((transaction) => transaction >= from);
      const started = await lab.assign();
      if (!started.ok) throw new Error(started.error.message);
      const run = await lab.until(started.value.id, ended);
      expect(run.status).toBe('rolled-back');
      expect((await history(lab)).map(({ status }) => status)).toEqual(['rolled-back']);
      expect(lab.notices().filter(({ message }) => full.test(message))).toHaveLength(1);
      await lab.close();
      const again = (await openOnDisk(lab.dataDir)).lab;
      expect((await history(again)).map(({ status }) => status)).toEqual(['interrupted']);
      const recovered = await recoverReviewed(sendTo(again.backend.handlers), run.id, 'roll-back');
      expect(recovered).toMatchObject({ ok: true, value: { status: 'running' } });
      expect((await again.until(run.id, ended)).status).toBe('rolled-back');
      expect(await isAssigned(again, run)).toBe(false);
    }
  }, 60_000);

  it('writes what was missing as soon as it can, and says so', async () => {
    const { disk, lab } = await openOnDisk();
    disk.fill((transaction) => transaction >= 4);
    const started = await lab.assign();
    if (!started.ok) throw new Error(started.error.message);
    const run = await lab.until(started.value.id, ended);
    disk.free();
    await lab.ask('settings:set', { theme: 'dark' });
    expect(lab.notices().at(-1)?.message).toBe(
      'The database can be written again, and holds what was missing.',
    );
    await lab.close();
    const again = (await openOnDisk(lab.dataDir)).lab;
    expect((await history(again)).map(({ id, status }) => [id, status])).toEqual([[run.id, 'rolled-back']]);
  }, 20_000);

  it('changes neither clock nor settings nor a device where the answer is an error', async () => {
    const { disk, lab } = await openOnDisk();
    const clock = async () => (await lab.ask('simulation:clock', {})).clock?.mode;
    const before = await lab.fleet();
    expect(await clock()).toBe('real-time');
    disk.fill();
    const primaryId = Object.values(before.controllers).find(({ role }) => role === 'primary')?.id ?? '';
    const errors = [
      await lab.refusal('simulation:set-clock', { mode: 'paused' }),
      await lab.refusal('settings:set', { theme: 'light' }),
      await lab.refusal('simulation:device-fault', {
        fault: { kind: 'controller-fatal', controllerId: primaryId },
      }),
    ];
    for (const error of errors) expect([error.code, full.test(error.message)]).toEqual(['storage', true]);
    expect(await clock()).toBe('real-time');
    expect((await lab.ask('settings:get', {})).theme).toBe('system');
    expect(lab.events.filter(({ channel }) => channel === 'settings:changed')).toEqual([]);
    expect(await lab.fleet()).toEqual(before);
    disk.free();
    expect((await lab.ask('simulation:set-clock', { mode: 'paused' })).clock.mode).toBe('paused');
  });

  it('a source that is opened meanwhile is kept when there is space again, and the former state is not put under its key', async () => {
    const { disk, lab } = await openOnDisk();
    disk.fill();
    await lab.ask('fleet:open', { kind: 'built-in', name: 'zoo' });
    expect((await lab.fleet()).source.name).toBe('zoo');
    expect(lab.notices().some(({ message }) => full.test(message))).toBe(true);
    disk.free();
    await lab.ask('settings:set', { theme: 'dark' });
    // As after a kill: nothing is written at the end.
    disk.fill();
    await lab.close();
    const again = (await openOnDisk(lab.dataDir)).lab;
    expect((await again.fleet()).source.name).toBe('zoo');
  });

  it('is told as such by the real engine, and leaves the connection usable', () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'berth-full-'));
    const databases: Database[] = [];
    const opened = openStore(dataDir, createTestClock(), {
      open: (file, mode) => {
        const database = openDatabase(file, mode);
        databases.push(database);
        return database;
      },
    });
    if (!opened.ok) throw new Error(opened.error.message);
    const { store } = opened.value;
    const source = {
      kind: 'simulated',
      name: 'x',
      label: 'x',
      simulated: true,
      readOnly: null,
      seed: 1,
    } as const;
    const current = {
      ...{ request: { kind: 'built-in', name: 'x' } as const, source },
      simulatedState: new Map([['', 'y'.repeat(1_000_000)]]),
    };
    databases.at(-1)?.script('PRAGMA max_page_count = 20');
    const refused = store.setCurrentSource(current);
    expect(refused.ok ? null : refused.error.message).toMatch(full);
    databases.at(-1)?.script('PRAGMA max_page_count = 100000');
    expect(store.saveSettings({ ...defaultSettings, theme: 'dark' }).ok).toBe(true);
    expect(atOnce(store.currentSource())).toEqual(current);
    store.close();
  });
});
