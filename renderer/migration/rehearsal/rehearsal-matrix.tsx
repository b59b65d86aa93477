import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import {
  type RehearsalFault,
  rehearsalFaultMeanings,
  rehearsalFaultWords,
} from '#shared/migration/rehearsal/fault.ts';
import {
  type MigrationRehearsal,
  type RehearsalCell,
  rehearsedGuestWords,
} from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import { formatDuration } from '../../ui/format.ts';
import styles from './rehearsal.module.css';

/** Stand in the cells beside the colour, and in the legend with their words. */
const marks = { moved: '→', 'at-source': '↩', unknown: '?' } as const;

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Steps by faults: what became of the guest in each case, and whether everything held. The arrow keys go from cell to cell. */
export function RehearsalMatrix({
  rehearsal,
  plan,
  onOpen,
}: {
  readonly rehearsal: MigrationRehearsal;
  readonly plan: Pick<Plan, 'steps'>;
  /** Shows the run of a case; null: nobody can any more. */
  readonly onOpen: ((step: number, fault: RehearsalFault) => void) | null;
}) {
  const { steps, faults } = rehearsal;
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const body = useRef<HTMLTableSectionElement>(null);
  const cells = useMemo(
    () => new Map(rehearsal.cells.map((cell) => [`${cell.step} ${cell.fault}`, cell])),
    [rehearsal.cells],
  );
  // Cases are lived through row by row; what comes after the last one was not reached.
  const { step: lastStep = -1, fault: lastFault } = rehearsal.cells.at(-1) ?? {};
  const last =
    lastFault === undefined ? -1 : steps.indexOf(lastStep) * faults.length + faults.indexOf(lastFault);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = moved(event.key, place, { rows: steps.length, columns: faults.length });
    if (to === null) return;
    event.preventDefault();
    setPlace(to);
    body.current?.querySelector<HTMLElement>(`[data-place="${to.row} ${to.column}"]`)?.focus();
  };
  return (
    <>
      <ScrollRegion label="Matrix of the rehearsal" className={styles.scroll}>
        <table className={styles.matrix} aria-label="What became of the guest, by step and fault">
          <thead>
            <tr>
              <th scope="col">Step</th>
              {faults.map((fault) => (
                <th key={fault} scope="col" title={rehearsalFaultMeanings[fault]}>
                  {rehearsalFaultWords[fault]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={onKeyDown}>
            {steps.map((step, row) => (
              <tr key={step}>
                <th scope="row" title={plan.steps[step]?.words}>
                  <span className={styles.number}>{step + 1}</span> {plan.steps[step]?.words}
                </th>
                {faults.map((fault, column) => (
                  <td key={fault}>
                    <Cell
                      cell={cells.get(`${step} ${fault}`)}
                      isDue={row * faults.length + column > last}
                      isCurrent={place.row === row && place.column === column}
                      place={`${row} ${column}`}
                      onFocus={() => setPlace({ row, column })}
                      onOpen={onOpen === null ? null : () => onOpen(step, fault)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p className={styles.legend}>
        {(['moved', 'at-source', 'unknown'] as const).map((guest) => (
          <span key={guest}>
            <b aria-hidden>{marks[guest]}</b> {rehearsedGuestWords[guest]}
          </span>
        ))}
        <span>
          <b className="bad">✕</b> something did not hold
        </span>
        <span>
          <b aria-hidden>·</b> the step changes nothing that could go wrong in this way
        </span>
      </p>
    </>
  );
}

function Cell({
  cell,
  isDue,
  isCurrent,
  place,
  onFocus,
  onOpen,
}: {
  /** Undefined: it does not apply, or was not lived through. */
  readonly cell: RehearsalCell | undefined;
  readonly isDue: boolean;
  readonly isCurrent: boolean;
  readonly place: string;
  readonly onFocus: () => void;
  readonly onOpen: (() => void) | null;
}) {
  const tone =
    cell === undefined
      ? ''
      : cell.passed
        ? cell.guest === 'unknown'
          ? styles.open
          : styles.held
        : styles.broken;
  const words = cell === undefined ? (isDue ? 'not rehearsed' : 'no case') : cellWords(cell);
  return (
    <button
      type="button"
      className={`${styles.cell} ${tone}`}
      data-place={place}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={words}
      aria-disabled={cell === undefined || onOpen === null || undefined}
      title={words}
      onFocus={onFocus}
      onClick={() => (cell === undefined ? undefined : onOpen?.())}
    >
      {cell === undefined ? (
        <span aria-hidden>{isDue ? '' : '·'}</span>
      ) : (
        <>
          {cell.passed ? '' : '✕ '}
          {marks[cell.guest]}
          {cell.downtimeMilliseconds === null ? null : (
            <small>{formatDuration(cell.downtimeMilliseconds * 1000)}</small>
          )}
        </>
      )}
    </button>
  );
}

/** One case in words: for the label of its cell, and for the head of its run. */
export function cellWords({
  passed,
  guest,
  downtimeMilliseconds,
  wayOn,
  problems = [],
}: RehearsalCell): string {
  return [
    passed ? 'passed' : 'failed',
    `guest ${rehearsedGuestWords[guest]}`,
    ...(downtimeMilliseconds === null
      ? []
      : [`stood still for ${formatDuration(downtimeMilliseconds * 1000)}`]),
    ...(wayOn === undefined ? [] : [`way on: ${wayOn}`]),
    ...problems,
  ].join(', ');
}

function moved(
  key: string,
  { row, column }: Place,
  size: { readonly rows: number; readonly columns: number },
): Place | null {
  const at = (to: Place): Place => ({
    row: Math.min(Math.max(to.row, 0), size.rows - 1),
    column: Math.min(Math.max(to.column, 0), size.columns - 1),
  });
  switch (key) {
    case 'ArrowUp':
      return at({ row: row - 1, column });
    case 'ArrowDown':
      return at({ row: row + 1, column });
    case 'ArrowLeft':
      return at({ row, column: column - 1 });
    case 'ArrowRight':
      return at({ row, column: column + 1 });
    case 'Home':
      return at({ row, column: 0 });
    case 'End':
      return at({ row, column: size.columns - 1 });
    default:
      return null;
  }
}
