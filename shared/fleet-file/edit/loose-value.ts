/** A value of a fleet file that is being edited: any JSON, right or wrong. */
export type EditValue =
  | null
  | boolean
  | number
  | string
  | undefined
  | readonly EditValue[]
  | { readonly [key: string]: EditValue };

export type EditRecord = Readonly<Record<string, EditValue>>;

/** Its members; none when it is no object. */
export function record(value: EditValue): EditRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as EditRecord) : {};
}

/** Its items; none when it is no array. */
export function array(value: EditValue): readonly EditValue[] {
  return Array.isArray(value) ? value : [];
}

/** The text; empty when it is none. */
export function text(value: EditValue): string {
  return typeof value === 'string' ? value : '';
}

/** The whole number; `otherwise` when it is none. */
export function number(value: EditValue, otherwise: number): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : otherwise;
}

/** The value at a path; undefined when there is none. */
export function valueAt(value: EditValue, path: readonly (string | number)[]): EditValue {
  let at = value;
  for (const part of path) at = typeof part === 'number' ? array(at)[part] : ownMember(record(at), part);
  return at;
}

function ownMember(members: EditRecord, key: string): EditValue {
  return Object.hasOwn(members, key) ? members[key] : undefined;
}
