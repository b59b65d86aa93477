import { client } from '../bridge/client.ts';
import { notifyError } from '../ui/overlays/notices.ts';

/**
 * Asks for the abort of a procedure: every completed step is then undone, newest first. Answers whether that was accepted;
 * a notice says why not. The end of the roll-back comes as the run's status.
 */
export async function abortRun(runId: string): Promise<boolean> {
  const result = await client.call('procedure:abort', { runId });
  if (!result.ok) notifyError(result.error, 'The procedure was not aborted');
  return result.ok;
}
