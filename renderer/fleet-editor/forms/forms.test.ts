import { expect, test } from 'vitest';
import { z } from 'zod';
import { fleetFileSchema } from '#shared/fleet-file/schema.ts';
import type { FormField } from './form-field.ts';
import { forms } from './forms.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly default?: unknown;
};

const root = z.toJSONSchema(fleetFileSchema, { io: 'input' }) as Schema;

/** Every schema that may stand at a path, through unions. */
function schemasAt(schemas: readonly Schema[], path: readonly (string | number)[]): readonly Schema[] {
  const flat = schemas.flatMap((one): readonly Schema[] => one.oneOf ?? one.anyOf ?? [one]);
  const nested = flat.some((one) => one.oneOf !== undefined || one.anyOf !== undefined);
  if (nested) return schemasAt(flat, path);
  const [part, ...rest] = path;
  if (part === undefined) return schemas;
  return schemasAt(
    flat.flatMap((one) => (typeof part === 'number' ? one.items : one.properties?.[part]) ?? []),
    rest,
  );
}

const places: readonly [keyof typeof forms, readonly (string | number)[]][] = [
  ['fleet', []],
  ['host', ['hosts', 0]],
  ['virtual-machine', ['hosts', 0, 'virtualMachines', 0]],
  ['subsystem', ['subsystems', 0]],
  ['primary', ['subsystems', 0, 'controllers', 0]],
  ['plain', ['subsystems', 0, 'controllers', 0]],
  ['namespace', ['subsystems', 0, 'namespaces', 0]],
];

test('every field of every form exists in the schema, and its initial value is the default there', () => {
  const check = (field: FormField, above: readonly (string | number)[]) => {
    const path = [...above, ...field.path];
    const found = schemasAt([root], path);
    expect(found, path.join('.')).not.toEqual([]);
    const defaults = found.flatMap((one) => (one.default === undefined ? [] : [one.default]));
    if (field.initial !== undefined && defaults.length > 0)
      expect(defaults, path.join('.')).toContainEqual(field.initial);
    if (field.control.kind === 'rows')
      for (const column of field.control.columns) check(column, [...path, 0]);
  };
  for (const [kind, above] of places)
    for (const section of forms[kind]) for (const field of section.fields) check(field, above);
});
