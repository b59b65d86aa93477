import fc from 'fast-check';
import { z } from 'zod';
import { everyObjectsNames } from './every-objects-names.ts';

/** The part of a JSON Schema that the contract uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * Requests that a zod schema takes, or nearly: types and limits are right, texts are ids of the fleet, ids that do not
 * exist and names that every object has.
 */
export function likelyRequests(schema: z.ZodType, ids: readonly string[]): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...ids) },
    { weight: 3, arbitrary: fc.constantFrom(...everyObjectsNames) },
    { weight: 1, arbitrary: fc.string() },
  );
  return valuesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema, text);
}

function valuesOf(schema: Schema, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const kinds = schema.oneOf ?? schema.anyOf;
  if (kinds !== undefined) return fc.oneof(...kinds.map((kind) => valuesOf(kind, text)));
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, field]) => [name, valuesOf(field, text)] as const,
      );
      const required = (schema.required ?? []).filter((name) => Object.hasOwn(schema.properties ?? {}, name));
      return fc.record(Object.fromEntries(fields), { requiredKeys: required as never[] });
    }
    case 'array': {
      const minLength = schema.minItems ?? 0;
      const maxLength = Math.min(schema.maxItems ?? 4, minLength + 3);
      return fc.array(valuesOf(schema.items ?? {}, text), { minLength, maxLength });
    }
    case 'string':
      return schema.pattern === undefined
        ? text
        : fc.oneof(text, fc.stringMatching(new RegExp(schema.pattern)));
    case 'integer':
    case 'number': {
      const min = schema.minimum ?? 0;
      const max = schema.maximum ?? 1_000_000;
      return fc.oneof(
        fc.integer({ min: Math.max(min, 0), max: Math.min(max, Math.max(min, 0) + 10) }),
        fc.constantFrom(min, max),
      );
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.anything();
  }
}

/** Values that no contract asks for but that a message may carry (structured clone), and that a parser may stumble on. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      undefined,
      true,
      '',
      '\0',
      '\u202e',
      '/dev/null',
      '../../etc/passwd',
      'nqn.',
      -1,
      -0,
      0.5,
      2 ** 53,
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, 10n, new Date(Number.NaN), /(a+)+$/, {}, []],
  ),
  fc.constantFrom(...everyObjectsNames),
  fc
    .constantFrom(
      () => 'x'.repeat(2_000_000),
      () => '\ud800'.repeat(1000),
      () => '['.repeat(100_000),
    )
    .map((make) => make()),
  fc
    .constantFrom(
      () => Array.from({ length: 20_000 }, () => ({})),
      () => Array.from({ length: 100_000 }, (_, index) => index),
      () => new Array(4_000_000_000),
      () => new Uint8Array(1_000_000),
      () => new Map([['kind', 'assign']]),
      () => new Set(['hv-a']),
      () => nested(5000),
      () => circular(),
      () => JSON.parse('{"__proto__":{"kind":"assign"},"constructor":{"prototype":{"x":1}}}'),
      () => Object.create(null),
      () => throwing(),
    )
    .map((make) => make()),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    maxDepth: 3,
  }),
);

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { intent: value };
  return value;
}

function circular(): unknown {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}

/** As no message can carry it, but as a caller in the same process may. */
function throwing(): unknown {
  return new Proxy({}, { get: () => undefined, ownKeys: () => ['a', 'a'.repeat(100_000)] });
}

/** The value with one part, chosen by `choice`, replaced, removed, added or said twice. */
export function mutated(value: unknown, choice: number, hostile: unknown): unknown {
  const paths = pathsOf(value, []);
  const path = paths[choice % paths.length] ?? [];
  return replaced(value, path, (part) => {
    if (choice % 7 === 0 && typeof part === 'object' && part !== null && !Array.isArray(part))
      return { ...part, [everyObjectsNames[choice % everyObjectsNames.length] ?? '']: hostile };
    if (choice % 7 === 1 && Array.isArray(part)) return [...part, hostile];
    if (choice % 7 === 2 && Array.isArray(part)) return Array.from({ length: 3000 }, () => part[0]);
    return hostile;
  });
}

function pathsOf(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

function replaced(
  value: unknown,
  path: readonly (string | number)[],
  by: (part: unknown) => unknown,
): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null) return by(value);
  if (Array.isArray(value))
    return value.map((part, index) => (index === Number(first) ? replaced(part, rest, by) : part));
  return { ...value, [first]: replaced((value as Record<string, unknown>)[first], rest, by) };
}
