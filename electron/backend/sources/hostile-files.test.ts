import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { fleetSchema } from '#shared/fleet/schema.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import type { BerthError } from '#shared/result.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { type Spoil, spoils, spoilt } from '#shared/test-support/hostile-texts.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { createVirtualClock } from '../console/virtual-clock.ts';
import { discoverFleet } from '../fleet/discovery.ts';
import { builtInFleets } from '../hosts/simulated/built-in/built-in-fleets.ts';
import { joinParts } from '../hosts/simulated/file/state-parts.ts';
import { openSource } from './open-source.ts';

/** Milliseconds: a guard against hanging. */
const patience = 20_000;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-hostile-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function within<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stall = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} hangs`)), patience);
  });
  return Promise.race([work, stall]).finally(() => clearTimeout(timer));
}

/** Opens it and discovers what is there, as the program does. Null: it opened; a fleet by the schema came of it. */
async function refusalOf(request: OpenRequest): Promise<BerthError | null> {
  const clock = createVirtualClock(0);
  const opened = await openSource(request, { clock, trace: (queue) => queue });
  if (!opened.ok) return opened.error;
  const { connections, source, state } = opened.value;
  const { fleet } = await discoverFleet(connections, source);
  expect(fleetSchema.safeParse(fleet).error?.message).toBeUndefined();
  if (state !== null) {
    const kept = atOnce(joinParts(state.parts()));
    expect(fleetFileOf(kept, 'kept').ok, 'what was opened can be opened again').toBe(true);
  }
  for (const connection of connections) await connection.close();
  return null;
}

function expectAnswerable(error: BerthError, file: string, what: string): void {
  expect(error.code, what).toMatch(/^(invalid-file|unreadable|not-found|not-supported)$/);
  expect(`${error.object} ${error.message}`, what).toContain(file);
  expect(error.message.length, what).toBeGreaterThan(10);
  expect(JSON.stringify(error).length, what).toBeLessThan(150_000);
}

const cases = <T>(arbitrary: fc.Arbitrary<T>, sample: number, deep: number, seed: number): T[] =>
  fc.sample(arbitrary, { numRuns: numRuns(sample, deep), seed });

describe('a fleet file that was spoilt', () => {
  // The third, `rack`, is made of the same parts and a hundred times as large.
  const fleets = builtInFleets.filter(({ name }) => name !== 'rack');

  it.each(fleets.map((fleet) => [fleet.name, fleet] as const))(
    '%s: an error that names file and field, or a fleet',
    async (name, fleet) => {
      const file = path.join(folder, `${name}.json`);
      const bytes = new TextEncoder().encode(JSON.stringify(fleet.build(), null, 1));
      let [refused, opened] = [0, 0];
      for (const spoil of cases(spoils, 60, 4000, 31)) {
        writeFileSync(file, spoilt(bytes, spoil));
        const error = await within(refusalOf({ kind: 'path', path: file }), describeSpoil(spoil));
        if (error === null) {
          opened++;
          continue;
        }
        refused++;
        expectAnswerable(error, `${name}.json`, describeSpoil(spoil));
        expect(error.field, describeSpoil(spoil)).toBeDefined();
      }
      expect(refused).toBeGreaterThan(10);
      expect(opened).toBeGreaterThan(3);
    },
  );
});

describe('a capture that was spoilt', () => {
  const captures = path.resolve(import.meta.dirname, '../../../e2e/captures');
  const names = readdirSync(captures, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  /** What becomes of a whole file. */
  const wholes = fc.oneof(
    { weight: 8, arbitrary: spoils },
    {
      weight: 4,
      arbitrary: fc.constantFrom('removed', 'folder', 'link to nothing', 'link to itself', 'another file'),
    },
  );

  it.each(names)('%s: an error that names a file, or a fleet', async (name) => {
    const copy = path.join(folder, name);
    cpSync(path.join(captures, name), copy, { recursive: true });
    const files = readdirSync(copy, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => /\.(json|bin|tsv|txt)$/.test(file) && !file.includes('/actions/'))
      .sort();
    let opened = 0;
    const choices = fc.tuple(
      fc.nat({ max: 2 ** 30 }),
      wholes,
      fc.constantFrom<'recorded' | 'twin'>('recorded', 'twin'),
    );
    for (const [at, whole, as] of cases(choices, 12, 2500, 57)) {
      const file = files[at % files.length] ?? '';
      const before = readFileSync(file);
      const what = `${path.relative(copy, file)}: ${typeof whole === 'string' ? whole : describeSpoil(whole)}, ${as}`;
      rmSync(file);
      spoilWhole(file, before, whole, files[(at * 7 + 1) % files.length] ?? '');
      const [first = ''] = path.relative(copy, file).split(path.sep);
      const snapshot = first.includes('.') ? {} : { snapshot: first };
      const error = await within(refusalOf({ kind: 'path', path: copy, as, ...snapshot }), what);
      if (error === null) opened++;
      else expectAnswerable(error, name, what);
      rmSync(file, { recursive: true, force: true });
      writeFileSync(file, before);
    }
    // One broken file never takes the others with it.
    expect(opened).toBeGreaterThan(numRuns(12, 2500) / 3);
  });
});

function spoilWhole(file: string, before: Uint8Array, whole: Spoil | string, other: string): void {
  if (typeof whole !== 'string') writeFileSync(file, spoilt(before, whole));
  else if (whole === 'folder') mkdirSync(file);
  else if (whole === 'link to nothing') symlinkSync(path.join(path.dirname(file), 'nothing'), file);
  else if (whole === 'link to itself') symlinkSync(file, file);
  else if (whole === 'another file' && other !== file) writeFileSync(file, readFileSync(other));
}

function describeSpoil(spoil: Spoil): string {
  if (spoil.kind !== 'value') return JSON.stringify(spoil).slice(0, 200);
  let shown = typeof spoil.value as string;
  try {
    shown = JSON.stringify(spoil.value)?.slice(0, 100) ?? shown;
  } catch {
    // A value that JSON does not have: its type says enough.
  }
  return `value ${spoil.choice}: ${shown}`;
}
