import type { EditRecord } from '#shared/fleet-file/edit/loose-value.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import type { TextControl } from '../controls/field-values.ts';

/** One option of a choice; null stands in the file as null. */
export interface FormChoice {
  readonly value: string | null;
  readonly label: string;
}

/** How a field is edited. */
export type FormControl =
  | TextControl
  | { readonly kind: 'choice'; readonly options: readonly FormChoice[] }
  /** A choice between shapes: the whole value is replaced by a new one of that shape. */
  | {
      readonly kind: 'shape';
      readonly member: string;
      readonly shapes: readonly {
        readonly value: string;
        readonly label: string;
        readonly make: () => unknown;
      }[];
    }
  | { readonly kind: 'switch' }
  /** Present or not; present it begins with a value. */
  | { readonly kind: 'presence'; readonly make: () => unknown }
  | { readonly kind: 'host' }
  | { readonly kind: 'devices' }
  | {
      readonly kind: 'rows';
      readonly columns: readonly FormField[];
      readonly make: (rows: number) => unknown;
    };

/** A field of a form, as the schema describes it. */
export interface FormField {
  /** Below the object. */
  readonly path: FieldPath;
  readonly label: string;
  readonly control: FormControl;
  readonly description?: string;
  /** What counts when the file says nothing: the schema's default. */
  readonly initial?: unknown;
  /** Least and greatest number that the schema allows. */
  readonly limits?: { readonly least: number; readonly greatest: number };
  /** Takes the whole width of the form. */
  readonly wide?: boolean;
  /** Whether the field has a meaning in this object; left out: always. */
  readonly shown?: (object: EditRecord) => boolean;
}

/** Fields under one title. */
export interface FormSection {
  readonly title: string;
  readonly fields: readonly FormField[];
  /** Folded until it is opened. */
  readonly folded?: boolean;
}
