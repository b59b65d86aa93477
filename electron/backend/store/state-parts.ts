import { parseJson } from './parse-json.ts';

/**
 * The state of a simulated fleet, as the JSON of its fleet file in parts that are written on their own: `hosts/0`,
 * `subsystems/3`, and under the empty name everything else. A step changes one or two of them.
 */
export type StateParts = ReadonlyMap<string, string>;

/** The lists of a fleet file whose elements are parts. */
const lists: ReadonlySet<string> = new Set(['hosts', 'subsystems']);

/** Takes a fleet file apart. */
export function partsOf(file: object): StateParts {
  const parts = new Map<string, string>();
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(file)) {
    const isList = lists.has(name) && Array.isArray(value);
    // An empty list keeps the place among the other names.
    rest[name] = isList ? [] : value;
    if (isList)
      for (const [index, element] of value.entries()) parts.set(`${name}/${index}`, JSON.stringify(element));
  }
  return parts.set('', JSON.stringify(rest));
}

/** The fleet file of its parts. What was kept in one piece comes back as it is, whatever it is. */
export function joinParts(parts: StateParts): string {
  const rest = parts.get('') ?? '';
  if (parts.size <= 1) return rest;
  const names = parseJson(rest);
  if (typeof names !== 'object' || names === null) return rest;
  const members = Object.entries(names).map(([name, value]) => {
    const text = lists.has(name) ? `[${elementsOf(parts, name).join(',')}]` : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}

function elementsOf(parts: StateParts, name: string): string[] {
  const elements: string[] = [];
  for (let next = parts.get(`${name}/0`); next !== undefined; next = parts.get(`${name}/${elements.length}`))
    elements.push(next);
  return elements;
}
