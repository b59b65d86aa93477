import type { Database } from '../database.ts';
import { parseJson } from '../parse-json.ts';

/**
 * Format 4 kept the state of a simulated fleet as `hosts/0`, `subsystems/3` and, without a name, everything else. It becomes
 * one part again, which format 5 takes as it is, and its texts get a table of their own.
 */
export function keepStateInOne(database: Database): void {
  const rows = database.all('SELECT source, part, json FROM simulated_state');
  const sources = new Map<string, Map<string, string>>();
  for (const { source, part, json } of rows) {
    const parts = sources.get(String(source)) ?? new Map<string, string>();
    sources.set(String(source), parts.set(String(part), String(json)));
  }
  database.script(
    `CREATE TABLE state_texts (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
     DROP TABLE simulated_state;
     CREATE TABLE simulated_state (
       source TEXT NOT NULL, part TEXT NOT NULL, text INTEGER NOT NULL, PRIMARY KEY (source, part)
     ) STRICT;`,
  );
  for (const [source, parts] of sources) {
    const text = database.get('INSERT INTO state_texts (json) VALUES (?) RETURNING id', joined(parts));
    database.run(
      'INSERT INTO simulated_state (source, part, text) VALUES (?, ?, ?)',
      ...([source, '', Number(text?.id)] as const),
    );
  }
}

/** What was kept in one piece comes back as it is, whatever it is. */
function joined(parts: ReadonlyMap<string, string>): string {
  const rest = parts.get('') ?? '';
  const names = parseJson(rest);
  if (parts.size <= 1 || typeof names !== 'object' || names === null) return rest;
  const members = Object.entries(names).map(([name, value]) => {
    const isList = name === 'hosts' || name === 'subsystems';
    const text = isList ? `[${elementsOf(parts, name).join(',')}]` : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}

function elementsOf(parts: ReadonlyMap<string, string>, name: string): string[] {
  const elements: string[] = [];
  for (let next = parts.get(`${name}/0`); next !== undefined; next = parts.get(`${name}/${elements.length}`))
    elements.push(next);
  return elements;
}
