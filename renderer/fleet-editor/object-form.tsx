import { Copy, Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { duplicateObject, removeObject } from '#shared/fleet-file/edit/edit-operations.ts';
import { type EditValue, record, valueAt } from '#shared/fleet-file/edit/loose-value.ts';
import type { FileObject } from '#shared/fleet-file/edit/objects.ts';
import { type FileProblem, fieldText } from '#shared/fleet-file/problems.ts';
import { DetailsHead } from '../ui/content/details-head.tsx';
import { Card } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Errors } from './controls/errors.tsx';
import { FieldControl } from './controls/field-control.tsx';
import { changeDocument, useEditor } from './editor-store.ts';
import styles from './fleet-editor.module.css';
import type { FormSection } from './forms/form-field.ts';
import { forms } from './forms/forms.ts';
import { kindWords } from './kind-words.ts';

/** The form of the selected object, its sections one below the other. */
export function ObjectForm({
  file,
  object,
  problems,
}: {
  readonly file: EditValue;
  readonly object: FileObject;
  readonly problems: readonly FileProblem[];
}) {
  const form = useRef<HTMLDivElement>(null);
  const focusField = useEditor((state) => state.focusField);
  useEffect(() => {
    if (focusField === null) return;
    useEditor.setState({ focusField: null });
    focusOn(form.current, focusField);
  }, [focusField]);
  // About the object as a whole; those of its fields stand beside them.
  const own = problems.filter((problem) => problem.field === fieldText(object.path));
  return (
    <div ref={form} className={styles.form} data-object={fieldText(object.path)}>
      <DetailsHead
        title={object.title}
        actions={
          object.kind === 'fleet' ? undefined : (
            <>
              <Button onClick={() => changeDocument((source) => duplicateObject(source, object.path))}>
                <Copy size={14} aria-hidden /> Duplicate
              </Button>
              <Button
                kind="danger"
                onClick={() => changeDocument((source) => removeObject(source, object.path))}
              >
                <Trash2 size={14} aria-hidden /> Remove
              </Button>
            </>
          )
        }
      >
        <span className="mute">{kindWords[object.kind]}</span>
      </DetailsHead>
      <Errors problems={own} />
      {forms()[object.kind].map((section) => (
        <Section key={section.title} {...{ file, object, section, problems }} />
      ))}
    </div>
  );
}

/** A card of fields. A folded section with something wrong in it opens itself. */
function Section({
  file,
  object,
  section,
  problems,
}: {
  readonly file: EditValue;
  readonly object: FileObject;
  readonly section: FormSection;
  readonly problems: readonly FileProblem[];
}) {
  const value = record(valueAt(file, object.path));
  const fields = section.fields.filter((field) => field.shown?.(value) ?? true);
  if (fields.length === 0)
    return (
      <Card label={section.title}>
        <p className={styles.note}>
          The bytes of a captured device are kept as they are; the JSON view shows them.
        </p>
      </Card>
    );
  const grid = (
    <div className={styles.grid}>
      {fields.map((field) => (
        <FieldControl
          key={fieldText([...object.path, ...field.path, field.label])}
          file={file}
          objectPath={object.path}
          field={field}
          problems={problems}
        />
      ))}
    </div>
  );
  if (section.folded !== true) return <Card label={section.title}>{grid}</Card>;
  const paths = fields.map((field) => fieldText([...object.path, ...field.path]));
  const isWrong = problems.some((problem) => paths.includes(problem.field));
  return (
    <details className={styles.folded} open={isWrong || undefined}>
      <summary>{section.title}</summary>
      {grid}
    </details>
  );
}

/** Puts the focus on a field; one inside a list on the list. */
function focusOn(form: HTMLElement | null, field: string): void {
  const places = [...(form?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
  const place =
    places.find((one) => one.dataset.field === field) ??
    places.filter((one) => field.startsWith(one.dataset.field ?? '?')).at(-1);
  if (place === undefined) return;
  place.closest('details')?.setAttribute('open', '');
  place.scrollIntoView({ block: 'nearest' });
  const control = place.matches('input')
    ? place
    : place.querySelector<HTMLElement>('input, button, [tabindex="0"]');
  control?.focus();
}
