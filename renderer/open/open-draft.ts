import { create } from 'zustand';

/** A folder or file that was dropped on the window or given on the command line, for the dialog to take up. */
export interface OpenDraft {
  readonly path: string | null;
}

/** What waits to be opened; null: nothing. */
export const useOpenDraft = create<OpenDraft>(() => ({ path: null }));
