import { client } from '../bridge/client.ts';
import { notify, notifyError } from '../ui/notices.ts';

/** Exports the current topology as an HTML report, to a place that the native dialog asks for. */
export async function exportTopology(): Promise<void> {
  const result = await client.call('report:export', { subject: { kind: 'topology' }, format: 'html' });
  if (!result.ok) {
    notifyError(result.error, 'The topology was not exported');
    return;
  }
  const { path } = result.value;
  if (path === null) return;
  notify({
    tone: 'success',
    title: 'Topology exported',
    text: path,
    action: { label: 'Show in folder', run: () => void client.call('report:reveal', { path }) },
  });
}
