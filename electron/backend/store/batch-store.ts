import { type MigrationBatch, migrationBatchSchema } from '#shared/migration/batch/batch.ts';
import type { Result } from '#shared/result.ts';
import type { Database } from './database.ts';
import { parseJson } from './parse-json.ts';
import type { SetAside } from './set-aside.ts';

/** Batches of migrations, kept with the source on which they run. */
export interface BatchStore {
  /** Newest first. */
  list(source: string): MigrationBatch[];
  /** Adds or replaces; of those that have ended the newest are kept. */
  save(source: string, batch: MigrationBatch): Result<void>;
}

/** Batches of one source that have ended; their migrations stay in the history. */
const keptBatches = 50;

export function createBatchStore(
  database: Database,
  write: (work: () => void) => Result<void>,
  setAside: SetAside,
): BatchStore {
  return {
    list(source) {
      const rows = database.all(
        'SELECT * FROM migration_batches WHERE source = ? ORDER BY sequence DESC',
        source,
      );
      const read = rows.map((row) => ({ row, batch: migrationBatchSchema.safeParse(parseJson(row.json)) }));
      setAside(
        'migration_batches',
        read.flatMap(({ row, batch }) =>
          batch.success ? [] : [{ row: Number(row.sequence), content: row }],
        ),
      );
      return read.flatMap(({ batch }) => (batch.success ? [batch.data] : []));
    },
    save: (source, batch) =>
      write(() => {
        database.run(
          `INSERT INTO migration_batches (id, source, ended, json) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, json = excluded.json`,
          ...([batch.id, source, batch.state === 'ended' ? 1 : 0, JSON.stringify(batch)] as const),
        );
        if (batch.state !== 'ended') return;
        database.run(
          `DELETE FROM migration_batches WHERE source = ? AND ended = 1 AND sequence NOT IN
             (SELECT sequence FROM migration_batches WHERE source = ? AND ended = 1 ORDER BY sequence DESC LIMIT ?)`,
          source,
          source,
          keptBatches,
        );
      }),
  };
}
