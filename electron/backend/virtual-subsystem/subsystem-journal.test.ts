import { expect, it } from 'vitest';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { headOf } from '../store/run-rows.ts';
import { readSubsystemJournal } from './subsystem-journal.ts';

it('is read procedure by procedure, those of the source only', () => {
  const fleet = migrationFleet();
  const runs = ['a', 'b', 'c', 'd'].map((id): ProcedureRun => ({ ...finishedMigration(fleet), id }));
  const stored = runs.map((run) => ({ run, source: run.id === 'b' ? 'another' : 'open' }));
  const read: string[] = [];
  const store = {
    heads: () => stored.map(({ run, source }) => ({ run: headOf(run), source })),
    run(id: string) {
      read.push(id);
      return stored.find(({ run }) => run.id === id) ?? null;
    },
  };
  const work = readSubsystemJournal(store, 'open', fleet);
  const pieces: number[] = [];
  let piece = work.next();
  for (; !piece.done; piece = work.next()) pieces.push(read.length);
  expect([pieces, read]).toEqual([
    [1, 2, 3],
    ['a', 'c', 'd'],
  ]);
  expect(new Set(piece.value.releases.map(({ runId }) => runId))).toEqual(new Set(['a']));
});
