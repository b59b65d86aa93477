import { create } from 'zustand';
import type { DraftWish, VirtualSubsystemDraft } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import { client } from '../bridge/client.ts';
import { notifyError } from '../ui/overlays/notices.ts';

interface DraftsState {
  /** Drafts of the open source as the main process last told them. */
  readonly drafts: readonly VirtualSubsystemDraft[];
}

/** The drafts of virtual subsystems that Berth keeps for the open source. */
export const useDrafts = create<DraftsState>(() => ({ drafts: [] }));

/** Takes the list that was pushed or answered. */
export function takeDrafts({ drafts }: DraftsState): void {
  useDrafts.setState({ drafts });
}

/** Asks for the drafts of the source that is open. */
export async function loadDrafts(): Promise<void> {
  const result = await client.call('draft:list', {});
  if (result.ok) takeDrafts(result.value);
  else notifyError(result.error, 'The drafts could not be read');
}

/** Saves a draft; null when that was refused, which a notice tells. */
export async function saveDraft(draft: DraftWish): Promise<VirtualSubsystemDraft | null> {
  const result = await client.call('draft:save', { draft });
  if (result.ok) return result.value.draft;
  notifyError(result.error, 'The draft was not saved');
  return null;
}

/** Deletes a draft; answers whether it is gone. */
export async function deleteDraft(id: string): Promise<boolean> {
  const result = await client.call('draft:delete', { id });
  if (!result.ok) notifyError(result.error, 'The draft was not deleted');
  return result.ok;
}
