import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { openDatabase } from './database.ts';
import { migrateDatabase } from './formats/migrations.ts';
import type { StateParts } from './kept-state.ts';
import { openStore } from './open-store.ts';
import { sourceKey } from './store.ts';

const request = { kind: 'built-in', name: 'x' } as const;
const source: FleetSource = {
  ...{ kind: 'simulated', name: 'x', label: 'x' },
  ...{ simulated: true, readOnly: null, seed: 1 },
};
const key = sourceKey(request);

/** Several transactions long. */
const stateOf = (what: string): StateParts =>
  new Map(Array.from({ length: 30 }, (_, part) => [`part/${part}`, JSON.stringify(what.repeat(100_000))]));
const currentOf = (what: string) => ({ request, source, simulatedState: stateOf(what) });

function openIn(dataDir: string) {
  const opened = openStore(dataDir, createTestClock());
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.store;
}

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'berth-kept-'));

function textsIn(dataDir: string): number {
  const database = openDatabase(path.join(dataDir, 'berth.db'), 'read-only');
  const texts = Number(database.get('SELECT count(*) AS texts FROM state_texts')?.texts);
  database.close();
  return texts;
}

describe('a state that is written ahead', () => {
  it('changes nothing wherever the program ends; the next one finds what was kept, and takes the rest away', () => {
    let isWhole = false;
    let moments = 0;
    let mostTexts = 0;
    for (; !isWhole; moments++) {
      const dataDir = newFolder();
      const first = openIn(dataDir);
      first.setCurrentSource(currentOf('a'));
      const ahead = first.writeStateAhead(key, stateOf('b'));
      for (let piece = 0; piece <= moments && !isWhole; piece++) isWhole = ahead.next().done === true;
      // As after a kill: nothing is written at the end.
      const next = openIn(dataDir);
      expect(atOnce(next.currentSource())).toEqual(currentOf('a'));
      mostTexts = Math.max(mostTexts, textsIn(dataDir));
      atOnce(next.tidyState());
      expect(textsIn(dataDir)).toBe(30);
      expect(atOnce(next.currentSource())).toEqual(currentOf('a'));
      next.close();
      first.close();
    }
    expect([moments > 3, mostTexts]).toEqual([true, 60]);
  });

  it('is kept by one short transaction, with what has changed since, and leaves nothing behind', () => {
    const dataDir = newFolder();
    let written = 0;
    const opened = openStore(dataDir, createTestClock(), {
      open(file, mode) {
        const database = openDatabase(file, mode);
        return {
          ...database,
          get(sql, ...values) {
            if (sql.startsWith('INSERT INTO state_texts')) written += 1;
            return database.get(sql, ...values);
          },
        };
      },
    });
    if (!opened.ok) throw new Error(opened.error.message);
    const { store } = opened.value;
    store.setCurrentSource(currentOf('a'));
    atOnce(store.writeStateAhead(key, stateOf('b')));
    atOnce(store.writeStateAhead(key, stateOf('c')));
    const changed = new Map([...stateOf('c'), ['part/3', '"changed"'], ['part/30', '"new"']]);
    written = 0;
    expect(store.setCurrentSource({ request, source, simulatedState: changed }).ok).toBe(true);
    expect(written).toBe(2);
    atOnce(store.tidyState());
    expect(textsIn(dataDir)).toBe(31);
    store.close();
    const again = openIn(dataDir);
    expect(atOnce(again.currentSource())?.simulatedState).toEqual(changed);
    again.close();
  });

  it('is written for what differs only, also from what the program before has kept', () => {
    const dataDir = newFolder();
    openIn(dataDir).setCurrentSource(currentOf('a'));
    const store = openIn(dataDir);
    atOnce(store.currentSource());
    atOnce(store.writeStateAhead(key, new Map([...stateOf('a'), ['part/3', '"changed"']])));
    expect(textsIn(dataDir)).toBe(31);
    store.close();
  });
});

describe('a state that format 4 has kept', () => {
  it.each([
    [
      'in parts',
      [
        ['hosts/0', '{"name":"a"}'],
        ['hosts/1', '2'],
        ['', '{"n":"\\"hosts\\":[]","hosts":[],"subsystems":[]}'],
      ],
    ],
    ['in one piece', [['', '{"n":"\\"hosts\\":[]","hosts":[{"name":"a"},2],"subsystems":[]}']]],
  ])('%s becomes one part', (_, rows) => {
    const database = openDatabase(':memory:', 'read-write');
    migrateDatabase(database, 4);
    for (const [part = '', json = ''] of rows)
      database.run('INSERT INTO simulated_state (source, part, json) VALUES (?, ?, ?)', key, part, json);
    migrateDatabase(database);
    const kept = database.all('SELECT source, part, json FROM simulated_state JOIN state_texts ON id = text');
    const json = '{"n":"\\"hosts\\":[]","hosts":[{"name":"a"},2],"subsystems":[]}';
    expect(kept).toEqual([{ source: key, part: '', json }]);
    database.close();
  });
});
