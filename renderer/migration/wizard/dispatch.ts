import { useMigrationView } from '../migration-view-store.ts';
import { reduceWizard } from './wizard-reducer.ts';
import type { WizardEvent } from './wizard-state.ts';

/** Sends an event to the wizard; without a draft there is nothing to change. */
export function dispatch(event: WizardEvent): void {
  useMigrationView.setState(({ draft }) => (draft === null ? {} : { draft: reduceWizard(draft, event) }));
}
