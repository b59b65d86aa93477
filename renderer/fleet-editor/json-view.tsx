import { useEffect, useRef } from 'react';
import { nodeAt, scanJson } from '#shared/fleet-file/edit/json-text.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import { changeText, fieldLeft, parsedText, useEditor } from './editor-store.ts';
import styles from './fleet-editor.module.css';

/** The text of the file itself; the same check as of the form. */
export function JsonView({ text }: { readonly text: string }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const focusField = useEditor((state) => state.focusField);
  useEffect(() => {
    if (focusField === null) return;
    useEditor.setState({ focusField: null });
    const element = area.current;
    if (element === null) return;
    const range = rangeOf(element.value, focusField);
    element.focus();
    element.setSelectionRange(range.start, range.end);
    // A text area does not scroll to its selection by itself.
    const line = element.value.slice(0, range.start).split('\n').length - 1;
    const lines = element.value.split('\n').length;
    element.scrollTop = Math.max(0, (line / lines) * element.scrollHeight - element.clientHeight / 3);
  }, [focusField]);
  return (
    <textarea
      ref={area}
      aria-label="Fleet file as JSON"
      className={styles.json}
      spellCheck={false}
      value={text}
      onChange={(event) => changeText(event.target.value, 'json')}
      onBlur={fieldLeft}
    />
  );
}

/** Where a field such as `hosts[0].name` stands; the innermost part of it that is there. */
function rangeOf(text: string, field: string): { readonly start: number; readonly end: number } {
  if (parsedText(text) === undefined) return { start: 0, end: 0 };
  const root = scanJson(text);
  const parts: FieldPath = [...field.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((match) =>
    match[1] === undefined ? match[0] : Number(match[1]),
  );
  // From the whole path upwards, because a missing field has no place in the text.
  for (let length = parts.length; length > 0; length--) {
    const node = nodeAt(root, parts.slice(0, length));
    if (node) return node;
  }
  return { start: 0, end: 0 };
}
