import type { CellState } from './cell-appearance.ts';

const shapes: Record<CellState, { mark: string; className: string }> = {
  offline: { mark: '○', className: 'mute' },
  online: { mark: '●', className: 'ok' },
  migrating: { mark: '◆', className: 'warn' },
  error: { mark: '✕', className: 'bad' },
  failed: { mark: '▼', className: 'bad' },
  absent: { mark: '–', className: 'mute' },
};

/** The state's shape as the graph draws it; the words stand beside it. */
export function StateMark({ state }: { readonly state: CellState }) {
  const { mark, className } = shapes[state];
  return (
    <span className={className} aria-hidden>
      {mark}
    </span>
  );
}
