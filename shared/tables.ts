/**
 * Tables by ids that come from outside: of a request, a file, a command line. On an ordinary object, `toString` and
 * `constructor` find what every object has, and storing under `__proto__` changes what the others find. The tables of a
 * fleet therefore have no prototype, so that every look-up in them, with `[]` or with `in`, finds only what was put there.
 */

/** What may stand in a table: its own entries and nothing else. */
type Table<Value> = Record<string, Value>;

/** A table of these entries. */
export function tableOf<Value>(entries: Iterable<readonly [string, Value]> = []): Table<Value> {
  const table: Table<Value> = Object.create(null);
  for (const [id, value] of entries) table[id] = value;
  return table;
}

/** A copy with these entries more, or instead of those with the same id. */
export function tableWith<Value>(
  table: Readonly<Record<string, Value>>,
  more: Readonly<Record<string, Value>>,
): Table<Value> {
  // A spread on a literal is as fast as a copy gets, and the tables of a large fleet are copied with each step.
  const copied: unknown = { __proto__: null, ...table, ...more };
  return copied as Table<Value>;
}

/** A copy without this entry. */
export function tableWithout<Value>(table: Readonly<Record<string, Value>>, id: string): Table<Value> {
  const copy = tableWith(table, {});
  delete copy[id];
  return copy;
}

/** The entry of a record that may be an ordinary object; a name that every object has finds nothing. */
export function lookUp<Value>(record: Readonly<Record<string, Value>>, id: string): Value | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}
