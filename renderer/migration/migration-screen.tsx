import { useEffect } from 'react';
import { useNavigation } from '../app/navigation.ts';
import { useTakenRunId } from '../history/use-taken-run-id.ts';
import { MigrationList } from './migration-list.tsx';
import { showMigrationRun, useMigrationView } from './migration-view-store.ts';
import { openWizard } from './open-wizard.ts';
import { RunScreen } from './run-screen.tsx';
import { Wizard } from './wizard.tsx';

/** Running and past migrations, the wizard, and one migration while it runs and when it ended. */
export function MigrationScreen() {
  const view = useMigrationView((state) => state.view);
  const draft = useMigrationView((state) => state.draft);
  useTakenRunId(showMigrationRun);
  useTakenVirtualMachine();
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
