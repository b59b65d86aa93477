import { create } from 'zustand';

/** A dialog that asks for what an intent still needs. */
export type Action =
  | { readonly kind: 'assign'; readonly secondaryIds: readonly string[] }
  | { readonly kind: 'resources'; readonly controllerId: string }
  | { readonly kind: 'namespaces'; readonly controllerId: string }
  | { readonly kind: 'vf-count'; readonly primaryId: string }
  | { readonly kind: 'reset'; readonly controllerId: string }
  | { readonly kind: 'driver'; readonly controllerId: string }
  | { readonly kind: 'provision'; readonly primaryId: string }
  | { readonly kind: 'advance' }
  /** `objectId`: what a fault was asked for; null: nothing in particular. */
  | { readonly kind: 'faults'; readonly objectId: string | null }
  | { readonly kind: 'new-virtual-subsystem'; readonly hostId: string; readonly primaryId: string | null };

/** The one open action dialog. */
export const useAction = create<{ readonly action: Action | null }>(() => ({ action: null }));

export function openAction(action: Action): void {
  useAction.setState({ action });
}

export function closeAction(): void {
  useAction.setState({ action: null });
}
