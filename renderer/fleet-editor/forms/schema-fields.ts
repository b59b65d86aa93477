import { type EditRecord, valueAt } from '#shared/fleet-file/edit/loose-value.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import type { FormControl, FormField } from './form-field.ts';
import { alternatives, type SchemaNode, startValue, withoutNull } from './schema-node.ts';

/** Whether a field has a meaning in an object. */
type Shown = (object: EditRecord) => boolean;

/**
 * The fields of an object in the order of its schema, those of nested objects among them. Labels, descriptions,
 * defaults and limits are the schema's. What the schema hides, and what no control can edit, is left out.
 */
export function schemaFields(node: SchemaNode): readonly FormField[] {
  return members(node, [], undefined);
}

/** The fields of an object's members; `above` is its path, `shown` when it has a meaning at all. */
function members(node: SchemaNode, above: FieldPath, shown: Shown | undefined): FormField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, member]) => {
    const isOptional = member.default === undefined && !(node.required ?? []).includes(name);
    return fieldsAt(member, [...above, name], shown, isOptional);
  });
}

/** The fields of one member: none, one, or those inside it. */
function fieldsAt(
  written: SchemaNode,
  path: FieldPath,
  shown: Shown | undefined,
  isOptional: boolean,
): FormField[] {
  if (written.form === 'hidden' || written.const !== undefined) return [];
  const { node, nullable } = withoutNull(written);
  const field = { ...words(node, path), ...(shown === undefined ? {} : { shown }) };
  if (alternatives(node).length > 0) return unionFields(node, path, field, shown);
  if (node.properties !== undefined) {
    if (!isOptional) return members(node, path, shown);
    const present: FormField = {
      ...field,
      control: { kind: 'presence', make: () => startValue(node) },
      wide: true,
    };
    return [present, ...members(node, path, (object) => valueAt(object, path) !== undefined)];
  }
  const control = controlOf(node, nullable);
  if (control === undefined) return [];
  return [{ ...field, ...limitsOf(node), control, ...(control.kind === 'rows' ? { wide: true } : {}) }];
}

function words(node: SchemaNode, path: FieldPath) {
  return {
    path,
    label: node.title ?? `${path.at(-1)}`,
    ...(node.description === undefined ? {} : { description: node.description }),
    ...(node.default === undefined ? {} : { initial: node.default }),
  };
}

/** Safe integers have no limit that anybody has to know. */
function limitsOf({ minimum, maximum }: SchemaNode): Pick<FormField, 'limits'> {
  if (minimum === undefined || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return {};
  return { limits: { least: minimum, greatest: maximum } };
}

/** A choice between the shapes, then the members of each, shown in a value of that shape. A member of both shows once. */
function unionFields(
  node: SchemaNode,
  path: FieldPath,
  field: Omit<FormField, 'control'>,
  shown: Shown | undefined,
): FormField[] {
  const shapes = alternatives(node);
  const member = Object.entries(shapes[0]?.properties ?? {}).find(([, one]) => one.const !== undefined)?.[0];
  if (member === undefined) return [];
  const values = shapes.map((shape) => `${shape.properties?.[member]?.const}`);
  const fields = new Map<string, FormField>();
  for (const [index, shape] of shapes.entries()) {
    // A value of no shape at all shows as the first: its fields then say what is wrong.
    const isShape: Shown = (object) => {
      const at = values.indexOf(`${valueAt(object, [...path, member])}`);
      return (shown?.(object) ?? true) && Math.max(at, 0) === index;
    };
    for (const one of members(shape, path, isShape)) {
      const key = JSON.stringify(one.path);
      const other = fields.get(key)?.shown;
      fields.set(key, {
        ...one,
        shown: (object) => other?.(object) === true || one.shown?.(object) === true,
      });
    }
  }
  const choice: FormField = {
    ...field,
    control: {
      kind: 'shape',
      member,
      shapes: shapes.map((shape, index) => ({
        value: values[index] ?? '',
        label: values[index] ?? '',
        make: () => startValue(shape),
      })),
    },
  };
  return [...(node.form === 'kept-shape' ? [] : [choice]), ...fields.values()];
}

/** The control that a type asks for; undefined where none can edit it, and the JSON view remains. */
function controlOf(node: SchemaNode, nullable: boolean): FormControl | undefined {
  if (node.enum !== undefined) {
    const options = node.enum.map((value) => ({ value, label: value }));
    return { kind: 'choice', options: nullable ? [...options, { value: null, label: 'none' }] : options };
  }
  switch (node.type) {
    case 'string':
      return { kind: 'text' };
    case 'boolean':
      return { kind: 'switch' };
    case 'number':
    case 'integer':
      return numberControl(node);
    case 'array':
      return node.items === undefined ? undefined : listControl(node, node.items);
    default:
      return undefined;
  }
}

function numberControl({ notation, maximum }: SchemaNode): FormControl {
  switch (notation) {
    case 'bytes':
      return { kind: 'size' };
    case 'hexadecimal':
      return { kind: 'number', hexadecimalDigits: (maximum ?? 0).toString(16).length };
    case undefined:
      return { kind: 'number' };
  }
}

/** Numbers and texts are one input with commas; objects are rows, of which the example of the schema is the first. */
function listControl(node: SchemaNode, items: SchemaNode): FormControl | undefined {
  if (items.type === 'integer' || items.type === 'number') return { kind: 'numbers' };
  if (items.type === 'string') return { kind: 'texts' };
  if (items.properties === undefined) return undefined;
  const [examples] = node.examples ?? [];
  const row = Array.isArray(examples) ? examples[0] : startValue(items);
  return { kind: 'rows', columns: members(items, [], undefined), make: () => row };
}
