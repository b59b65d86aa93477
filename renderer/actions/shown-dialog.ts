import type { ReactNode } from 'react';
import { create } from 'zustand';
import type { Fleet } from '#shared/fleet/schema.ts';

/** Draws a dialog for the fleet as it is now: a dialog stays open while the fleet changes under it. */
type DrawDialog = (fleet: Fleet) => ReactNode;

/**
 * The one open dialog of an action; the frame shows it over every screen. What is kept is how to draw it, not a name
 * that somebody else would have to know: a new dialog needs no list and no switch.
 */
export const useShownDialog = create<{ readonly draw: DrawDialog | null }>(() => ({ draw: null }));

/** Opens a dialog; one that is open gives way to it. */
export function showDialog(draw: DrawDialog): void {
  useShownDialog.setState({ draw });
}

/** Closes the dialog that is open, if any. */
export function closeDialog(): void {
  useShownDialog.setState({ draw: null });
}
