import { Ban, Check, Circle, CircleDot, type LucideIcon, SkipForward, Undo2 } from 'lucide-react';
import type { StepStatus } from '#shared/procedure/procedure.ts';

/** How a step shows that it is in a state; the word says it where the icon is not seen. */
export const stepStatuses: Readonly<
  Record<StepStatus, { readonly icon: LucideIcon; readonly word: string; readonly tone: string }>
> = {
  waiting: { icon: Circle, word: 'waiting', tone: 'mute' },
  running: { icon: CircleDot, word: 'running', tone: 'warn' },
  done: { icon: Check, word: 'done', tone: 'ok' },
  failed: { icon: Ban, word: 'failed', tone: 'bad' },
  undone: { icon: Undo2, word: 'undone', tone: 'mute' },
  skipped: { icon: SkipForward, word: 'skipped', tone: 'mute' },
};
