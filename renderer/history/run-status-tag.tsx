import type { RunStatus } from '#shared/procedure/procedure.ts';
import { Tag, type Tone } from '../ui/content/small.tsx';

const statusWords: Record<RunStatus, { readonly tone: Tone; readonly word: string }> = {
  running: { tone: 'warning', word: 'Running' },
  aborting: { tone: 'warning', word: 'Rolling back' },
  done: { tone: 'online', word: 'Done' },
  'rolled-back': { tone: 'neutral', word: 'Rolled back' },
  failed: { tone: 'error', word: 'Failed' },
  interrupted: { tone: 'error', word: 'Interrupted' },
};

/** Status of a run in a word, coloured. */
export function RunStatusTag({ status }: { readonly status: RunStatus }) {
  return <Tag tone={statusWords[status].tone}>{statusWords[status].word}</Tag>;
}
