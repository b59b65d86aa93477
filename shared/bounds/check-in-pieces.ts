import { z } from 'zod';
import { isRecord } from './is-record.ts';
import { Pacer, type Pieces } from './pieces.ts';

/** What a schema has to say of one field. */
export interface SchemaFinding {
  readonly code: string;
  /** The type that is needed, where a type is wrong. */
  readonly expected?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** A value as its schema makes it, or what is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** At least one, in the order in which the schema names its fields. */
      readonly findings: readonly SchemaFinding[];
      /** False: the check ended because there was enough to tell, and the rest was not looked at. */
      readonly complete: boolean;
    };

export interface CheckOptions {
  /** The check ends when it has found so many; `enoughFindings` when left out. */
  readonly mostFindings?: number;
  /**
   * No other value is checked soon: zod then does not write code for the schemas first, which takes longer than to check
   * one fleet and pays only from the second one on.
   */
  readonly once?: boolean;
}

/** Nobody reads more, and to tell of millions takes longer than to find them. */
export const enoughFindings = 1000;

/** Values that are checked in one go. Each can be wrong in several ways, and telling of one takes microseconds. */
const valuesOfPiece = 200;

/** The values that a field counts as which is checked by itself: it costs an object and a result of its own. */
const valuesOfField = 20;

/** Keys of one object that are checked in one go, where it may have any. */
const keysOfPiece = 2000;

/** The parts of a text that count as one value: a schema goes through it about as fast as through so many characters. */
const charactersOfValue = 4096;

/**
 * Checks a value by a schema, with the same result as its `safeParse`, and yields after some milliseconds of work at most,
 * however large and however wrong the value is. Arrays, objects and records that are large are checked member by member,
 * then their own shape; whatever else a schema is made of, and a shape with checks of its own, in one piece.
 */
export function* checkInPieces<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { mostFindings = enoughFindings, once = false }: CheckOptions = {},
): Pieces<Checked<z.output<Schema>>> {
  const check = new PieceByPiece(mostFindings, once);
  const checked = yield* check.check(schema, value, []);
  const { findings, isFull } = check;
  if (findings.length === 0) return { ok: true, value: checked as z.output<Schema> };
  return { ok: false, findings, complete: !isFull };
}

class PieceByPiece {
  readonly findings: SchemaFinding[] = [];
  private readonly most: number;
  private readonly once: boolean;
  private readonly pacer = new Pacer(valuesOfPiece);

  constructor(most: number, once: boolean) {
    this.most = most;
    this.once = once;
  }

  get isFull(): boolean {
    return this.findings.length >= this.most;
  }

  /** What the schema makes of the value; of no use once there are findings. */
  *check(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): Pieces<unknown> {
    const size = sizeOf(value);
    if (size > valuesOfPiece) {
      const whole = undecorated(schema, value);
      if (whole instanceof z.ZodArray && Array.isArray(value)) return yield* this.list(whole, value, path);
      if (whole instanceof z.ZodObject && isRecord(value) && !hasChecks(whole))
        return yield* this.object(whole, value, path);
      if (whole instanceof z.ZodRecord && isRecord(value) && !hasChecks(whole))
        return yield* this.record(whole, value, path);
    }
    const checked = this.now(schema, value, path, this.once);
    yield* this.pacer.did(size);
    return checked;
  }

  private *list(
    schema: z.ZodArray,
    items: readonly unknown[],
    path: readonly PropertyKey[],
  ): Pieces<unknown> {
    // Its length first: where that is wrong, there may be far too many elements to tell of each.
    const before = this.findings.length;
    this.now(hollowList(schema), items, path);
    yield* this.pacer.did(1);
    if (this.findings.length > before) return items;
    const checked: unknown[] = [];
    for (const [index, item] of items.entries()) {
      if (this.isFull) break;
      checked.push(yield* this.check(schema.element, item, [...path, index]));
    }
    return checked;
  }

