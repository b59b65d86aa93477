import type { BatchChange } from '#shared/migration/batch/batch.ts';
import { client } from '../../bridge/client.ts';
import { takeBatch } from '../../fleet-mirror/batches-store.ts';
import { notifyError } from '../../ui/overlays/notices.ts';

/** Says it to the main process; what becomes of it is told from there. */
export async function changeBatch(id: string, change: BatchChange): Promise<void> {
  const changed = await client.call('batch:change', { id, change });
  if (changed.ok) takeBatch(changed.value);
  else notifyError(changed.error, 'The batch was not changed');
}
