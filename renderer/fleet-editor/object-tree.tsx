import { Boxes, Cpu, Database, HardDrive, type LucideIcon, Monitor, Network, Server } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { countWords } from '#shared/count-words.ts';
import { duplicateObject, removeObject } from '#shared/fleet-file/edit/edit-operations.ts';
import { type FileObject, type ObjectKind, samePath } from '#shared/fleet-file/edit/objects.ts';
import { type FieldPath, type FileProblem, fieldText } from '#shared/fleet-file/problems.ts';
import { changeDocument, objectOfField, useEditor } from './editor-store.ts';
import styles from './fleet-editor.module.css';
import { kindWords } from './kind-words.ts';

const icons: Readonly<Record<ObjectKind, LucideIcon>> = {
  fleet: Network,
  host: Server,
  'virtual-machine': Monitor,
  subsystem: HardDrive,
  primary: Boxes,
  plain: Cpu,
  namespace: Database,
};

/** Every object of the file. Arrows walk, Delete removes, Ctrl+D duplicates. */
export function ObjectTree({
  objects,
  selected,
  problems,
}: {
  readonly objects: readonly FileObject[];
  readonly selected: FieldPath;
  readonly problems: readonly FileProblem[];
}) {
  const tree = useRef<HTMLDivElement>(null);
  // Problems by the innermost object that has them, as the marks in the tree count.
  const counts = new Map<FileObject, number>();
  for (const problem of problems) {
    const owner = objectOfField(objects, problem.field);
    if (owner) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const onKey = (event: KeyboardEvent, index: number, object: FileObject) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -index, End: objects.length - 1 - index }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = objects[index + step];
      if (next === undefined) return;
      useEditor.setState({ selected: next.path });
      tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[index + step]?.focus();
    } else if (event.key === 'Delete' && object.kind !== 'fleet') {
      event.preventDefault();
      changeDocument((source) => removeObject(source, object.path));
    } else if (event.key === 'd' && (event.ctrlKey || event.metaKey) && object.kind !== 'fleet') {
      event.preventDefault();
      changeDocument((source) => duplicateObject(source, object.path));
    }
  };
  return (
    <div ref={tree} role="tree" aria-label="Objects of the fleet file" className={styles.tree}>
      {objects.map((object, index) => {
        const Icon = icons[object.kind];
        const isSelected = samePath(object.path, selected);
        const count = counts.get(object) ?? 0;
        return (
          <div
            key={fieldText(object.path)}
            role="treeitem"
            aria-level={object.level}
            aria-selected={isSelected}
            aria-label={`${kindWords[object.kind]} ${object.title}${count > 0 ? `, ${countWords(count, 'problem')}` : ''}`}
            tabIndex={isSelected ? 0 : -1}
            className={styles.treeItem}
            style={{ paddingLeft: 8 + (object.level - 1) * 14 }}
            onClick={() => useEditor.setState({ selected: object.path })}
            onKeyDown={(event) => onKey(event, index, object)}
          >
            <Icon size={14} aria-hidden />
            <span className={styles.treeTitle}>{object.title}</span>
            {count > 0 ? (
              <span className={styles.count} aria-hidden>
                {count} !
              </span>
            ) : null}
          </div>
        );
      })}
    </div>
  );
}
