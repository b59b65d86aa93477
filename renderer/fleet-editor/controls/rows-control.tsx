import { Plus, Trash2 } from 'lucide-react';
import { insertItem } from '#shared/fleet-file/edit/json-text.ts';
import { type EditValue, valueAt } from '#shared/fleet-file/edit/loose-value.ts';
import { type FieldPath, type FileProblem, fieldText } from '#shared/fleet-file/problems.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/form.tsx';
import { changeDocument, changeField, isBelow, useEditor } from '../editor-store.ts';
import styles from '../fleet-editor.module.css';
import type { FormControl, FormField } from '../forms/form-field.ts';
import { Choice } from './choice.tsx';
import { Errors } from './errors.tsx';
import { isTextControl } from './field-values.ts';
import { placeholderOf } from './placeholder.ts';
import { TextValue } from './text-control.tsx';

/** A list of small objects as a table: one row each, one column for each field. */
export function RowsControl({
  label,
  path,
  rows,
  control,
  problems,
}: {
  readonly label: string;
  readonly path: FieldPath;
  /** As they stand in the file, also when they do not fit the columns. */
  readonly rows: readonly EditValue[];
  readonly control: Extract<FormControl, { kind: 'rows' }>;
  readonly problems: readonly FileProblem[];
}) {
  // Adding a row leaves the selection on the object.
  const change = (operation: (source: string) => string) =>
    changeDocument((source) => ({ text: operation(source), path: useEditor.getState().selected }));
  return (
    <div className={styles.rows} data-field={fieldText(path)}>
      {rows.length === 0 ? <p className="mute">None.</p> : null}
      {rows.length === 0 ? null : (
        <table aria-label={label}>
          <thead>
            <tr>
              {control.columns.map((column) => (
                <th key={column.label} scope="col">
                  {column.label}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the file
              <tr key={index}>
                {control.columns.map((column) => (
                  <td key={column.label}>
                    <Cell
                      column={column}
                      row={row}
                      path={[...path, index, ...column.path]}
                      name={`${column.label}, row ${index + 1}`}
                      problems={problems}
                    />
                  </td>
                ))}
                <td>
                  <Button
                    kind="quiet"
                    size="small"
                    icon
                    aria-label={`Remove row ${index + 1} of ${label}`}
                    onClick={() => changeField([...path, index], undefined)}
                  >
                    <Trash2 size={14} aria-hidden />
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Errors problems={problems} />
      <Button
        size="small"
        onClick={() => change((source) => insertItem(source, path, rows.length, control.make(rows.length)))}
      >
        <Plus size={13} aria-hidden /> Add a row
      </Button>
    </div>
  );
}

function Cell({
  column,
  row,
  path,
  name,
  problems,
}: {
  readonly column: FormField;
  readonly row: EditValue;
  readonly path: FieldPath;
  readonly name: string;
  readonly problems: readonly FileProblem[];
}) {
  const value = valueAt(row, column.path);
  const field = fieldText(path);
  const { control } = column;
  if (control.kind === 'switch')
    return (
      <Checkbox checked={(value ?? column.initial) === true} onChange={(next) => changeField(path, next)}>
        <span className="visually-hidden">{name}</span>
      </Checkbox>
    );
  if (control.kind === 'choice')
    return (
      <Choice
        label={name}
        field={field}
        value={value ?? null}
        options={control.options}
        onChange={(next) => changeField(path, next)}
      />
    );
  if (!isTextControl(control)) return null;
  return (
    <TextValue
      aria-label={name}
      data-field={field}
      control={control}
      value={value}
      placeholder={placeholderOf(control, column)}
      invalid={problems.some((problem) => isBelow(problem.field, field))}
      onChange={(next) => changeField(path, next)}
    />
  );
}
