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
export const longestKey = 1024;

/** What is said of each kind of excess. */
export const excessive = {
  values: (most: number) => ({
    message: `There are more than ${most} values`,
    fix: 'Divide it into smaller parts',
  }),
  text: (characters: number | string, most: number) => ({
    message: `The text has ${characters} characters, and at most ${most} are possible`,
    fix: 'Shorten the text',
  }),
  depth: (most: number) => ({
    message: `More than ${most} levels are inside each other`,
    fix: 'Remove levels',
  }),
  entries: (count: number | string, most: number) => ({
    message: `There are ${count} entries, and at most ${most} are possible`,
    fix: 'Leave some of them out',
  }),
  key: (characters: number, most: number) => ({
    message: `A key has ${characters} characters`,
    fix: `Use at most ${most}`,
  }),
};

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
  const excess = (at: Open | null, { message, fix }: Omit<Excess, 'path'>): Excess => {
    const path: (string | number)[] = [];
    for (let one = at; one !== null; one = one.parent) if (one.key !== null) path.unshift(one.key);
    return { path, message, fix };
  };
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    seen += 1;
    if (seen > bounds.values) return excess(null, excessive.values(bounds.values));
    if (typeof one.value === 'string') {
      if (one.value.length > bounds.text) return excess(one, excessive.text(one.value.length, bounds.text));
      continue;
    }
    if (typeof one.value !== 'object' || one.value === null) continue;
    if (one.depth >= bounds.depth) return excess(one, excessive.depth(bounds.depth));
    const children: readonly (readonly [string | number, unknown])[] = Array.isArray(one.value)
      ? one.value.length > bounds.entries
        ? []
        : one.value.map((child, index) => [index, child] as const)
      : Object.entries(one.value);
    const count = Array.isArray(one.value) ? one.value.length : children.length;
    if (count > bounds.entries) return excess(one, excessive.entries(count, bounds.entries));
    for (const [key, child] of children) {
      if (typeof key === 'string' && key.length > longestKey)
        return excess(one, excessive.key(key.length, longestKey));
      open.push({ value: child, key, parent: one, depth: one.depth + 1 });
    }
  }
  return null;
}
