import { type Database, type OpenDatabase, openDatabase } from '../store/database.ts';

/** A disk that is full for some of the transactions of the databases that are opened on it. */
export function createFullDisk() {
  let transactions = 0;
  let isFull: (transaction: number) => boolean = () => false;
  const open: OpenDatabase = (file, mode) => {
    const database = openDatabase(file, mode);
    const onThisDisk: Database = {
      ...database,
      transaction(work) {
        transactions += 1;
        const full = isFull(transactions);
        database.transaction(() => {
          work();
          // As SQLite throws it where the log cannot grow: nothing of the transaction stays.
          if (full) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        });
      },
    };
    return onThisDisk;
  };
  return {
    open,
    /** Transactions from now on, counted from 1, for which the disk is full. */
    fill(full: (transaction: number) => boolean = () => true): void {
      transactions = 0;
      isFull = full;
    },
    free(): void {
      isFull = () => false;
    },
    /** Transactions since `fill`. */
    get transactions(): number {
      return transactions;
    },
  };
}
