import { useVirtualizer } from '@tanstack/react-virtual';
import { List } from 'lucide-react';
import { lazy, type PointerEvent, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Fleet } from '#shared/fleet/schema.ts';
import { handleCarryKey } from '../../carry/carry-keys.ts';
import { cancelCarry, pickUp, useCarry } from '../../carry/carry-store.ts';
import { usePointerCarry } from '../../carry/pointer-carry.ts';
import { regionKeyHandler } from '../../commands/key-bindings.ts';
import { select, toggleSelected, useNavigation } from '../../navigation.ts';
import { EmptyState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { StateMark } from '../state-mark.tsx';
import { type ListRow, listRows } from './list-rows.ts';
import styles from './list-view.module.css';
import { TargetTray } from './target-tray.tsx';

const ObjectMenu = lazy(async () => ({
  default: (await import('../../actions/object-menu.tsx')).ObjectMenu,
}));

/** CSS pixels; the style sheet has the same, because the virtualiser places rows without measuring them. */
const rowHeight = 32;
const columns = [
  'Controller',
  'Host',
  'Role',
  'CNTLID',
  'PCI address',
  'State',
  'VQ / VI',
  'Virtual id',
  'VM',
  'Namespaces',
  'Driver',
  'Migration',
];

/** The list twin of the graph: the same selection and filter, one row for every controller. */
export function ListView({ fleet }: { readonly fleet: Fleet }) {
  const { filter, search, selection } = useNavigation(
    useShallow((state) => ({ filter: state.filter, search: state.search, selection: state.selection })),
  );
  const rows = useMemo(() => listRows(fleet, filter, search), [fleet, filter, search]);
  const carry = useCarry((state) => state.carry);
  const scroll = useRef<HTMLDivElement>(null);
  // Index of the row that Tab reaches; the arrow keys move it.
  const [current, setCurrent] = useState(0);
  // Where a range that Shift extends began.
  const anchor = useRef(0);
  const pointer = usePointerCarry();
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
    initialRect: { width: 1000, height: 600 },
  });
  // The filter may have left fewer rows than there were.
  const at = Math.min(current, Math.max(0, rows.length - 1));
  const selected = new Set(selection);
  const carried = new Set(carry.mode === 'idle' ? [] : carry.ids);

  const lastSelected = selection.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls, never a refresh
  useEffect(() => {
    const index = rows.findIndex((row) => row.id === lastSelected);
    if (index >= 0) virtual.scrollToIndex(index);
  }, [lastSelected]);

  // The row exists only after the list has scrolled to it, hence the frame in between.
  const focusRow = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setCurrent(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroll.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus(),
    );
  };
  const choose = (index: number, how: { range: boolean; add: boolean }) => {
    const row = rows[index];
    if (row === undefined) return;
    setCurrent(index);
    if (how.range) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      select([...rows.slice(from, to + 1).map(({ id }) => id), row.id]);
      return;
    }
    anchor.current = index;
    if (how.add) toggleSelected(row.id);
    else select([row.id]);
  };
  // A row outside the selection is carried alone.
  const carriedFrom = (row: ListRow) => (selected.has(row.id) ? selection : [row.id]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[at];
    if (carry.mode === 'keyboard') {
      if (handleCarryKey(event.key)) event.preventDefault();
      return;
    }
    if (event.key === 'Escape' && carry.mode === 'pointer') {
      cancelCarry();
      return;
    }
    const step = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 12,
      PageUp: -12,
      Home: -rows.length,
      End: rows.length,
    }[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, at + step));
      if (event.shiftKey) choose(next, { range: true, add: false });
      focusRow(next);
    } else if (event.key === 'Enter') choose(at, { range: false, add: event.ctrlKey });
    else if (event.key === ' ' && row?.secondary === true) pickUp('keyboard', carriedFrom(row));
    else if (row !== undefined && (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) {
      if (!selected.has(row.id)) select([row.id]);
      const bounds = scroll.current?.querySelector(`[data-index="${at}"]`)?.getBoundingClientRect();
      setMenu({ x: (bounds?.left ?? 0) + 60, y: bounds?.bottom ?? 0 });
    } else {
      regionKeyHandler(event.nativeEvent);
      return;
    }
    event.preventDefault();
  };

  const onPointerMove = (event: PointerEvent) => {
    if (pointer.move(event)) event.currentTarget.setPointerCapture(event.pointerId);
  };

  if (rows.length === 0)
    return (
      <EmptyState
        icon={List}
        title="No controller matches"
        actions={
          <Button onClick={() => useNavigation.setState({ filter: 'all', search: '' })}>
            Show all controllers
          </Button>
        }
      >
        The filter or the text hides every controller of this fleet.
      </EmptyState>
    );

  return (
    <>
      <div ref={scroll} className={styles.scroll}>
        {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by the virtualiser, which a table cannot do */}
        <div
          role="grid"
          aria-label="Controllers"
          aria-rowcount={rows.length + 1}
          aria-multiselectable="true"
          tabIndex={-1}
          className={styles.grid}
          onKeyDown={onKeyDown}
          onPointerMove={onPointerMove}
          onPointerUp={pointer.release}
          onPointerCancel={pointer.cancel}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the header row is not walked to */}
          <div role="row" aria-rowindex={1} className={styles.head}>
            {columns.map((title) => (
              // biome-ignore lint/a11y/useSemanticElements: see above
              // biome-ignore lint/a11y/useFocusableInteractive: the header row is not walked to
              <span key={title} role="columnheader" className={styles.cell}>
                {title}
              </span>
            ))}
          </div>
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                // biome-ignore lint/a11y/useSemanticElements: see above
                // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of its rows
                <div
                  key={row.id}
                  role="row"
                  data-index={index}
                  data-carried={carried.has(row.id)}
                  aria-rowindex={index + 2}
                  aria-selected={selected.has(row.id)}
                  aria-label={row.state === 'failed' ? `${row.fullName}, ${row.stateWords}` : row.fullName}
                  tabIndex={index === at ? 0 : -1}
                  className={styles.row}
                  style={{ top: start }}
                  onFocus={() => setCurrent(index)}
                  onPointerDown={(event) => {
                    if (event.button === 0 && carry.mode === 'idle')
                      pointer.press(event, () => carriedFrom(row));
                  }}
                  onClick={(event) =>
                    choose(index, { range: event.shiftKey, add: event.ctrlKey || event.metaKey })
                  }
                  onContextMenu={(event) => {
                    event.preventDefault();
                    if (!selected.has(row.id)) select([row.id]);
                    setMenu({ x: event.clientX, y: event.clientY });
                  }}
                >
                  <Cells row={row} />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <TargetTray fleet={fleet} />
      {menu === null ? null : (
        <Suspense fallback={null}>
          <ObjectMenu at={menu} onClose={() => setMenu(null)} />
        </Suspense>
      )}
    </>
  );
}

function Cells({ row }: { readonly row: ListRow }) {
  const texts: { id: string; text: string; className: string | undefined; state?: boolean }[] = [
    { id: 'name', text: row.name, className: styles.name },
    { id: 'host', text: row.host, className: styles.cell },
    { id: 'role', text: row.role, className: styles.cell },
    { id: 'cntlid', text: row.cntlid, className: styles.mono },
    { id: 'pci', text: row.pci, className: styles.mono },
    { id: 'state', text: row.stateWords, className: styles.cell, state: true },
    { id: 'resources', text: row.resources, className: styles.mono },
    { id: 'virtual', text: row.virtualSubsystem, className: styles.cell },
    { id: 'machine', text: row.machine, className: styles.cell },
    { id: 'namespaces', text: row.namespaces, className: styles.mono },
    { id: 'driver', text: row.driver, className: styles.cell },
    { id: 'migration', text: row.migration, className: styles.cell },
  ];
  return texts.map(({ id, text, className, state }) => (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by the virtualiser, which a table cannot do
    // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
    <span key={id} role="gridcell" className={className} title={text}>
      {state === true && row.state !== null ? <StateMark state={row.state} /> : null} {text}
    </span>
  ));
}
