import { z } from 'zod';
import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';
import { formHintsSchema } from '#shared/fleet-file/form-hints.ts';
import { fleetFileSchema } from '#shared/fleet-file/schema.ts';

/** What the forms read of JSON Schema; `z.toJSONSchema` writes more. */
export interface SchemaNode extends z.infer<typeof wordsSchema> {
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly items?: SchemaNode | undefined;
  readonly oneOf?: readonly SchemaNode[] | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
}

const wordsSchema = formHintsSchema.extend({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  required: z.array(z.string()).optional(),
  enum: z.array(z.string()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

const nodeSchema: z.ZodType<SchemaNode> = wordsSchema.extend({
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get items() {
    return nodeSchema.optional();
  },
  get oneOf() {
    return z.array(nodeSchema).optional();
  },
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
});

/** The JSON Schema of each kind of object, as a person may write it: what has a default may be left out. */
export function objectSchemas(): Readonly<Record<ObjectKind, SchemaNode>> {
  const fleet = nodeSchema.parse(z.toJSONSchema(fleetFileSchema, { io: 'input' }));
  const host = itemOf(fleet, 'hosts');
  const subsystem = itemOf(fleet, 'subsystems');
  const controller = itemOf(subsystem, 'controllers');
  return {
    fleet,
    host,
    'virtual-machine': itemOf(host, 'virtualMachines'),
    subsystem,
    primary: shapeOf(controller, 'role', 'primary'),
    plain: shapeOf(controller, 'role', 'plain'),
    namespace: itemOf(subsystem, 'namespaces'),
  };
}

function itemOf(node: SchemaNode, member: string): SchemaNode {
  return found(node.properties?.[member]?.items, member);
}

function shapeOf(node: SchemaNode, member: string, value: string): SchemaNode {
  return found(
    alternatives(node).find((one) => one.properties?.[member]?.const === value),
    value,
  );
}

/** A name that the schema lacks is a defect of this program, not of a file. */
function found(node: SchemaNode | undefined, name: string): SchemaNode {
  if (node === undefined) throw new Error(`The schema of fleet files has no ${name}`);
  return node;
}

/** The schemas of which one holds; empty when there is no choice. */
export function alternatives(node: SchemaNode): readonly SchemaNode[] {
  return node.oneOf ?? node.anyOf ?? [];
}

/** The schema of a value that may be null, without the null, and whether there was one. */
export function withoutNull(node: SchemaNode): { readonly node: SchemaNode; readonly nullable: boolean } {
  const rest = alternatives(node).filter((one) => one.type !== 'null');
  const [only] = rest;
  const nullable = rest.length < alternatives(node).length;
  if (!nullable || rest.length !== 1 || only === undefined) return { node, nullable };
  const { oneOf: _oneOf, anyOf: _anyOf, ...words } = node;
  return { node: { ...only, ...words }, nullable };
}

/**
 * A value to begin with: the first example of the schema, else the least that it allows. Members that may be left out
 * are left out.
 */
export function startValue(node: SchemaNode): unknown {
  if (node.examples?.[0] !== undefined) return node.examples[0];
  if (node.default !== undefined) return node.default;
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum[0];
  const [first] = alternatives(node);
  if (first !== undefined) return startValue(first);
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(node.properties ?? {})
          .filter(([member]) => node.required?.includes(member))
          .map(([member, one]) => [member, startValue(one)]),
      );
    case 'array':
      return [];
    case 'number':
    case 'integer':
      return Math.max(node.minimum ?? 0, 0);
    case 'boolean':
      return false;
    default:
      return '';
  }
}
