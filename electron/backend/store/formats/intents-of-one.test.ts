import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Intent } from '#shared/procedure/intent.ts';
import { plan } from '#shared/procedure/plan/plan.ts';
import type { Step } from '#shared/procedure/step.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { createTestClock } from '../../test-support/test-clock.ts';
import { openDatabase } from '../database.ts';
import { openStore } from '../open-store.ts';
import { migrateDatabase } from './migrations.ts';

const fleet = migrationFleet();
const primaryId = 'hv-a/0000:41:00.0';
const secondaryId = `${primaryId}/3`;
const virtualSubsystemId = `${primaryId}|nqn`;
const detach: Step = { kind: 'detach-namespace', controllerId: secondaryId, nsid: 7 };

/** As the program wrote them when an intent was about one object, and as they are read now. */
const forms: readonly [before: object, now: Intent][] = [
  [
    { kind: 'set-resources', secondaryId, vq: 4, vi: 2 },
    { kind: 'set-resources', secondaryIds: [secondaryId], vq: 4, vi: 2 },
  ],
  [
    { kind: 'set-online', secondaryId, online: false },
    { kind: 'set-online', secondaryIds: [secondaryId], online: false },
  ],
  [
    { kind: 'set-vf-count', primaryId, count: 8 },
    { kind: 'set-vf-count', primaryIds: [primaryId], count: 8 },
  ],
  [
    { kind: 'allocate-to-primary', primaryId, vq: 1, vi: 2 },
    { kind: 'allocate-to-primary', primaryIds: [primaryId], vq: 1, vi: 2 },
  ],
  [
    { kind: 'set-namespaces', controllerId: secondaryId, nsids: [1, 2] },
    { kind: 'set-namespaces', controllerIds: [secondaryId], attach: [1, 2], detach: [7] },
  ],
  [
    { kind: 'delete-virtual-subsystem', virtualSubsystemId },
    { kind: 'delete-virtual-subsystem', virtualSubsystemIds: [virtualSubsystemId] },
  ],
  [
    { kind: 'remove-from-virtual-subsystem', secondaryId },
    { kind: 'remove-from-virtual-subsystem', secondaryIds: [secondaryId] },
  ],
  [
    { kind: 'reset', controllerId: primaryId, reset: 'function' },
    { kind: 'reset', controllerIds: [primaryId], reset: 'function' },
  ],
  [
    { kind: 'set-driver', controllerId: secondaryId, driver: null },
    { kind: 'set-driver', controllerIds: [secondaryId], driver: null },
  ],
  [
    { kind: 'assign', secondaryIds: [secondaryId], target: { kind: 'pool' } },
    { kind: 'assign', secondaryIds: [secondaryId], target: { kind: 'pool' } },
  ],
];

/** Stores one run for each intent, in a database of format 2, with the same intent as a way out of its audit. */
function storeOldRuns(): string {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'berth-store-'));
  const { plan: _, ...state } = finishedMigration(fleet);
  const planned = plan(fleet, { kind: 'assign', secondaryIds: [`${primaryId}/1`], target: { kind: 'pool' } });
  if (!planned.ok) throw new Error(planned.error.message);
  const [first] = planned.value.steps;
  const steps = [{ ...first, step: detach }];
  const database = openDatabase(path.join(dataDir, 'berth.db'), 'read-write');
  migrateDatabase(database, 2);
  const insert = 'INSERT INTO runs (id, source, status, plan, state) VALUES (?, ?, ?, ?, ?)';
  for (const [index, [intent]] of forms.entries()) {
    const id = `run-${index}`;
    const audit = [
      {
        ...{ kind: 'function-left', objectIds: [secondaryId], title: 'It is left.', lines: [] },
        waysOut: [
          { kind: 'change', words: 'Do it', intent },
          { kind: 'show', words: 'Look', objectId: secondaryId },
        ],
      },
    ];
    const stored = { ...state, id, steps: state.steps.slice(0, 1), audit };
    const of = { title: `Run ${index}`, intent, steps, consequences: [], pointOfNoReturn: null };
    database.run(insert, id, 'key', 'done', JSON.stringify(of), JSON.stringify(stored));
  }
  database.run(insert, 'spoilt', 'key', 'done', '{"intent":', '{"audit":[{"intent"');
  database.close();
  return dataDir;
}

describe('a history that an earlier Berth wrote', () => {
  it('is read with every intent about a list, in plans and in audits', () => {
    const dataDir = storeOldRuns();
    const told: unknown[] = [];
    const opened = openStore(dataDir, createTestClock(), { tell: (error) => void told.push(error) });
    if (!opened.ok) throw new Error(opened.error.message);
    const { store } = opened.value;
    const runs = store.runs(100).toReversed();
    expect(runs.map(({ run }) => run.plan.intent)).toEqual(forms.map(([, now]) => now));
    // A way out has no steps that would say what was detached.
    const ways = forms.map(([, now]) => (now.kind === 'set-namespaces' ? { ...now, detach: [] } : now));
    expect(runs.map(({ run }) => run.audit?.[0]?.waysOut[0])).toEqual(
      ways.map((intent) => ({ kind: 'change', words: 'Do it', intent })),
    );
    // Only what was spoilt before is set aside.
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain('An entry of the history cannot be read.');
    store.close();
  });
});
