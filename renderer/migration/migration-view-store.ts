import { create } from 'zustand';
import type { WizardState } from './wizard/wizard-state.ts';

/** What the Migrations screen shows. */
type MigrationView =
  | { readonly kind: 'list' }
  | { readonly kind: 'wizard' }
  /** The wizard for several at once, and one batch of them. */
  | { readonly kind: 'batch-wizard' }
  | { readonly kind: 'batch'; readonly batchId: string }
  | { readonly kind: 'run'; readonly runId: string };

/** What the Migrations screen shows, and what was entered there. */
export interface MigrationViewState {
  readonly view: MigrationView;
  /** The wizard's choices; they outlive a look at another screen. */
  readonly draft: WizardState | null;
  /** The source that the choices are about; opening another one drops them. */
  readonly draftSource: string | null;
}

/** State of the Migrations screen. A store, because the choices outlive a look at another screen. */
export const useMigrationView = create<MigrationViewState>(() => ({
  view: { kind: 'list' },
  draft: null,
  draftSource: null,
}));

/** Shows the list of migrations. */
export function showMigrations(): void {
  useMigrationView.setState({ view: { kind: 'list' } });
}

/** Shows one migration, under way or ended. */
export function showMigrationRun(runId: string): void {
  useMigrationView.setState({ view: { kind: 'run', runId } });
}

/** Shows one batch of migrations. */
export function showBatch(batchId: string): void {
  useMigrationView.setState({ view: { kind: 'batch', batchId } });
}

/** Leaves the wizard and forgets what was entered. */
export function dropDraft(): void {
  useMigrationView.setState({ view: { kind: 'list' }, draft: null });
}
