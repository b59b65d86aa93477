import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import { brokenLinks } from '#shared/test-support/broken-links.ts';
import { createBackend } from '../create-backend.ts';
import { systemClock } from '../system-clock.ts';
import { recoverReviewed, sendTo } from '../test-support/start-reviewed.ts';
import { createTestLog, createTestRandom } from '../test-support/test-clock.ts';

const root = path.resolve(import.meta.dirname, '../../..');
// Inside the checkout, so that the program finds the database module.
const outDir = path.join(root, '.cache/kill-safety');
const program = path.join(outDir, 'endless-worker.js');

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(root, 'electron/backend/test-support/endless-worker.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
    },
    ssr: { noExternal: true, external: ['@photostructure/sqlite'] },
  });
}, 60_000);

interface Acknowledged {
  readonly runId: string;
  readonly status: string;
  readonly secondaryId: string;
}

/** Starts the worker, kills it `delay` ms after its first acknowledgement, and answers all of them. */
function killAfter(dataDir: string, seed: number, delay: number): Promise<Acknowledged[]> {
  return new Promise((resolve, reject) => {
    const worker = spawn(process.execPath, [program, dataDir, String(seed)], { cwd: root });
    let output = '';
    let errors = '';
    let doomed = false;
    worker.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    worker.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (doomed) return;
      doomed = true;
      setTimeout(() => worker.kill('SIGKILL'), delay);
    });
    worker.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`The worker ended by itself: ${errors}`));
      // A line that was cut short was not acknowledged.
      const lines = output
        .slice(0, output.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean);
      resolve(lines.map((line) => JSON.parse(line) as Acknowledged));
    });
  });
}

describe('kill -9 at any moment', () => {
  it('loses no acknowledged change, and offers what was interrupted', { timeout: 60_000 }, async () => {
    const random = createTestRandom(2026);
    const dataDir = mkdtempSync(path.join(tmpdir(), 'berth-kill-'));
    const changed = new Set<string>();
    let interruptions = 0;
    for (let round = 0; round < 6; round += 1) {
      const acknowledged = await killAfter(dataDir, round + 1, Math.floor(random.next() * 120));
      const log = createTestLog();
      const opened = await createBackend({ dataDir, clock: systemClock, random, log });
      if (!opened.ok) throw new Error(opened.error.message);
      const { handlers } = opened.value;
      const before = await runsOf(opened.value);
      for (const { runId, status, secondaryId } of acknowledged) {
        expect(status).toBe('done');
        expect(before.find((run) => run.id === runId)?.status).toBe('done');
        changed.add(secondaryId);
      }
      const interrupted = before.filter((run) => run.status === 'interrupted');
      expect(interrupted.length).toBeLessThanOrEqual(1);
      for (const { id } of interrupted) {
        interruptions += 1;
        const how = round % 2 === 0 ? 'roll-back' : 'resume';
        expect((await recoverReviewed(sendTo(handlers), id, how)).ok).toBe(true);
        const ended = await endOf(opened.value, id);
        expect([ended.status, ended.leftovers]).toEqual([how === 'resume' ? 'done' : 'rolled-back', []]);
      }
      const snapshot = await handlers['fleet:snapshot']({});
      if (!snapshot.ok) throw new Error('no snapshot');
      const { fleet } = JSON.parse(snapshot.value.json) as { fleet: Fleet };
      expect(brokenLinks(fleet)).toEqual([]);
      // The fleet is what the history says: every procedure that is done, in its order, and nothing else.
      const inPool = new Map<string, boolean>();
      for (const { id, status } of (await runsOf(opened.value)).reverse()) {
        const { intent } = (await endOf(opened.value, id)).plan;
        if (status === 'done' && intent.kind === 'assign')
          inPool.set(intent.secondaryIds[0] ?? '', intent.target.kind === 'pool');
      }
      for (const [id, expected] of inPool) {
        const secondary = fleet.controllers[id];
        expect([id, secondary?.role === 'secondary' && isInPool(secondary)]).toEqual([id, expected]);
      }
      expect(log.lines).toEqual([]);
      await opened.value.close();
    }
    expect(changed.size).toBeGreaterThan(3);
    expect(interruptions).toBeGreaterThan(0);
  });
});

type OpenBackend = Extract<Awaited<ReturnType<typeof createBackend>>, { ok: true }>['value'];

async function runsOf(backend: OpenBackend) {
  const history = await backend.handlers['history:list']({ limit: 1000 });
  if (!history.ok) throw new Error(history.error.message);
  return history.value.runs;
}

async function endOf(backend: OpenBackend, runId: string) {
  for (;;) {
    const run = await backend.handlers['history:get']({ runId });
    if (!run.ok) throw new Error(run.error.message);
    if (!['running', 'aborting'].includes(run.value.status)) return run.value;
    await systemClock.sleep(5);
  }
}
