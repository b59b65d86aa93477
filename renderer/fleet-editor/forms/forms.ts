import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import type { FormControl, FormField, FormSection } from './form-field.ts';
import { type FormLayout, layouts } from './layouts.ts';
import { schemaFields } from './schema-fields.ts';
import { objectSchemas } from './schema-node.ts';

type Forms = Readonly<Record<ObjectKind, readonly FormSection[]>>;

let made: Forms | undefined;

/** The form of each kind of object: the fields of its schema, laid out. Made once, when the first form opens. */
export function forms(): Forms {
  made ??= makeForms();
  return made;
}

function makeForms(): Forms {
  const schemas = objectSchemas();
  const form = (kind: ObjectKind) => layOut(schemaFields(schemas[kind]), layouts[kind]);
  return {
    fleet: form('fleet'),
    host: form('host'),
    'virtual-machine': form('virtual-machine'),
    subsystem: form('subsystem'),
    primary: form('primary'),
    plain: form('plain'),
    namespace: form('namespace'),
  };
}

/** Puts each field into the first section that names it or an object around it, the rest into the first one. */
export function layOut(fields: readonly FormField[], layout: FormLayout): readonly FormSection[] {
  const left = new Set(fields.map((field) => withLayout(field, layout)));
  const take = (path: FieldPath) => {
    const taken = [...left].filter((field) => path.every((part, index) => field.path[index] === part));
    for (const field of taken) left.delete(field);
    return taken;
  };
  const sections = layout.sections.map(({ paths, ...section }) => ({
    ...section,
    fields: paths.flatMap(take),
  }));
  return sections.map((section, index) =>
    index === 0 ? { ...section, fields: [...section.fields, ...left] } : section,
  );
}

/** The field with what its layout knows beyond the schema. */
function withLayout(field: FormField, { controls, wide, numbered }: FormLayout): FormField {
  const name = field.path.join('.');
  const control = controls?.[name] ?? withNumbers(field.control, numbered?.[name]);
  return { ...field, control, ...(wide?.includes(name) ? { wide: true } : {}) };
}

/** Rows that are numbered from 1 begin with the next number. */
function withNumbers(control: FormControl, member: string | undefined): FormControl {
  if (control.kind !== 'rows' || member === undefined) return control;
  return { ...control, make: (rows) => ({ ...(control.make(rows) as object), [member]: rows + 1 }) };
}
