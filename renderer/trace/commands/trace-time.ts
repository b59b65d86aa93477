import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { formatTime } from '../../ui/format.ts';

/** When a command was submitted: the time of day, or simulated time since the fleet began. */
export function traceTime({ at, simulatedTime }: Pick<CommandTraceEntry, 'at' | 'simulatedTime'>): string {
  return simulatedTime ? simulatedTimeWords(at) : formatTime(at);
}
