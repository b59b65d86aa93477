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
      ? batches.map((one) => (one.id === batch.id ? merged(one, batch) : one))
      : [batch, ...batches],
  }));
}

/** What has not changed of the members stays the same object, so that its row is not drawn again. */
function merged(before: MigrationBatch, batch: MigrationBatch): MigrationBatch {
  const known = new Map(before.members.map((member) => [member.id, member]));
  const members = batch.members.map((member) => {
    const same = known.get(member.id);
    return same !== undefined && JSON.stringify(same) === JSON.stringify(member) ? same : member;
  });
  return { ...batch, members };
}

/** Asks for the batches of the source that is open. */
export async function loadBatches(): Promise<void> {
  const result = await client.call('batch:list', {});
  if (result.ok) useBatches.setState(result.value);
  else notifyError(result.error, 'The batches of migrations could not be read');
}
