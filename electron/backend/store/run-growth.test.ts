import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import {
  type ProcedureRun,
  procedureRunSchema,
  type StepRun,
  waitingStep,
} from '#shared/procedure/procedure.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { openDatabase } from './database.ts';
import type { StateParts } from './kept-state.ts';
import { openStore } from './open-store.ts';
import { sourceKey } from './store.ts';

// Parsed: as it is read again.
const finished = procedureRunSchema.parse(finishedMigration(migrationFleet()));
const done: StepRun = { ...waitingStep, status: 'done', durationMicroseconds: 800, readBack: 'It is online' };
const request = { kind: 'built-in', name: 'x' } as const;
const key = sourceKey(request);

/** A store that counts what it is told to write, in characters. */
function countingStore() {
  const written = { characters: 0 };
  const count = (values: readonly unknown[]) => {
    written.characters += values.reduce<number>((sum, value) => sum + String(value).length, 0);
  };
  const opened = openStore(mkdtempSync(path.join(tmpdir(), 'berth-growth-')), createTestClock(), {
    open(file, mode) {
      const database = openDatabase(file, mode);
      return {
        ...database,
        run(sql, ...values) {
          count(values);
          database.run(sql, ...values);
        },
        get(sql, ...values) {
          if (sql.startsWith('INSERT')) count(values);
          return database.get(sql, ...values);
        },
      };
    },
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return { store: opened.value.store, written };
}

function stateOf(done: number): StateParts {
  const parts = Array.from({ length: 40 }, (_, index) => {
    const state = { text: 'x'.repeat(1000), changed: index === done % 40 ? done : 0 };
    return [`subsystems/${index}`, JSON.stringify(state)] as const;
  });
  return new Map([['', `{"clock":${done}}`], ...parts]);
}

/** Journals a run as the runner does, and answers how much was written for its steps. */
function journal(count: number): { readonly characters: number; readonly run: ProcedureRun } {
  const { store, written } = countingStore();
  const { source } = migrationFleet();
  store.setCurrentSource({ request, source, simulatedState: stateOf(0) });
  const [planned] = finished.plan.steps;
  if (planned === undefined) throw new Error('no step');
  const plan = { ...finished.plan, steps: Array.from({ length: count }, () => planned) };
  let run: ProcedureRun = {
    ...{ ...finished, plan, migration: null, status: 'running' },
    steps: plan.steps.map(() => waitingStep),
  };
  const save = (event: 'started' | 'step-started' | 'step-done' | 'ended', step?: number, parts = false) => {
    const entry = { at: 1, event, ...(step === undefined ? {} : { step }) };
    expect(store.saveRun({ run, source: key }, entry, parts ? stateOf(step ?? count) : null).ok).toBe(true);
  };
  save('started');
  const before = written.characters;
  for (let index = 0; index < count; index += 1) {
    run = { ...run, steps: run.steps.with(index, { ...waitingStep, status: 'running', startedAt: index }) };
    save('step-started', index);
    run = { ...run, progress: (index + 1) / count, steps: run.steps.with(index, done) };
    save('step-done', index, true);
  }
  run = { ...run, status: 'done' };
  save('ended', undefined, true);
  const { characters } = written;
  expect(store.run(run.id)?.run).toEqual(run);
  expect(store.heads(5).map(({ run: head }) => head)).toMatchObject([
    { id: run.id, status: 'done', plan: { title: plan.title, intent: plan.intent }, stepCount: count },
  ]);
  expect(atOnce(store.currentSource())?.simulatedState).toEqual(stateOf(count));
  store.close();
  return { characters: characters - before, run };
}

describe('what is written of a procedure', () => {
  it('is for each step what changed with it, however many steps there are', () => {
    const [few, many] = [journal(40), journal(160)];
    expect(many.characters).toBeLessThan(4.5 * few.characters);
    // A part or two of the simulated fleet, a head and two states of a step.
    expect(many.characters / 160).toBeLessThan(20_000);
  });
});
