import type { EditStart } from './start-editing.ts';

/**
 * Shows the editor with something new in it; unsaved changes are asked about first. What edits a file is loaded then:
 * the frame has the commands for it, and is there at every start.
 */
export function edit(start: EditStart): void {
  void import('./start-editing.ts').then((editing) => editing.startEditing(start));
}
