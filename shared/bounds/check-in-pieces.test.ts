import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fleetFileSchema } from '../fleet-file/schema.ts';
import { countPieces } from '../test-support/count-pieces.ts';
import { hostileValues, mutated } from '../test-support/hostile-values.ts';
import { numRuns } from '../test-support/property-runs.ts';
import { checkInPieces, type SchemaFinding } from './check-in-pieces.ts';
import { atOnce } from './pieces.ts';

/** Every kind of schema that is taken apart, each with more inside than is checked in one go. */
const leaf = z.strictObject({
  name: z.string().min(1),
  size: z.number().int().min(0).default(7),
  note: z.string().optional(),
});
const tree = z.strictObject({
  leaves: z.array(leaf).max(5000).default([]),
  numbers: z.record(z.string().max(10), z.number()).default({}),
  choice: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('many'), of: z.array(leaf).min(1) }),
      z.looseObject({ kind: z.literal('loose'), list: z.array(z.number()) }),
    ])
    .nullable()
    .optional(),
  mode: z.enum(['a', 'b']).default('a'),
  inner: z.strictObject({ leaves: z.array(leaf) }).prefault({ leaves: [] }),
});

const goodTree = (count: number) => ({
  leaves: Array.from({ length: count }, (_, index) => ({ name: `leaf ${index}` })),
  numbers: Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, index])),
  choice: { kind: 'many', of: Array.from({ length: count }, () => ({ name: 'x', size: 1 })) },
  inner: { leaves: Array.from({ length: count }, () => ({ name: 'y', note: 'z' })) },
});

/** Told by `safeParse`, in the form of the findings. */
function told(schema: z.ZodType, value: unknown): readonly SchemaFinding[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map(({ code, message, path, ...issue }) => ({
    ...{ code, message, path },
    ...('expected' in issue ? { expected: String(issue.expected) } : {}),
  }));
}

function expectTheSame(schema: z.ZodType, value: unknown): boolean {
  const checked = atOnce(checkInPieces(schema, value, { mostFindings: 1e9 }));
  const parsed = schema.safeParse(value);
  if (checked.ok) expect(checked.value).toEqual(parsed.data);
  else expect(checked).toEqual({ ok: false, findings: told(schema, value), complete: true });
  expect(checked.ok).toBe(parsed.success);
  return checked.ok;
}

describe('the answer is that of safeParse', () => {
  it('for large values that are right, with all that is filled in', () => {
    for (const count of [1, 10, 1000]) expect(expectTheSame(tree, goodTree(count))).toBe(true);
    const loose = { kind: 'loose', list: new Array(1000).fill(1), other: { a: new Array(500).fill('x') } };
    expect(expectTheSame(tree, { choice: loose })).toBe(true);
    expect(expectTheSame(z.array(z.string()).optional(), new Array(1000).fill('x'))).toBe(true);
  });

  it('for large values of which something is wrong', () => {
    let wrong = 0;
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 30 }),
        hostileValues,
        fc.constantFrom(3, 400),
        (choice, value, count) => {
          const spoilt = mutated(goodTree(count), choice, value);
          if (!expectTheSame(tree, spoilt)) wrong += 1;
        },
      ),
      { numRuns: numRuns(60, 3000), seed: 11 },
    );
    expect(wrong).toBeGreaterThan(20);
  });

  it.each<[string, unknown]>([
    ['unknown keys', { ...goodTree(300), a: 1, b: 2 }],
    ['a required member that is missing', { ...goodTree(300), inner: {} }],
    ['a wrong choice', { ...goodTree(300), choice: { kind: 'other', of: new Array(300).fill(1) } }],
    ['a list that is none', { ...goodTree(300), leaves: Object.assign({}, new Array(300).fill({})) }],
    ['an object that is a list', new Array(300).fill(1)],
    [
      'a record with wrong keys and values',
      { numbers: { ...goodTree(300).numbers, longerthanten: 'x', y: 'z' } },
    ],
    ['many wrong members', { leaves: Array.from({ length: 300 }, () => ({ size: -1, other: 1 })) }],
  ])('%s', (_what, value) => {
    expect(expectTheSame(tree, value)).toBe(false);
  });

  it('for a shape with checks of its own, which see the whole', () => {
    const list = z.array(z.number());
    const pair = z.object({ a: list, b: list }).refine(({ a, b }) => a.length === b.length, 'Not as long');
    const numbers = new Array(1000).fill(1);
    expect(expectTheSame(pair, { a: numbers, b: numbers })).toBe(true);
    expect(expectTheSame(pair, { a: numbers, b: [] })).toBe(false);
  });
});

describe('a fleet file', () => {
  const wrongFleet = (subsystems: number, controllers: number) => ({
    ...{ format: 'berth-fleet', version: 1, name: 'wrong', hosts: [{ name: 'a' }] },
    subsystems: Array.from({ length: subsystems }, () => ({
      nqn: 'a',
      controllers: new Array(controllers).fill({ role: 'primary' }),
    })),
  });

  it('says as much as it needs to and ends, however much is wrong', () => {
    const { result, pieces } = countPieces(checkInPieces(fleetFileSchema, wrongFleet(50, 10_000)));
    if (result.ok) throw new Error('It was taken');
    expect(result.findings).toHaveLength(1000);
    expect(result.complete).toBe(false);
    expect(result.findings[0]?.path).toEqual(['subsystems', 0, 'controllers', 0, 'cntlid']);
    expect(pieces).toBeLessThan(20);
  });

  it('is checked a few hundred values at a time', () => {
    const controllers = 2000;
    // Each has a role, and is one value besides.
    const { pieces } = countPieces(
      checkInPieces(fleetFileSchema, wrongFleet(1, controllers), { mostFindings: 1e9 }),
    );
    expect(pieces).toBeGreaterThanOrEqual((2 * controllers) / 250);
  });
});

it('between two pauses a few hundred values are looked at, wherever they are', () => {
  let seen = 0;
  const value = z.unknown().refine(() => {
    seen += 1;
    return false;
  });
  const schema = z.object({
    list: z.array(value),
    lists: z.array(z.object({ inner: z.array(value) })),
    record: z.record(z.string(), value),
    one: value.optional(),
  });
  const many = new Array(3000).fill(1);
  const given = {
    list: many,
    lists: [{ inner: many }, ...new Array(1000).fill({ inner: [1, 2] }), { inner: many }],
    record: { ...many },
    one: 1,
  };
  const work = checkInPieces(schema, given, { mostFindings: 1e9 });
  let [longest, before] = [0, 0];
  while (!work.next().done) {
    longest = Math.max(longest, seen - before);
    before = seen;
  }
  expect(seen).toBe(3000 * 4 + 2000 + 1);
  expect(longest).toBeGreaterThan(50);
  expect(longest).toBeLessThan(500);
});
