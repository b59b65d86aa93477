// biome-ignore-all lint/a11y/useSemanticElements: rows that exist only while visible need ARIA, a <table> cannot hold them

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { useSettings } from '../../fleet-mirror/settings-store.ts';
import { copyText } from '../../ui/controls/copy-button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ContextMenu, type MenuEntry } from '../../ui/overlays/menu.tsx';
import { notify } from '../../ui/overlays/notices.ts';
import styles from '../trace.module.css';
import { useTraceView } from '../trace-view-store.ts';
import { tracedNvmeCliLine } from './nvme-cli-line.ts';
import { isTraceError, statusText } from './trace-filter.ts';
import { traceTime } from './trace-time.ts';

/** CSS pixels; the style sheet has the same, because the virtualiser places rows without measuring them. */
const rowHeight = 26;
const headHeight = 22;
const columns = ['Controller', 'Opcode', 'Command', 'Description', 'Status', 'Latency'];

/** The commands as a virtualised grid. It stays at its end while it follows and the person did not scroll away. */
export function CommandList({
  entries,
  selected,
  following,
}: {
  readonly entries: readonly CommandTraceEntry[];
  readonly selected: number | null;
  readonly following: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  // Whether the person is at the end: only then does a new command move the list.
  const atEnd = useRef(true);
  const gridId = useId();
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    getItemKey: (index) => entries[index]?.sequence ?? index,
  });
  const last = entries.at(-1)?.sequence;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last entry is what moves the list
  useEffect(() => {
    if (following && atEnd.current && entries.length > 0) {
      virtualizer.scrollToIndex(entries.length - 1, { align: 'end' });
    }
  }, [last, following]);

  const choose = (index: number) => {
    const entry = entries[index];
    if (entry === undefined) return;
    useTraceView.setState({ selected: entry.sequence });
    virtualizer.scrollToIndex(index, { align: 'auto' });
  };
  // The grid keeps the focus; the chosen row is its active descendant, since rows come and go with scrolling.
  const onKeyDown = (event: KeyboardEvent) => {
    const index = entries.findIndex((entry) => entry.sequence === selected);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const target = {
      ArrowDown: Math.min(entries.length - 1, index + 1),
      ArrowUp: index < 0 ? entries.length - 1 : Math.max(0, index - 1),
      PageDown: Math.min(entries.length - 1, index + page),
      PageUp: Math.max(0, index - page),
      Home: 0,
      End: entries.length - 1,
    }[event.key];
    if (event.key === 'Escape' && selected !== null) useTraceView.setState({ selected: null });
    else if (target !== undefined) choose(target);
    else return;
    event.preventDefault();
  };
  // The row under the pointer when the menu was asked for.
  const menuEntry = useRef<CommandTraceEntry | null>(null);

  return (
    <ContextMenu className={styles.listFrame} entries={() => contextEntries(menuEntry.current)}>
      <div
        ref={scroller}
        role="grid"
        aria-label="Admin commands"
        aria-rowcount={entries.length + 1}
        aria-colcount={columns.length + 1}
        aria-activedescendant={selected === null ? undefined : `${gridId}-${selected}`}
        tabIndex={0}
        className={styles.grid}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          atEnd.current = scrollTop + clientHeight >= scrollHeight - rowHeight;
        }}
      >
        <div role="row" aria-rowindex={1} tabIndex={-1} className={`${styles.row} ${styles.headRow}`}>
          {[entries[0]?.simulatedTime === true ? 'Simulated time' : 'Time', ...columns].map((name) => (
            <span key={name} role="columnheader" tabIndex={-1}>
              {name}
            </span>
          ))}
        </div>
        <div role="rowgroup" className={styles.spacer} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const entry = entries[item.index];
            if (entry === undefined) return null;
            return (
              <CommandRow
                key={item.key}
                id={`${gridId}-${entry.sequence}`}
                entry={entry}
                top={item.start - headHeight}
                rowIndex={item.index + 2}
                selected={entry.sequence === selected}
                onChoose={() => choose(item.index)}
                onMenu={() => {
                  menuEntry.current = entry;
                }}
              />
            );
          })}
        </div>
      </div>
    </ContextMenu>
  );
}

/** `top`: pixels from the start of the list; `rowIndex`: from 1, the head included. */
function CommandRow({
  id,
  entry,
  top,
  rowIndex,
  selected,
  onChoose,
  onMenu,
}: {
  readonly id: string;
  readonly entry: CommandTraceEntry;
  readonly top: number;
  readonly rowIndex: number;
  readonly selected: boolean;
  readonly onChoose: () => void;
  readonly onMenu: () => void;
}) {
  const status = statusText(entry);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid moves the choice with the arrow keys
    <div
      id={id}
      role="row"
      tabIndex={-1}
      aria-rowindex={rowIndex}
      aria-selected={selected}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onChoose}
      onContextMenu={onMenu}
    >
      <Cell mute text={traceTime(entry)} />
      <Cell text={`${entry.hostId}/${entry.controller}`} />
      <Cell mute text={suffixedHexadecimal(entry.opcode)} />
      <Cell text={entry.side === 'guest' ? `${entry.name} (guest)` : entry.name} />
      <Cell mute text={entry.words} />
      <span role="gridcell" tabIndex={-1} title={status} className={isTraceError(entry) ? 'bad' : 'ok'}>
        {isTraceError(entry) ? '✕ ' : ''}
        {status}
      </span>
      <Cell mute text={formatDuration(entry.latencyMicroseconds)} />
    </div>
  );
}

function Cell({ text, mute = false }: { readonly text: string; readonly mute?: boolean }) {
  return (
    <span role="gridcell" tabIndex={-1} title={text} className={mute ? 'mute' : undefined}>
      {text}
    </span>
  );
}

/** Nothing where the menu was opened beside the rows. */
function contextEntries(entry: CommandTraceEntry | null): readonly MenuEntry[] {
  if (entry === null) return [];
  return [
    {
      id: 'cli',
      label: 'Copy as nvme-cli',
      onSelect: () => {
        const line = tracedNvmeCliLine(entry, useSettings.getState().nvmeCli);
        void copyText(line).then((copied) => {
          if (copied) notify({ tone: 'success', title: 'Copied as nvme-cli', text: line });
        });
      },
    },
    { id: 'details', label: 'Details', onSelect: () => useTraceView.setState({ selected: entry.sequence }) },
    { kind: 'separator', id: 'line' },
    {
      id: 'opcode',
      label: `Show only ${suffixedHexadecimal(entry.opcode)}`,
      onSelect: () => useTraceView.setState({ text: suffixedHexadecimal(entry.opcode) }),
    },
    {
      id: 'controller',
      label: `Show only ${entry.hostId}/${entry.controller}`,
      onSelect: () => useTraceView.setState({ text: `${entry.hostId}/${entry.controller}` }),
    },
  ];
}
