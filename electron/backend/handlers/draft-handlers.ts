import { succeed } from '#shared/result.ts';
import type { Drafts } from '../virtual-subsystem/drafts.ts';
import type { Handlers } from './handler.ts';

export type DraftChannel = 'draft:list' | 'draft:save' | 'draft:delete';

/** Stored drafts of virtual subsystems. */
export function createDraftHandlers(drafts: Drafts): Handlers<DraftChannel> {
  return {
    'draft:list': async () => succeed({ drafts: drafts.list() }),
    'draft:save': async ({ draft }) => {
      const saved = drafts.save(draft);
      return saved.ok ? succeed({ draft: saved.value }) : saved;
    },
    'draft:delete': async ({ id }) => {
      const deleted = drafts.delete(id);
      return deleted.ok ? succeed({}) : deleted;
    },
  };
}
