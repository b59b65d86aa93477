import { create } from 'zustand';
import type { RehearsalFault } from '#shared/migration/rehearsal/fault.ts';
import type {
  MigrationRehearsalState,
  RehearsedCellRun,
} from '#shared/migration/rehearsal/rehearsal-state.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { client } from '../../bridge/client.ts';
import { notifyError } from '../../ui/overlays/notices.ts';

/** A case that somebody looks at; `run` is null while it is lived through again. */
export interface OpenedCell {
  readonly step: number;
  readonly fault: RehearsalFault;
  readonly run: RehearsedCellRun | null;
}

interface RehearsalOfMigration {
  /** As the main process told it last; null: none was begun in this window. */
  readonly state: MigrationRehearsalState | null;
  readonly isStarting: boolean;
  readonly opened: OpenedCell | null;
}

/** A store, because a rehearsal goes on while another screen is looked at. */
export const useMigrationRehearsal = create<RehearsalOfMigration>(() => ({
  state: null,
  isStarting: false,
  opened: null,
}));

let stopListening: () => void = () => undefined;

/** Begins a rehearsal of a reviewed plan in the background. `digest`: of that plan. */
export async function beginMigrationRehearsal(
  request: MigrationRequest,
  digest: string,
  chosen: { readonly faults: readonly RehearsalFault[]; readonly steps: readonly number[] | null },
): Promise<void> {
  stopListening();
  stopListening = client.listen('migration-rehearsal:changed', takeRehearsal);
  useMigrationRehearsal.setState({ isStarting: true, opened: null });
  const { faults, steps } = chosen;
  const started = await client.call('migration-rehearsal:start', {
    ...{ request, digest, faults: [...faults], steps: steps === null ? null : [...steps] },
  });
  useMigrationRehearsal.setState({ isStarting: false });
  if (started.ok) takeRehearsal(started.value);
  else notifyError(started.error, 'The rehearsal did not begin');
}

/** Of an older rehearsal nothing is told any more; the answer to the start may come after the first event. */
function takeRehearsal(state: MigrationRehearsalState): void {
  const known = useMigrationRehearsal.getState().state;
  if (
    known !== null &&
    (known.id > state.id || (known.id === state.id && state.rehearsal === null && state.status === 'running'))
  )
    return;
  useMigrationRehearsal.setState({ state });
}

/** Stops it between two cases. */
export async function stopMigrationRehearsal(id: number): Promise<void> {
  const stopped = await client.call('migration-rehearsal:stop', { id });
  if (!stopped.ok) notifyError(stopped.error);
}

/** Lives one case through again, and shows its run. */
export async function openCell(id: number, step: number, fault: RehearsalFault): Promise<void> {
  useMigrationRehearsal.setState({ opened: { step, fault, run: null } });
  const answer = await client.call('migration-rehearsal:cell', { id, step, fault });
  const { opened } = useMigrationRehearsal.getState();
  // Somebody looks at another one by now, or at none.
  if (opened?.step !== step || opened.fault !== fault) return;
  if (answer.ok) useMigrationRehearsal.setState({ opened: { step, fault, run: answer.value } });
  else {
    closeCell();
    notifyError(answer.error, 'The case could not be shown');
  }
}

export function closeCell(): void {
  useMigrationRehearsal.setState({ opened: null });
}
