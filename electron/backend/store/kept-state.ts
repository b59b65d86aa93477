import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import type { Result } from '#shared/result.ts';
import type { Database } from './database.ts';

/** The state of a simulated fleet in parts, by name; whoever makes them knows what they say. */
export type StateParts = ReadonlyMap<string, string>;

/** A text in the database, which never changes: a part that changes gets another one. */
interface KeptText {
  readonly json: string;
  readonly id: number;
}

/** What the database is known to hold of the state. */
export interface KnownState {
  /** Of the one source that is kept; null: not known. */
  kept: { readonly source: string; readonly parts: Map<string, KeptText> } | null;
  /** What was written ahead, by part: nothing refers to it yet. */
  readonly ahead: Map<string, KeptText>;
  /** Texts that nothing refers to any more; null: not known. */
  unused: number[] | null;
}

export const nothingKnown = (): KnownState => ({ kept: null, ahead: new Map(), unused: null });

export function forgetState(written: KnownState): void {
  written.kept = null;
  written.ahead.clear();
  written.unused = null;
}

/** Characters that one transaction writes ahead: some milliseconds of work. */
const writtenAtOnce = 512 * 1024;
/** Characters that are compared between two pauses: some milliseconds of work, where a text has to be put together first. */
const comparedAtOnce = 1024 * 1024;
/** Unused texts that one transaction takes away. */
const takenAwayAtOnce = 8;
/** Characters that are read between two pauses. */
const readAtOnce = 1024 * 1024;

/** Makes these parts the state of the source, at one instant; part of a transaction. Writes what differs. */
export function writeStateParts(
  database: Database,
  source: string,
  parts: StateParts,
  written: KnownState,
): void {
  const before = written.kept?.source === source ? written.kept.parts : null;
  if (before === null) {
    database.run('DELETE FROM simulated_state');
    written.unused = null;
  }
  const kept = new Map<string, KeptText>();
  for (const [part, json] of parts) {
    const known = before?.get(part);
    const ahead = written.ahead.get(part);
    if (known?.json === json) {
      kept.set(part, known);
      if (ahead !== undefined) written.unused?.push(ahead.id);
      continue;
    }
    const text = ahead?.json === json ? ahead : insert(database, json);
    kept.set(part, text);
    database.run(
      'REPLACE INTO simulated_state (source, part, text) VALUES (?, ?, ?)',
      ...([source, part, text.id] as const),
    );
    for (const old of [known, ahead]) if (old !== undefined && old !== text) written.unused?.push(old.id);
  }
  for (const [part, { id }] of before ?? [])
    if (!parts.has(part)) {
      database.run('DELETE FROM simulated_state WHERE source = ? AND part = ?', source, part);
      written.unused?.push(id);
    }
  written.ahead.clear();
  written.kept = { source, parts: kept };
  takeAway(database, written);
}

/**
 * Writes the texts that `writeStateParts` would have to write, in pieces with a transaction each. Nothing
 * refers to them before that: until then the state is what it was. The first error ends it.
 */
export function* writeAhead(
  database: Database,
  source: string,
  parts: StateParts,
  written: KnownState,
  write: (work: () => void) => Result<void>,
): Pieces<Result<void>> {
  const missing: (readonly [string, string])[] = [];
  const pacer = new Pacer(comparedAtOnce);
  for (const [part, json] of parts) {
    const kept = written.kept?.source === source ? written.kept.parts : null;
    const known = kept?.get(part);
    // From here on both are one text, which takes no time to compare.
    if (known?.json === json) kept?.set(part, { json, id: known.id });
    else if (written.ahead.get(part)?.json !== json) missing.push([part, json]);
    yield* pacer.did(json.length);
  }
  for (let from = 0; from < missing.length; ) {
    let [to, size] = [from, 0];
    while (to < missing.length && size < writtenAtOnce) size += missing[to++]?.[1].length ?? 0;
    const some = missing.slice(from, to);
    const saved = write(() => {
      for (const [part, json] of some) {
        const older = written.ahead.get(part);
        if (older !== undefined) written.unused?.push(older.id);
        written.ahead.set(part, insert(database, json));
      }
    });
    if (!saved.ok) return saved;
    from = to;
    yield;
    moveOn(database);
    yield;
  }
  return { ok: true, value: undefined };
}

/** The engine moves its log into the database once it has grown; here each time, because the whole of it takes long. */
function moveOn(database: Database): void {
  try {
    database.script('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // What was written stays in the log, and is moved with what is written next.
  }
}

/** Takes away what nothing refers to, in pieces with a transaction each. */
export function* takeAwayUnused(
  database: Database,
  written: KnownState,
  write: (work: () => void) => Result<void>,
): Pieces<void> {
  if (written.unused === null) {
    const ahead = new Set([...written.ahead.values()].map(({ id }) => id));
    const rows = database.all(
      'SELECT id FROM state_texts WHERE id NOT IN (SELECT text FROM simulated_state)',
    );
    written.unused = rows.map(({ id }) => Number(id)).filter((id) => !ahead.has(id));
  }
  while (written.unused !== null && written.unused.length > 0) {
    if (!write(() => takeAway(database, written)).ok) return;
    yield;
  }
}

/** What is kept of the state of a source, in pieces; null: nothing. What is read counts as written. */
export function* readStateParts(
  database: Database,
  source: string,
  written?: KnownState,
): Pieces<StateParts | null> {
  const rows = database.all('SELECT part, text FROM simulated_state WHERE source = ?', source);
  const kept = new Map<string, KeptText>();
  let size = 0;
  for (const { part, text } of rows) {
    const json = String(database.get('SELECT json FROM state_texts WHERE id = ?', Number(text))?.json);
    kept.set(String(part), { json, id: Number(text) });
    size += json.length;
    if (size < readAtOnce) continue;
    size = 0;
    yield;
  }
  if (written !== undefined) written.kept = { source, parts: kept };
  return kept.size === 0 ? null : new Map([...kept].map(([part, { json }]) => [part, json]));
}

function insert(database: Database, json: string): KeptText {
  return {
    json,
    id: Number(database.get('INSERT INTO state_texts (json) VALUES (?) RETURNING id', json)?.id),
  };
}

function takeAway(database: Database, { unused }: KnownState): void {
  for (const id of unused?.splice(0, takenAwayAtOnce) ?? [])
    database.run('DELETE FROM state_texts WHERE id = ?', id);
}
