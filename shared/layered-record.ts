import { tableOf, tableWith } from './tables.ts';

/** A record of thousands of entries of which a prediction changes one at a time. */

/** Every value that a key had, each with the version from which it holds. Newest last. */
type History<Value> = { readonly since: number; readonly value: Value }[];

interface Layers<Value> {
  readonly base: Readonly<Record<string, Value>>;
  readonly changed: Map<string, History<Value>>;
  /** Of the newest record that was made of this base. */
  newest: number;
}

interface Layered<Value> {
  readonly layers: Layers<Value>;
  readonly version: number;
}

const known = new WeakMap<object, Layered<unknown>>();

/**
 * The same record, of which `withEntry` makes a changed one without a copy: each change costs the same, whatever the
 * number of entries. Reads like the plain record, a little slower; it cannot be cloned or sent.
 */
export function layered<Value>(base: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return known.has(base) ? base : recordOf({ layers: { base, changed: new Map(), newest: 0 }, version: 0 });
}

/** The record with one entry set; the one before stays as it was, layered or plain. */
export function withEntry<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value,
): Readonly<Record<string, Value>> {
  const found = known.get(record) as Layered<Value> | undefined;
  if (found === undefined) return tableWith(record, { [key]: value });
  const { layers, version } = found;
  // A second future of an older record: it gets layers of its own, which begin with what had changed by then.
  if (version !== layers.newest) {
    const changed = new Map<string, History<Value>>();
    for (const [one, history] of layers.changed) {
      const then = valueAt(history, version);
      if (then !== undefined) changed.set(one, [{ since: 0, value: then.value }]);
    }
    return withEntry(recordOf({ layers: { base: layers.base, changed, newest: 0 }, version: 0 }), key, value);
  }
  layers.newest += 1;
  const history = layers.changed.get(key) ?? [];
  history.push({ since: layers.newest, value });
  layers.changed.set(key, history);
  return recordOf({ layers, version: layers.newest });
}

/** The values of a record, layered or plain; `Object.values` says the same and takes many times as long on a layered one. */
export function valuesOf<Value>(record: Readonly<Record<string, Value>>): Value[] {
  const found = known.get(record) as Layered<Value> | undefined;
  if (found === undefined) return Object.values(record);
  const { layers, version } = found;
  const { base, changed } = layers;
  const values = Object.entries(base).map(([key, value]) => {
    const now = valueAt(changed.get(key), version);
    return now === undefined ? value : now.value;
  });
  for (const [key, history] of changed) {
    const now = Object.hasOwn(base, key) ? undefined : valueAt(history, version);
    if (now !== undefined) values.push(now.value);
  }
  return values;
}

function recordOf<Value>(layer: Layered<Value>): Readonly<Record<string, Value>> {
  const { base, changed } = layer.layers;
  const read = (key: string): Value | undefined =>
    valueAt(changed.get(key), layer.version)?.value ?? base[key];
  const has = (key: PropertyKey): key is string =>
    typeof key === 'string' &&
    (Object.hasOwn(base, key) || valueAt(changed.get(key), layer.version) !== undefined);
  const record = new Proxy<Record<string, Value>>(tableOf(), {
    get: (_target, key) => (has(key) ? read(key) : undefined),
    has: (_target, key) => has(key),
    ownKeys: () => [
      ...Object.keys(base),
      ...[...changed.keys()].filter((key) => !Object.hasOwn(base, key) && has(key)),
    ],
    getOwnPropertyDescriptor: (_target, key) =>
      has(key) ? { value: read(key), enumerable: true, configurable: true, writable: true } : undefined,
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
  known.set(record, layer as Layered<unknown>);
  return record;
}

/** What a key had at a version; undefined where it had not changed by then. */
function valueAt<Value>(history: History<Value> | undefined, version: number) {
  return history?.findLast(({ since }) => since <= version);
}
