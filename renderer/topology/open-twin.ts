import { client } from '../bridge/client.ts';
import { useNavigation } from '../navigation.ts';
import { notifyError } from '../ui/overlays/notices.ts';

/** Opens the capture that is shown now as a simulated twin; asks in the dialog when it is not known where it came from. */
export async function openTwin(): Promise<void> {
  const sources = await client.call('fleet:sources', {});
  // What is open was opened last.
  const newest = sources.ok
    ? [...sources.value.recent].sort((left, right) => right.openedAt - left.openedAt)[0]
    : undefined;
  if (newest === undefined || newest.request.kind !== 'path') {
    useNavigation.setState({ openDialog: true });
    return;
  }
  const opened = await client.call('fleet:open', { ...newest.request, as: 'twin' });
  if (!opened.ok) notifyError(opened.error, 'The twin could not be opened');
}
