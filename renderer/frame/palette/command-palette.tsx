import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { runCommand, useCommandRegistry } from '../../commands/command-registry.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { reveal } from '../../navigation.ts';
import { Kbd } from '../../ui/content/small.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import styles from './command-palette.module.css';
import { type PaletteEntry, paletteEntries } from './palette-entries.ts';

/** Finds commands and objects of the fleet by text; Enter runs or shows, arrow keys choose, Esc closes. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const fleet = useFleetMirror((state) => state.fleet);
  const handlers = useCommandRegistry((state) => state.handlers);
  const entries = useMemo(() => paletteEntries(text, fleet, handlers), [text, fleet, handlers]);
  const current = Math.min(chosen, entries.length - 1);
  const listId = useId();

  // An unavailable command stays in the list with its reason and does nothing.
  const take = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    if (entry.kind === 'command' && entry.unavailable !== null) return;
    onClose();
    // After the dialog gave the focus back, so that what the command opens can take it.
    setTimeout(() => {
      if (entry.kind === 'command') runCommand(entry.command.id);
      else reveal(entry.hit.id);
    }, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = entries.length - 1;
    const target = {
      ArrowDown: current >= last ? 0 : current + 1,
      ArrowUp: current <= 0 ? last : current - 1,
      PageDown: Math.min(last, current + 8),
      PageUp: Math.max(0, current - 8),
    }[event.key];
    if (event.key === 'Enter') take(entries[current]);
    else if (target !== undefined) setChosen(target);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title="Search and commands"
      description="Controllers, NQNs, serial numbers, virtual machines, namespaces, and everything that Berth can do."
      initialFocus={input}
      wide
    >
      <div className={styles.search}>
        <Search size={16} aria-hidden />
        <input
          ref={input}
          role="combobox"
          aria-label="Search"
          aria-expanded
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={current < 0 ? undefined : `${listId}-${current}`}
          placeholder="Search controllers, NQNs, VMs, commands…"
          autoComplete="off"
          spellCheck={false}
          className={styles.input}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={listId} role="listbox" aria-label="Results" tabIndex={-1} className={styles.list}>
        {entries.map((entry, index) => (
          <Line
            key={entry.kind === 'command' ? entry.command.id : `${entry.hit.collection}:${entry.hit.id}`}
            id={`${listId}-${index}`}
            entry={entry}
            heading={entries[index - 1]?.kind !== entry.kind}
            chosen={index === current}
            onTake={() => take(entry)}
          />
        ))}
      </div>
      <div role="status" className={entries.length === 0 ? styles.nothing : 'visually-hidden'}>
        {entries.length === 0 ? `Nothing found for “${text}”.` : `${entries.length} found`}
      </div>
    </Dialog>
  );
}

/** One result; `heading`: the first of its kind, which is named above it. */
function Line({
  id,
  entry,
  heading,
  chosen,
  onTake,
}: {
  readonly id: string;
  readonly entry: PaletteEntry;
  readonly heading: boolean;
  readonly chosen: boolean;
  readonly onTake: () => void;
}) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) element.current?.scrollIntoView?.({ block: 'nearest' });
  }, [chosen]);
  const unavailable = entry.kind === 'command' ? entry.unavailable : null;
  return (
    <>
      {heading ? (
        <div className={styles.heading} aria-hidden>
          {entry.kind === 'command' ? 'Commands' : 'Fleet'}
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input above takes the keys */}
      <div
        ref={element}
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={chosen}
        aria-disabled={unavailable !== null || undefined}
        className={styles.line}
        onClick={onTake}
      >
        {entry.kind === 'command' ? (
          <>
            <span>{entry.label}</span>
            <span className={styles.note}>{unavailable ?? entry.command.section}</span>
            {entry.command.keys === null ? null : <Kbd>{entry.command.keys}</Kbd>}
          </>
        ) : (
          <>
            <span>{entry.hit.title}</span>
            <span className={`${styles.note} mono`}>
              {entry.hit.matched === entry.hit.title ? '' : entry.hit.matched}
            </span>
            <span className={styles.what}>{entry.what}</span>
          </>
        )}
      </div>
    </>
  );
}
