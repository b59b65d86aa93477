import type { Intent } from '#shared/procedure/intent.ts';
import { useStaged } from '../procedures/intents.ts';

/** The intent whose plan is under review; null when there is none. */
export function stagedIntent(): Intent | null {
  const { staged } = useStaged.getState();
  return staged?.kind === 'intent' ? staged.intent : null;
}
