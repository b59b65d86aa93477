import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../paths.mjs';

/** Files of the program and its tests, relative to the checkout; new ones that are not committed yet too. */
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'shared', 'electron', 'renderer', 'e2e'],
  { cwd: projectRoot, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => /\.(?:tsx?|mjs|css)$/.test(file) && existsSync(path.join(projectRoot, file)));
const textOf = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

test('the whole tree is looked at', () => {
  expect(files.length).toBeGreaterThan(900);
});

test('no file is longer than 400 lines without saying why in its header', () => {
  const long = files.filter((file) => {
    const lines = textOf(file).trimEnd().split('\n');
    return lines.length > 400 && !/400 lines/.test(lines.slice(0, 8).join('\n'));
  });
  expect(long).toEqual([]);
});

test('no folder holds more than 20 files', () => {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = path.posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const large = [...counts].filter(([, count]) => count > 20);
  expect(large).toEqual([]);
});

test('files from outside are read in one place, which never waits and never reads without a bound', () => {
  const ofTheProgram = [
    // Parts of the program itself, which nobody else writes.
    'electron/shell/app-protocol.ts',
    'electron/shell/compiled-script.ts',
    'electron/command-line/berth.ts',
    'electron/main.ts',
  ];
  const reading = files.filter(
    (file) =>
      /^electron\/(?:backend|command-line|shell|main)/.test(file) &&
      !/\.test\.ts$|test-support\/|testing\//.test(file) &&
      /import \{[^}]*\b(?:readFile|readFileSync|createReadStream|readdir|readdirSync|readv?|readSync)\b[^}]*\} from 'node:fs/.test(
        textOf(file),
      ),
  );
  expect(reading.sort()).toEqual(['electron/backend/files/read-file.ts', ...ofTheProgram].sort());
});

/** The files that a file imports or passes on, types included. */
function importsOf(file: string, known: ReadonlySet<string>): string[] {
  const places = textOf(file).matchAll(/^(?:import|export)\s(?:[^;]*?\sfrom\s+)?'([^']+)'/gm);
  return [...places].flatMap(([, from = '']) => {
    const target = from.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), from)
      : from.replace(/^#shared\//, 'shared/').replace(/^#backend\//, 'electron/backend/');
    return known.has(target) ? [target] : [];
  });
}

/** Groups of files that reach each other: Tarjan's strongly connected components, of more than one file. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    let low = own;
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1) circles.push(circle);
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}

// Lint refuses circles of values; types may refer to each other where they stand side by side.
test('types refer to each other in a circle only inside one folder', () => {
  const sources = new Set(files.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file)));
  const graph = new Map([...sources].map((file) => [file, importsOf(file, sources)]));
  expect([...graph.values()].flat().length).toBeGreaterThan(sources.size);
  const across = circlesIn(graph).filter((circle) => new Set(circle.map(path.posix.dirname)).size > 1);
  expect(across).toEqual([]);
});

test('a circle is found, and what only leads to it is not part of it', () => {
  const graph = new Map([
    ['start', ['a']],
    ['a', ['b']],
    ['b', ['c', 'end']],
    ['c', ['a']],
    ['end', []],
  ]);
  expect(circlesIn(graph).map((circle) => circle.sort())).toEqual([['a', 'b', 'c']]);
});
