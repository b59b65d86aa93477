import { useEffect } from 'react';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useTakenRunId } from '../history/use-taken-run-id.ts';
import { useNavigation } from '../navigation.ts';
import { openBatchWizard, useBatchDraft } from './batch/batch-draft.ts';
import { BatchView } from './batch/batch-view.tsx';
import { BatchWizard } from './batch/batch-wizard.tsx';
import { MigrationList } from './migration-list.tsx';
import { dropDraft, showMigrationRun, useMigrationView } from './migration-view-store.ts';
import { RunScreen } from './run/run-screen.tsx';
import { openWizard } from './wizard/open-wizard.ts';
import { Wizard } from './wizard/wizard.tsx';

/** Running and past migrations, the wizard, and one migration while it runs and when it ended. */
export function MigrationScreen() {
  const view = useMigrationView((state) => state.view);
  const draft = useMigrationView((state) => state.draft);
  const several = useBatchDraft((state) => state.draft);
  useTakenRunId(showMigrationRun);
  useTakenVirtualMachine();
  useDraftOfThisSource();
  if (view.kind === 'run') return <RunScreen runId={view.runId} />;
  if (view.kind === 'wizard' && draft !== null) return <Wizard state={draft} />;
  if (view.kind === 'batch') return <BatchView batchId={view.batchId} />;
  if (view.kind === 'batch-wizard' && several !== null) return <BatchWizard draft={several} />;
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
  const several = useNavigation((state) => state.migrateSeveral);
  useEffect(() => {
    if (several === null) return;
    openBatchWizard(several);
    useNavigation.setState({ migrateSeveral: null });
  }, [several]);
}

/** Choices about hosts and machines of one source mean nothing on another. */
function useDraftOfThisSource(): void {
  const source = useFleetMirror((mirror) => mirror.fleet?.source.name);
  const draftSource = useMigrationView((state) => (state.draft === null ? null : state.draftSource));
  useEffect(() => {
    if (source !== undefined && draftSource !== null && draftSource !== source) dropDraft();
    const several = useBatchDraft.getState().draft;
    if (source !== undefined && several !== null && several.source !== source)
      useBatchDraft.setState({ draft: null });
  }, [source, draftSource]);
}
