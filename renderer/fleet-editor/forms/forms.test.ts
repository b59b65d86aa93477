import { expect, test } from 'vitest';
import { z } from 'zod';
import { newFleet, newMachine, newPlain, newSubsystem } from '#shared/fleet-file/edit/new-objects.ts';
import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';
import { fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import type { FormField } from './form-field.ts';
import { forms, layOut } from './forms.ts';
import { layouts } from './layouts.ts';
import { schemaFields } from './schema-fields.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly form?: string;
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

const places: readonly [ObjectKind, readonly (string | number)[]][] = [
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
    for (const section of forms()[kind]) for (const field of section.fields) check(field, above);
});

test('every value of the schema that is not left to the JSON view has a field', () => {
  const leaves = (node: Schema, path: readonly string[]): string[] => {
    if (node.form === 'hidden' || node.const !== undefined) return [];
    const either = (node.oneOf ?? node.anyOf)?.filter((one) => one.oneOf ?? one.anyOf ?? one.properties);
    if (either !== undefined && either.length > 0) return either.flatMap((one) => leaves(one, path));
    if (node.properties === undefined) return [path.join('.')];
    return Object.entries(node.properties).flatMap(([name, one]) => leaves(one, [...path, name]));
  };
  for (const [kind, above] of places) {
    const found = schemasAt([root], above)
      .flatMap((one) => one.oneOf ?? [one])
      .filter((one) => (one.properties?.role?.const ?? kind) === kind);
    expect(found, kind).toHaveLength(1);
    const wanted = new Set(found.flatMap((one) => leaves(one, [])));
    const shown = forms()[kind].flatMap(({ fields }) => fields.map((field) => field.path.join('.')));
    expect(shown.length, kind).toBe(new Set(shown).size);
    expect(wanted.size, kind).toBeGreaterThan(3);
    for (const path of wanted) expect(shown, `${kind}: ${path}`).toContain(path);
  }
});

test('a new field of the schema shows in the first section, with its words, default and limits', () => {
  const fields = schemaFields({
    type: 'object',
    properties: {
      name: { type: 'string', title: 'Name' },
      flags: { type: 'integer', minimum: 0, maximum: 0xffffff, default: 1, notation: 'hexadecimal' },
      labels: { type: 'array', items: { type: 'string' } },
      limit: { type: 'object', title: 'Limited', properties: { to: { type: 'integer', minimum: 2 } } },
      secret: { type: 'string', form: 'hidden' },
    },
    required: ['name'],
  });
  const [first, second] = layOut(fields, {
    sections: [
      { title: 'First', paths: [] },
      { title: 'Second', paths: [['limit', 'to']] },
    ],
  });
  expect(first?.fields).toEqual([
    { path: ['name'], label: 'Name', control: { kind: 'text' } },
    {
      path: ['flags'],
      label: 'flags',
      control: { kind: 'number', hexadecimalDigits: 6 },
      initial: 1,
      limits: { least: 0, greatest: 0xffffff },
    },
    { path: ['labels'], label: 'labels', control: { kind: 'texts' } },
    {
      path: ['limit'],
      label: 'Limited',
      control: { kind: 'presence', make: expect.any(Function) },
      wide: true,
    },
  ]);
  expect(second?.fields.map((field) => field.path)).toEqual([['limit', 'to']]);
  const [field] = second?.fields ?? [];
  expect([field?.shown?.({}), field?.shown?.({ limit: {} })]).toEqual([false, true]);
});

test('the fields of a shape show in a value of that shape, those of the first in a value of none', () => {
  const shown = (vq: object) =>
    forms()
      .primary.flatMap(({ fields }) => fields)
      .filter((field) => field.path[0] === 'vq' && (field.shown?.({ vq: { ...vq } }) ?? true))
      .map((field) => field.path.slice(1).join('.'));
  const flexible = ['', 'total', 'secondaryMaximum', 'privateToPrimary', 'allocatedToPrimary', 'granularity'];
  expect(shown({ kind: 'flexible' })).toEqual(flexible);
  expect(shown({ kind: 'fixed' })).toEqual(['', 'privateToPrimary', 'perSecondary']);
  expect(shown({ kind: 'other' })).toEqual(flexible);
});

test('every path of a layout names a field or an object around fields', () => {
  for (const [kind] of places) {
    const paths = forms()[kind].flatMap(({ fields }) => fields.map((field) => field.path.join('.')));
    const { sections, controls = {}, wide = [], numbered = {} } = layouts[kind];
    const named = sections.flatMap((section) => section.paths.map((path) => path.join('.')));
    for (const name of [...named, ...Object.keys(controls), ...wide, ...Object.keys(numbered)])
      expect(
        paths.some((path) => path === name || path.startsWith(`${name}.`)),
        `${kind}: ${name}`,
      ).toBe(true);
    for (const section of forms()[kind]) expect(section.fields, section.title).not.toEqual([]);
  }
});

test('what a form begins with is right', () => {
  const fleet = newFleet();
  const [host] = fleet.hosts;
  const subsystem = newSubsystem(fleet, 'hv-a');
  const plain = newPlain({ ...fleet, subsystems: [subsystem] } as never, subsystem as never, 'hv-a');
  const file = {
    ...fleet,
    hosts: [{ ...host, virtualMachines: [newMachine({})] }],
    subsystems: [{ ...subsystem, controllers: [...subsystem.controllers, plain] }],
  };
  const right = (value: object, what: string) =>
    expect(fleetFileOf(value, 'file'), what).toMatchObject({ ok: true });
  right(file, 'the file');
  let tried = 0;
  for (const [kind, above] of places)
    for (const { path, control } of forms()[kind].flatMap(({ fields }) => fields)) {
      const starts =
        control.kind === 'presence'
          ? [control.make()]
          : control.kind === 'rows'
            ? [[control.make(0), control.make(1)]]
            : control.kind === 'shape'
              ? control.shapes.map((shape) => shape.make())
              : [];
      for (const start of starts) {
        // The rows of a workload stand in one, which its own field makes.
        if (path.join('.') === 'workload.phases') continue;
        const at = kind === 'plain' ? [...above.slice(0, -1), 1] : above;
        const changed = structuredClone(file);
        const [last, ...before] = [...at, ...path].reverse();
        let parent = changed as never;
        for (const part of before.reverse()) parent = parent[part as never];
        (parent as Record<string | number, unknown>)[last as string] = start;
        if (path[0] === 'provisioned') Object.assign(changed.subsystems[0] ?? {}, { profile: 'siov-like' });
        right(changed, `${kind}: ${path.join('.')}`);
        tried += 1;
      }
    }
  expect(tried).toBeGreaterThan(5);
});
