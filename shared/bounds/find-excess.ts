/** How large a value from outside may be before anybody looks at what it says. */
export interface ValueBounds {
  /** Elements of one array, or keys of one object. */
  readonly entries: number;
  /** Characters of one text. */
  readonly text: number;
  /** Levels of arrays and objects inside each other. */
  readonly depth: number;
  /** Values altogether. */
  readonly values: number;
}

/** What is too large: where, what, and what to do. */
export interface Excess {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

/** Longest key that is walked into; what names a field is never longer. */
const longestKey = 1024;

/**
 * The first part of a value (as JSON or structured clone makes them) that exceeds the bounds; null: none. It stops
 * there, so that it takes no longer than the bounds allow, whatever it is given; schemas and rules, which look at
 * every element and collect every problem, come after it.
 */
export function findExcess(value: unknown, bounds: ValueBounds): Excess | null {
  interface Open {
    readonly value: unknown;
    readonly key: string | number | null;
    readonly parent: Open | null;
    readonly depth: number;
  }
  const open: Open[] = [{ value, key: null, parent: null, depth: 0 }];
  let seen = 0;
  const excess = (at: Open | null, message: string, fix: string): Excess => {
    const path: (string | number)[] = [];
    for (let one = at; one !== null; one = one.parent) if (one.key !== null) path.unshift(one.key);
    return { path, message, fix };
  };
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    seen += 1;
    if (seen > bounds.values)
      return excess(null, `There are more than ${bounds.values} values`, 'Divide it into smaller parts');
    if (typeof one.value === 'string') {
      if (one.value.length > bounds.text)
        return excess(
          one,
          `The text has ${one.value.length} characters, and at most ${bounds.text} are possible`,
          'Shorten the text',
        );
      continue;
    }
    if (typeof one.value !== 'object' || one.value === null) continue;
    if (one.depth >= bounds.depth)
      return excess(one, `More than ${bounds.depth} levels are inside each other`, 'Remove levels');
    const children: readonly (readonly [string | number, unknown])[] = Array.isArray(one.value)
      ? one.value.length > bounds.entries
        ? []
        : one.value.map((child, index) => [index, child] as const)
      : Object.entries(one.value);
    const count = Array.isArray(one.value) ? one.value.length : children.length;
    if (count > bounds.entries)
      return excess(
        one,
        `There are ${count} entries, and at most ${bounds.entries} are possible`,
        'Leave some of them out',
      );
    for (const [key, child] of children) {
      if (typeof key === 'string' && key.length > longestKey)
        return excess(one, `A key has ${key.length} characters`, `Use at most ${longestKey}`);
      open.push({ value: child, key, parent: one, depth: one.depth + 1 });
    }
  }
  return null;
}
