import type { ReactNode } from 'react';
import styles from './data-table.module.css';

/** A column of a table: its head, and its cell for each row. */
export interface Column<Row> {
  readonly id: string;
  readonly title: ReactNode;
  /** Called for every row on every rendering: no hooks, no work. */
  readonly cell: (row: Row) => ReactNode;
  /** Monospaced, for identifiers and addresses. */
  readonly mono?: boolean;
  readonly align?: 'left' | 'right';
  /** CSS width, a number in pixels; left out: as wide as its content asks for. */
  readonly width?: number | string;
}

/** A plain table for tens of rows. With `onSelect` rows can be chosen by click, Enter and Space. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  selected,
  onSelect,
  sticky = false,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Unique among the rows and stable while they change, so that the focus stays where it is. */
  readonly rowKey: (row: Row) => string;
  /** Key of the chosen row. */
  readonly selected?: string | null;
  readonly onSelect?: ((row: Row) => void) | undefined;
  /** The head stays in sight while what is around the table scrolls. */
  readonly sticky?: boolean;
}) {
  const classOf = (column: Column<Row>) =>
    `${column.mono === true ? styles.mono : ''} ${column.align === 'right' ? styles.right : ''}`;
  return (
    <table
      aria-label={label}
      className={`${styles.table} ${onSelect === undefined ? '' : styles.selectable} ${sticky ? styles.sticky : ''}`}
    >
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={column.align === 'right' ? styles.right : undefined}
              style={column.width === undefined ? undefined : { width: column.width }}
            >
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            {...(onSelect === undefined
              ? {}
              : {
                  tabIndex: 0,
                  'aria-selected': rowKey(row) === selected,
                  onClick: () => onSelect(row),
                  onKeyDown: (event) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    // Enter on a button inside the row is the button's.
                    if (event.target !== event.currentTarget) return;
                    event.preventDefault();
                    onSelect(row);
                  },
                })}
          >
            {columns.map((column) => (
              <td key={column.id} className={classOf(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
