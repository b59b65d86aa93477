import { create } from 'zustand';
import type { MigrationBatch } from '#shared/migration/batch/batch.ts';
import { client } from '../bridge/client.ts';
import { notifyError } from '../ui/overlays/notices.ts';

interface BatchesState {
  /** Batches of migrations of the open source, newest first. */
  readonly batches: readonly MigrationBatch[];
}

/** The batches of migrations, each as the main process last told it. */
export const useBatches = create<BatchesState>(() => ({ batches: [] }));

/** Takes the newest state of one batch. */
export function takeBatch(batch: MigrationBatch): void {
  useBatches.setState(({ batches }) => ({
    batches: batches.some(({ id }) => id === batch.id)
      ? batches.map((one) => (one.id === batch.id ? batch : one))
      : [batch, ...batches],
  }));
}

/** Asks for the batches of the source that is open. */
export async function loadBatches(): Promise<void> {
  const result = await client.call('batch:list', {});
  if (result.ok) useBatches.setState(result.value);
  else notifyError(result.error, 'The batches of migrations could not be read');
}
