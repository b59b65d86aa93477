import type { Result } from '#shared/result.ts';
import {
  type VirtualSubsystemDraft,
  virtualSubsystemDraftSchema,
} from '#shared/virtual-subsystem/life-cycle/draft.ts';
import type { Database } from './database.ts';
import { parseJson } from './parse-json.ts';
import type { SetAside } from './set-aside.ts';

/** A draft, and the run that created it as a virtual subsystem, if one did. */
export interface StoredDraft {
  readonly draft: VirtualSubsystemDraft;
  readonly createdBy: string | null;
}

/** Drafts of virtual subsystems, kept with the source that they were made for. */
export interface DraftStore {
  /** In the order in which they were first saved. */
  list(source: string): StoredDraft[];
  /** Adds or replaces; a draft that was created before counts as not created again. */
  save(source: string, draft: VirtualSubsystemDraft): Result<void>;
  delete(id: string): Result<void>;
  /** Notes the run that creates the draft. */
  noteCreation(id: string, runId: string): Result<void>;
}

export function createDraftStore(
  database: Database,
  write: (work: () => void) => Result<void>,
  setAside: SetAside,
): DraftStore {
  return {
    list(source) {
      const rows = database.all(
        'SELECT rowid AS number, * FROM virtual_subsystem_drafts WHERE source = ? ORDER BY rowid',
        source,
      );
      const read = rows.map((row) => ({ row, draft: readDraft(row) }));
      setAside(
        'virtual_subsystem_drafts',
        read.flatMap(({ row, draft }) => (draft === null ? [{ row: Number(row.number), content: row }] : [])),
      );
      return read.flatMap(({ draft }) => (draft === null ? [] : [draft]));
    },
    save: (source, draft) =>
      write(() =>
        database.run(
          `INSERT INTO virtual_subsystem_drafts (id, source, json) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET source = excluded.source, json = excluded.json, created_by = NULL`,
          draft.id,
          source,
          JSON.stringify(draft),
        ),
      ),
    delete: (id) => write(() => database.run('DELETE FROM virtual_subsystem_drafts WHERE id = ?', id)),
    noteCreation: (id, runId) =>
      write(() => database.run('UPDATE virtual_subsystem_drafts SET created_by = ? WHERE id = ?', runId, id)),
  };
}

function readDraft(row: Record<string, unknown>): StoredDraft | null {
  const draft = virtualSubsystemDraftSchema.safeParse(parseJson(row.json));
  if (!draft.success) return null;
  return { draft: draft.data, createdBy: typeof row.created_by === 'string' ? row.created_by : null };
}
