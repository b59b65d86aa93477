import { useEffect } from 'react';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useTakenRunId } from '../history/use-taken-run-id.ts';
import { useNavigation } from '../navigation.ts';
import { MigrationList } from './migration-list.tsx';
import { dropDraft, showMigrationRun, useMigrationView } from './migration-view-store.ts';
import { RunScreen } from './run/run-screen.tsx';
import { openWizard } from './wizard/open-wizard.ts';
import { Wizard } from './wizard/wizard.tsx';

/** Running and past migrations, the wizard, and one migration while it runs and when it ended. */
export function MigrationScreen() {
  const view = useMigrationView((state) => state.view);
  const draft = useMigrationView((state) => state.draft);
  useTakenRunId(showMigrationRun);
  useTakenVirtualMachine();
  useDraftOfThisSource();
  if (view.kind === 'run') return <RunScreen runId={view.runId} />;
  if (view.kind === 'wizard' && draft !== null) return <Wizard state={draft} />;
  return <MigrationList />;
}

/** Opens the wizard when "Migrate…" was chosen somewhere; an empty id means that no virtual machine was meant. */
function useTakenVirtualMachine(): void {
  const asked = useNavigation((state) => state.migrateVirtualMachineId);
  useEffect(() => {
    if (asked === null) return;
    openWizard(asked === '' ? null : asked);
    useNavigation.setState({ migrateVirtualMachineId: null });
  }, [asked]);
}

/** Choices about hosts and machines of one source mean nothing on another. */
function useDraftOfThisSource(): void {
  const source = useFleetMirror((mirror) => mirror.fleet?.source.name);
  const draftSource = useMigrationView((state) => (state.draft === null ? null : state.draftSource));
  useEffect(() => {
    if (source !== undefined && draftSource !== null && draftSource !== source) dropDraft();
  }, [source, draftSource]);
}