  private *object(
    schema: z.ZodObject,
    value: Readonly<Record<string, unknown>>,
    path: readonly PropertyKey[],
  ): Pieces<unknown> {
    const checked: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(schema.shape)) {
      if (this.isFull) break;
      const isGiven = Object.hasOwn(value, key);
      // A field that is left out, or a small one, means what its object says.
      if (isGiven && sizeOf(value[key]) > valuesOfPiece)
        checked[key] = yield* this.check(field, value[key], [...path, key]);
      else {
        const given = isGiven ? { [key]: value[key] } : {};
        Object.assign(checked, this.now(alone(schema, key), given, path));
        yield* this.pacer.did(valuesOfField);
      }
    }
    // What a schema says of keys that it does not know, it says of each.
    const keys = Object.keys(value);
    for (let at = 0; at === 0 || at < keys.length; at += keysOfPiece) {
      if (this.isFull) break;
      const some = keys.slice(at, at + keysOfPiece).map((key) => [key, value[key]]);
      const others = this.now(hollowObject(schema), Object.fromEntries(some), path) as typeof checked;
      for (const key in others) if (!Object.hasOwn(checked, key)) checked[key] = others[key];
      yield* this.pacer.did(valuesOfPiece);
    }
    return checked;
  }

  private *record(
    schema: z.ZodRecord,
    value: Readonly<Record<string, unknown>>,
    path: readonly PropertyKey[],
  ): Pieces<unknown> {
    const checked: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(value)) {
      if (this.isFull) break;
      Object.assign(checked, this.now(schema, { [key]: entry }, path));
      yield* this.pacer.did(1);
    }
    return checked;
  }

  /** One piece. `jitless`: code that is written for a schema pays only where it is used again. */
  private now(
    schema: z.core.$ZodType,
    value: unknown,
    path: readonly PropertyKey[],
    jitless = true,
  ): unknown {
    const parsed = z.core.safeParse(schema, value, { jitless });
    if (parsed.success) return parsed.data;
    for (const { code, message, path: below, ...issue } of parsed.error.issues) {
      if (this.isFull) break;
      const expected = 'expected' in issue ? { expected: String(issue.expected) } : {};
      this.findings.push({ code, message, path: [...path, ...below], ...expected });
    }
    return value;
  }
}

/** How much there is to check, up to a little more than a piece. */
function sizeOf(value: unknown): number {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0 && size <= valuesOfPiece) {
    const one = open.pop();
    size += 1;
    if (typeof one === 'string') size += one.length / charactersOfValue;
    else if (Array.isArray(one)) {
      // Each element is one value at least.
      if (one.length > valuesOfPiece) return one.length;
      open.push(...one);
    } else if (isRecord(one))
      for (const key in one) {
        open.push(one[key]);
        if (open.length > valuesOfPiece) return open.length;
      }
  }
  return size;
}

/** The schema of a value that is there: without what says that it may be left out, and of a choice the one that its tag names. */
function undecorated(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return undecorated(schema._zod.def.innerType, value);
  if (schema instanceof z.ZodDiscriminatedUnion && isRecord(value)) {
    const { discriminator, options } = schema._zod.def;
    const tag = value[discriminator] as z.core.util.Primitive;
    const named = options.find((option) => option._zod.propValues?.[discriminator]?.has(tag));
    if (named !== undefined) return undecorated(named, value);
  }
  return schema;
}

function hasChecks(schema: z.core.$ZodType): boolean {
  return (schema._zod.def.checks ?? []).length > 0;
}

// Made once for each schema: making one costs more than a check with it.
const hollows = new WeakMap<z.core.$ZodType, z.core.$ZodType>();
const fields = new WeakMap<z.core.$ZodType, Map<string, z.core.$ZodType>>();

function kept(schema: z.core.$ZodType, make: () => z.core.$ZodType): z.core.$ZodType {
  const known = hollows.get(schema) ?? make();
  hollows.set(schema, known);
  return known;
}

/** The same list of anything: what is left to say is its length. */
function hollowList(schema: z.ZodArray): z.core.$ZodType {
  return kept(schema, () => schema.clone({ ...schema._zod.def, element: z.any() }));
}

/** The same object with anything in its fields: what is left to say is which other keys it may have. */
function hollowObject(schema: z.ZodObject): z.core.$ZodType {
  const shape = () => Object.fromEntries(Object.keys(schema.shape).map((key) => [key, z.any().optional()]));
  return kept(schema, () => schema.clone({ ...schema._zod.def, shape: shape() }));
}

/** One field of an object, as the object has it: given, left out, or filled in. */
function alone(schema: z.ZodObject, key: string): z.core.$ZodType {
  const known = fields.get(schema) ?? new Map<string, z.core.$ZodType>();
  fields.set(schema, known);
  const made = known.get(key) ?? z.object({ [key]: schema.shape[key] as z.core.$ZodType });
  known.set(key, made);
  return made;
}
