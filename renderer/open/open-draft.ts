import { create } from 'zustand';

/** Folders or files that were dropped on the window or given on the command line, for the dialog to take up. */
export interface OpenDraft {
  readonly paths: readonly string[];
}

/** What waits to be opened; several are files of one host. */
export const useOpenDraft = create<OpenDraft>(() => ({ paths: [] }));
