import { useEffect } from 'react';
import { objectsOf, samePath } from '#shared/fleet-file/edit/objects.ts';
import { client } from '../bridge/client.ts';
import { useCommand } from '../commands/command-registry.ts';
import { EmptyState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { notifyError } from '../ui/overlays/notices.ts';
import { parsedText, redoEdit, undoEdit, useEditor } from './editor-store.ts';
import { AddMenu, EditorToolbar } from './editor-toolbar.tsx';
import styles from './fleet-editor.module.css';
import { JsonView } from './json-view.tsx';
import { ObjectForm } from './object-form.tsx';
import { ObjectTree } from './object-tree.tsx';
import { ProblemsPane } from './problems-pane.tsx';
import { save, startEditing } from './start-editing.ts';

/** Long enough to let a word be typed, short enough to seem immediate. */
const checkDelayMilliseconds = 150;

/** Makes and changes fleet files: objects at the left, the form of one at the right, problems below. */
export function FleetEditorScreen() {
  const { document, selected, view, problems } = useEditor();
  const text = document?.history.text ?? null;
  useCheck(text);
  const nothing = document === null ? 'No fleet file is being edited.' : null;
  useCommand(
    'undo',
    undoEdit,
    nothing ?? (document?.history.past.length === 0 ? 'There is nothing to undo.' : null),
  );
  useCommand(
    'redo',
    redoEdit,
    nothing ?? (document?.history.future.length === 0 ? 'There is nothing to redo.' : null),
  );
  useCommand('save-fleet', () => void save(), nothing);
  if (document === null || text === null)
    return (
      <>
        <EmptyState
          title="No fleet file is being edited"
          actions={
            <Button kind="primary" onClick={() => startEditing({ kind: 'new' })}>
              New simulated fleet
            </Button>
          }
        >
          Start with an empty fleet, a copy of the open fleet, or a file.
        </EmptyState>
        <LeaveQuestion />
      </>
    );
  const file = parsedText(text);
  const objects = file === undefined ? [] : objectsOf(file);
  const object = objects.find(({ path }) => samePath(path, selected)) ?? objects[0];
  const blocked = problems === null || problems.length === 0 ? null : 'Fix the problems below first';
  return (
    <section className={styles.screen} aria-label="Fleet file">
      <EditorToolbar document={document} file={file} blocked={blocked} />
      {view === 'json' || file === undefined || object === undefined ? (
        <JsonView text={text} />
      ) : (
        <div className={styles.panes}>
          <div className={styles.objects}>
            <AddMenu file={file} selected={selected} />
            <ObjectTree objects={objects} selected={object.path} problems={problems ?? []} />
          </div>
          <ObjectForm file={file} object={object} problems={problems ?? []} />
        </div>
      )}
      <ProblemsPane objects={objects} problems={problems} />
      <LeaveQuestion />
    </section>
  );
}

/** Has the text checked as opening the file would, a moment after the last key. */
function useCheck(text: string | null): void {
  useEffect(() => {
    if (text === null) return;
    let isLatest = true;
    const timer = setTimeout(async () => {
      const answer = await client.call('fleet-file:check', { text });
      if (!isLatest) return;
      if (answer.ok) useEditor.setState({ problems: answer.value.problems });
      else notifyError(answer.error, 'The fleet file could not be checked');
    }, checkDelayMilliseconds);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [text]);
}

/** Stands on every state of the screen: a question that waits must never be left without its answer. */
function LeaveQuestion() {
  const waiting = useEditor((state) => state.waiting);
  const stay = () => useEditor.setState({ waiting: null });
  const go = () => {
    stay();
    waiting?.();
  };
  return (
    <Dialog
      open={waiting !== null}
      onClose={stay}
      title="Save the changes first?"
      description="The fleet file has unsaved changes."
      footer={
        <>
          <Button onClick={stay}>Keep editing</Button>
          <Button kind="danger" onClick={go}>
            Discard the changes
          </Button>
          <Button
            kind="primary"
            onClick={async () => {
              if ((await save()) !== null) go();
            }}
          >
            Save
          </Button>
        </>
      }
    >
      <p>Otherwise the changes since the last save are lost.</p>
    </Dialog>
  );
}
