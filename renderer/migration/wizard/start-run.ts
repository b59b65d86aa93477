import type { MigrationRequest } from '#shared/migration/request.ts';
import { client } from '../../bridge/client.ts';
import { takeRun } from '../../fleet-mirror/runs-store.ts';
import { notifyError } from '../../ui/overlays/notices.ts';
import { useMigrationView } from '../migration-view-store.ts';

/** Starts the migration and shows it; when it is refused the wizard stays as it is. */
export async function startRun(request: MigrationRequest): Promise<void> {
  const result = await client.call('procedure:run', { intent: { kind: 'migrate', request } });
  if (!result.ok) {
    notifyError(result.error, 'The migration did not start; nothing was changed');
    return;
  }
  takeRun(result.value);
  useMigrationView.setState({ view: { kind: 'run', runId: result.value.id }, draft: null });
}
