import { FilePlus2, Play, Plus, Redo2, Save, Undo2 } from 'lucide-react';
import { type Addition, addObject } from '#shared/fleet-file/edit/edit-operations.ts';
import { array, type EditValue, record, text } from '#shared/fleet-file/edit/loose-value.ts';
import type { FieldPath } from '#shared/fleet-file/problems.ts';
import { useRequest } from '../bridge/use-request.ts';
import { Pill, Tag } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { Menu, type MenuEntry } from '../ui/overlays/menu.tsx';
import {
  changeDocument,
  type EditorDocument,
  isDirty,
  redoEdit,
  undoEdit,
  useEditor,
} from './editor-store.ts';
import styles from './fleet-editor.module.css';
import { save, saveAndOpen, startEditing } from './start-editing.ts';

/** Name and state of the file, and everything that can be done with the whole of it. */
export function EditorToolbar({
  document,
  file,
  blocked,
}: {
  readonly document: EditorDocument;
  readonly file: EditValue;
  /** Why it cannot be opened now, or null. */
  readonly blocked: string | null;
}) {
  const view = useEditor((state) => state.view);
  const { history, path } = document;
  return (
    <header className={styles.toolbar}>
      <div className={styles.title}>
        <h1>Fleet editor</h1>
        <span className={styles.fileName} title={path ?? undefined}>
          {path === null ? 'not saved yet' : (path.split(/[\\/]/).at(-1) ?? path)}
        </span>
        {isDirty(document) ? <Tag tone="warning">unsaved changes</Tag> : null}
        <Pill>simulated</Pill>
      </div>
      <div className={styles.actions}>
        <StartMenu />
        <Button
          icon
          aria-label="Undo edit"
          unavailable={history.past.length === 0 && 'There is nothing to undo'}
          onClick={undoEdit}
        >
          <Undo2 size={15} aria-hidden />
        </Button>
        <Button
          icon
          aria-label="Redo edit"
          unavailable={history.future.length === 0 && 'There is nothing to redo'}
          onClick={redoEdit}
        >
          <Redo2 size={15} aria-hidden />
        </Button>
        <SegmentedControl
          label="View"
          value={view}
          segments={[
            { value: 'form', label: 'Form' },
            { value: 'json', label: 'JSON' },
          ]}
          onChange={(next) => {
            if (next === 'json' || file !== undefined) useEditor.setState({ view: next });
          }}
        />
        <Button onClick={() => void save()}>
          <Save size={15} aria-hidden /> Save
        </Button>
        <Button onClick={() => void save(true)}>Save as…</Button>
        <Button kind="primary" unavailable={blocked ?? false} onClick={() => void saveAndOpen()}>
          <Play size={15} aria-hidden /> Open as simulated fleet
        </Button>
      </div>
    </header>
  );
}

/** What one can begin with; unsaved changes are asked about first. */
function StartMenu() {
  const { value } = useRequest('fleet:sources', {});
  const entries: MenuEntry[] = [
    { id: 'new', label: 'Empty fleet', onSelect: () => startEditing({ kind: 'new' }) },
    { id: 'open', label: 'Copy of the fleet that is open', onSelect: () => startEditing({ kind: 'open' }) },
    ...(value?.builtIn ?? []).map(({ name, title }) => ({
      id: name,
      label: `Copy of ${title}`,
      note: name,
      onSelect: () => startEditing({ kind: 'built-in', name }),
    })),
    { kind: 'separator', id: 'line' },
    { id: 'file', label: 'Edit a fleet file…', onSelect: () => startEditing({ kind: 'file' }) },
  ];
  return (
    <Menu
      trigger={
        <Button>
          <FilePlus2 size={15} aria-hidden /> New
        </Button>
      }
      entries={entries}
    />
  );
}

/** Adds an object where the selection is, or where the first one that fits is. */
export function AddMenu({ file, selected }: { readonly file: EditValue; readonly selected: FieldPath }) {
  const { hosts, subsystems } = record(file);
  // Index of the selected host or subsystem, whatever is selected below it.
  const place = typeof selected[1] === 'number' ? selected[1] : 0;
  const hostAt = selected[0] === 'hosts' ? place : 0;
  const subsystemAt = selected[0] === 'subsystems' ? place : 0;
  const host = text(record(array(hosts)[hostAt]).name);
  const noHost = array(hosts).length === 0;
  const noSubsystem = array(subsystems).length === 0;
  // `missing`: what has to be there first; the entry stays and says so.
  const entry = (
    what: Addition,
    label: string,
    parent: FieldPath,
    missing: string | undefined,
  ): MenuEntry => ({
    id: what,
    label,
    note: missing,
    disabled: missing !== undefined,
    onSelect: () => changeDocument((source) => addObject(source, what, parent, host)),
  });
  const needsHost = noHost ? 'add a host first' : undefined;
  const needsBoth = needsHost ?? (noSubsystem ? 'add an NVM subsystem first' : undefined);
  return (
    <Menu
      trigger={
        <Button className={styles.add}>
          <Plus size={15} aria-hidden /> Add
        </Button>
      }
      entries={[
        entry('host', 'Host', [], undefined),
        entry('virtual-machine', `Virtual machine on ${host || 'a host'}`, ['hosts', hostAt], needsHost),
        entry('subsystem', `NVM subsystem with a drive on ${host || 'a host'}`, [], needsHost),
        entry('primary', 'Primary controller', ['subsystems', subsystemAt], needsBoth),
        entry('plain', 'Controller without SR-IOV', ['subsystems', subsystemAt], needsBoth),
        entry('namespace', 'Namespace', ['subsystems', subsystemAt], needsBoth),
      ]}
    />
  );
}
