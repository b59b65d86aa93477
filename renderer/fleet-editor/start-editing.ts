import { newFleet } from '#shared/fleet-file/edit/new-objects.ts';
import { client } from '../bridge/client.ts';
import { goTo } from '../navigation.ts';
import { notify, notifyError } from '../ui/overlays/notices.ts';
import { isDirty, startDocument, useEditor } from './editor-store.ts';

/** What the editor begins with. */
export type EditStart =
  | { readonly kind: 'new' }
  /** A copy of the simulated fleet that is open, as it is now. */
  | { readonly kind: 'open' }
  | { readonly kind: 'built-in'; readonly name: string }
  /** A file that the native dialog asks for. */
  | { readonly kind: 'file' };

let reportsUnsaved = false;

/** Shows the editor with something new in it; unsaved changes are asked about first. */
export function startEditing(start: EditStart): void {
  if (!reportsUnsaved) reportUnsaved();
  reportsUnsaved = true;
  goTo('fleet-editor');
  askFirst(() => void begin(start));
}

/** Does it at once, or when the person has agreed that unsaved changes are lost. */
function askFirst(next: () => void): void {
  if (isDirty(useEditor.getState().document)) useEditor.setState({ waiting: next });
  else next();
}

/** Cancelling the native dialog changes nothing. */
async function begin(start: EditStart): Promise<void> {
  switch (start.kind) {
    case 'new':
      return startDocument(`${JSON.stringify(newFleet(), null, 2)}\n`, 'new-fleet', null);
    case 'file': {
      const answer = await client.call('fleet-file:read', {});
      if (!answer.ok) notifyError(answer.error, 'The fleet file could not be read');
      else if (answer.value.file !== null) {
        const { path, text } = answer.value.file;
        startDocument(text, path, path);
      }
      return;
    }
    case 'open':
    case 'built-in': {
      const answer = await client.call('fleet-file:template', start);
      if (answer.ok) startDocument(answer.value.text, answer.value.name, null);
      else notifyError(answer.error, 'The fleet file could not be started');
    }
  }
}

/** Writes the file; the dialog asks for a place where there is none or another one is wanted. Answers the path. */
export async function save(asAnotherFile = false): Promise<string | null> {
  const { document } = useEditor.getState();
  if (document === null) return null;
  const { text } = document.history;
  const answer = await client.call('fleet-file:save', {
    text,
    path: asAnotherFile ? null : document.path,
    suggestedName: fileName(document.name),
  });
  if (!answer.ok) {
    notifyError(answer.error, 'The fleet file was not saved');
    return null;
  }
  const { path } = answer.value;
  if (path === null) return null;
  useEditor.setState((state) =>
    state.document === null ? {} : { document: { ...state.document, cleanText: text, path } },
  );
  return path;
}

/** Saves, then opens what was saved as the simulated fleet that everything else works on. */
export async function saveAndOpen(): Promise<void> {
  const { document } = useEditor.getState();
  if (document === null) return;
  const path = isDirty(document) || document.path === null ? await save() : document.path;
  if (path === null) return;
  const opened = await client.call('fleet:open', { kind: 'path', path });
  if (!opened.ok) {
    notifyError(opened.error, 'It could not be opened');
    return;
  }
  notify({ tone: 'success', title: `Opened ${opened.value.source.name}`, text: opened.value.source.label });
  goTo('topology');
}

/** A name that every system takes: no folders, at most 100 letters before `.json`. */
function fileName(name: string): string {
  const base = (name.split(/[\\/]/).at(-1) ?? '').slice(0, 100) || 'fleet';
  return base.endsWith('.json') ? base : `${base}.json`;
}

/** Quitting asks while something is not saved, whatever screen shows, from the first edit on. */
function reportUnsaved(): void {
  // Every key changes the store; the main process is told only when the answer changes.
  let last: string | null = null;
  useEditor.subscribe(({ document }) => {
    const what =
      document !== null && isDirty(document)
        ? `Fleet file ${document.path ?? document.name}`.slice(0, 500)
        : null;
    if (what === last) return;
    last = what;
    void client.call('app:unsaved', { what });
  });
}
