import type { RequestOf } from '#shared/ipc/contract.ts';
import { client } from '../bridge/client.ts';
import { notify, notifyError } from '../ui/overlays/notices.ts';

type ExportRequest = RequestOf<'report:export'>;

/** Exports a report to a place that the native dialog asks for; tells where it is, or why it is not. */
export async function exportReport(
  subject: ExportRequest['subject'],
  format: ExportRequest['format'],
): Promise<void> {
  const result = await client.call('report:export', { subject, format });
  if (!result.ok) {
    notifyError(result.error, 'The report was not exported');
    return;
  }
  const { path } = result.value;
  if (path === null) return;
  notify({
    tone: 'success',
    title: 'Report exported',
    text: path,
    action: {
      label: 'Show in folder',
      run: () => {
        void client.call('report:reveal', { path }).then((shown) => {
          if (!shown.ok) notifyError(shown.error);
        });
      },
    },
  });
}
