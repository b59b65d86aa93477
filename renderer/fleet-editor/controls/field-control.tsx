import {
  array,
  type EditRecord,
  type EditValue,
  record,
  text,
  valueAt,
} from '#shared/fleet-file/edit/loose-value.ts';
import { type FieldPath, type FileProblem, fieldText } from '#shared/fleet-file/problems.ts';
import { Checkbox, Field } from '../../ui/controls/form.tsx';
import { changeField, isBelow } from '../editor-store.ts';
import styles from '../fleet-editor.module.css';
import type { FormField } from '../forms/form-field.ts';
import { Choice } from './choice.tsx';
import { DevicesControl } from './devices-control.tsx';
import { Errors, problemWords } from './errors.tsx';
import { placeholderOf } from './placeholder.ts';
import { RowsControl } from './rows-control.tsx';
import { TextValue } from './text-control.tsx';

/** One field of a form: its control, its words, and beside it what is wrong. */
export function FieldControl({
  file,
  objectPath,
  field,
  problems,
}: {
  readonly file: EditValue;
  /** The field's own path starts there. */
  readonly objectPath: FieldPath;
  readonly field: FormField;
  readonly problems: readonly FileProblem[];
}) {
  const path = [...objectPath, ...field.path];
  const name = fieldText(path);
  // Also problems inside a list or an object that has no control of its own.
  const own = problems.filter((problem) => isBelow(problem.field, name));
  const className = field.wide === true ? styles.wide : undefined;
  const object = record(valueAt(file, objectPath));
  const value = valueAt(object, field.path);
  if (field.control.kind === 'switch' || field.control.kind === 'presence')
    return (
      <div className={`${styles.switch} ${className ?? ''}`} data-field={name}>
        <Checkbox
          checked={
            field.control.kind === 'presence' ? value !== undefined : (value ?? field.initial) === true
          }
          onChange={(next) => changeField(path, switchValue(field, next))}
        >
          {field.label}
        </Checkbox>
        <Errors
          problems={field.control.kind === 'presence' ? own.filter((one) => one.field === name) : own}
        />
      </div>
    );
  if (field.control.kind === 'rows')
    return (
      <div className={className}>
        <RowsControl
          label={field.label}
          path={path}
          rows={array(value)}
          control={field.control}
          problems={own}
        />
      </div>
    );
  if (field.control.kind === 'devices')
    return (
      <div className={className}>
        <DevicesControl file={file} machine={objectPath} field={field} problems={own} />
      </div>
    );
  return (
    <div className={className}>
      <Field
        label={field.label}
        description={field.description}
        error={own.length === 0 ? undefined : problemWords(own)}
      >
        {({ id, describedBy, invalid }) => (
          <OneControl
            {...{ file, field, object, path, value }}
            id={id}
            describedBy={describedBy}
            invalid={invalid}
          />
        )}
      </Field>
    </div>
  );
}

/** The control of a field that is one value; those of several are laid out by `FieldControl`. */
function OneControl({
  file,
  field,
  object,
  path,
  value,
  id,
  describedBy,
  invalid,
}: {
  readonly file: EditValue;
  readonly field: FormField;
  readonly object: EditRecord;
  readonly path: FieldPath;
  readonly value: EditValue;
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}) {
  const { control, initial, label } = field;
  switch (control.kind) {
    case 'choice':
      return (
        <Choice
          label={label}
          field={fieldText(path)}
          value={value === undefined ? (initial ?? null) : value}
          options={control.options}
          onChange={(next) => changeField(path, next)}
        />
      );
    case 'host':
      return (
        <Choice
          label={label}
          field={fieldText(path)}
          value={value}
          options={array(record(file).hosts).map((host) => {
            const name = text(record(host).name);
            return { value: name, label: name };
          })}
          onChange={(next) => changeField(path, next)}
        />
      );
    case 'shape':
      return (
        <Choice
          label={label}
          field={fieldText(path)}
          value={valueAt(object, [...field.path, control.member])}
          options={control.shapes}
          onChange={(next) => changeField(path, control.shapes.find((shape) => shape.value === next)?.make())}
        />
      );
    case 'text':
    case 'number':
    case 'size':
    case 'numbers':
    case 'texts':
      return (
        <TextValue
          id={id}
          aria-describedby={describedBy}
          invalid={invalid}
          data-field={fieldText(path)}
          control={control}
          value={value}
          placeholder={placeholderOf(control, field)}
          onChange={(next) => changeField(path, next)}
        />
      );
    // These have a form of their own, see FieldControl.
    case 'switch':
    case 'presence':
    case 'rows':
    case 'devices':
      return null;
  }
}

/** A part of the file that is switched off goes away; switched on it begins with its smallest valid content. */
function switchValue(field: FormField, on: boolean): unknown {
  if (field.control.kind !== 'presence') return on;
  return on ? field.control.make() : undefined;
}
