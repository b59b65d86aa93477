import { create } from 'zustand';
import {
  change,
  type EditHistory,
  endMerge,
  redoInHistory,
  startHistory,
  undoInHistory,
} from '#shared/fleet-file/edit/edit-history.ts';
import type { Edited } from '#shared/fleet-file/edit/edit-operations.ts';
import { setField } from '#shared/fleet-file/edit/edit-operations.ts';
import type { EditValue } from '#shared/fleet-file/edit/loose-value.ts';
import { type FileObject, objectsOf, samePath } from '#shared/fleet-file/edit/objects.ts';
import { type FieldPath, type FileProblem, fieldText } from '#shared/fleet-file/problems.ts';

/** What is being edited. The text is the document: form and JSON view both change it. */
export interface EditorDocument {
  readonly history: EditHistory;
  /** The text as it is in the file, or as it began. */
  readonly cleanText: string;
  /** Null: it has no file yet. */
  readonly path: string | null;
  /** For a file name. */
  readonly name: string;
}

interface EditorState {
  readonly document: EditorDocument | null;
  readonly selected: FieldPath;
  readonly view: 'form' | 'json';
  /** Null while the text waits to be checked. */
  readonly problems: readonly FileProblem[] | null;
  /** Field that takes the focus when its form shows. */
  readonly focusField: string | null;
  /** What waits for the answer whether unsaved changes may go. */
  readonly waiting: (() => void) | null;
}

/** The fleet file that is being edited. A store, not state of the screen: it outlives a look at another screen. */
export const useEditor = create<EditorState>(() => ({
  document: null,
  selected: [],
  view: 'form',
  problems: null,
  focusField: null,
  waiting: null,
}));

/** Begins with a text, clean; one that is not JSON shows as JSON, because no form can. `path`: null when it has no file. */
export function startDocument(text: string, name: string, path: string | null): void {
  useEditor.setState({
    document: { history: startHistory(text), cleanText: text, path, name },
    selected: [],
    view: parsedText(text) === undefined ? 'json' : 'form',
    problems: null,
    focusField: null,
    waiting: null,
  });
}

/** Whether the text differs from the one that was saved last. */
export function isDirty(document: EditorDocument | null): boolean {
  return document !== null && document.history.text !== document.cleanText;
}

/** Moves through the history; an object that no longer exists gives its place to the fleet itself. */
function withHistory(next: (history: EditHistory) => EditHistory): void {
  useEditor.setState(({ document, selected }) => {
    if (document === null) return {};
    const history = next(document.history);
    if (history === document.history) return {};
    const value = parsedText(history.text);
    const stays = value !== undefined && objectsOf(value).some(({ path }) => samePath(path, selected));
    return { document: { ...document, history }, ...(stays || value === undefined ? {} : { selected: [] }) };
  });
}

/** Replaces the whole text, as the JSON view does while somebody types. */
export function changeText(text: string, mergeKey: string): void {
  withHistory((history) => change(history, text, mergeKey));
}

/** Writes one field; undefined takes it away. */
export function changeField(path: FieldPath, value: unknown): void {
  const key = fieldText(path);
  withHistory((history) => change(history, setField(history.text, path, value), key));
}

/** Any other change of the text, and what to show then. */
export function changeDocument(operation: (text: string) => Edited): void {
  const { document } = useEditor.getState();
  if (document === null) return;
  const edited = operation(document.history.text);
  withHistory((history) => change(endMerge(history), edited.text));
  useEditor.setState({ selected: edited.path, focusField: null });
}

/** Takes the last change back. What was typed into one field is one change. */
export const undoEdit = (): void => withHistory(undoInHistory);
/** Makes the change again that was taken back last. */
export const redoEdit = (): void => withHistory(redoInHistory);
/** Leaving a field ends what counts as one change. */
export const fieldLeft = (): void => withHistory(endMerge);

/** Form, tree and toolbar ask for the same text on every rendering. */
let parsed: { readonly text: string; readonly value: EditValue } = { text: 'null', value: null };

/** The value of a text; undefined when it is no JSON. Remembers the last one. */
export function parsedText(text: string): EditValue {
  if (parsed.text === text) return parsed.value;
  try {
    parsed = { text, value: JSON.parse(text) as EditValue };
  } catch {
    parsed = { text, value: undefined };
  }
  return parsed.value;
}

/** The object of a problem's field: the innermost one that holds it. */
export function objectOfField(objects: readonly FileObject[], field: string): FileObject | undefined {
  return objects.findLast(({ path }) => path.length === 0 || isBelow(field, fieldText(path)));
}

/** Whether a field is the one of this text or inside it. */
export function isBelow(field: string, above: string): boolean {
  return field === above || field.startsWith(`${above}.`) || field.startsWith(`${above}[`);
}
