import { succeed } from '#shared/result.ts';
import type { TraceBuffer } from '../trace/trace-buffer.ts';
import type { Handlers } from './handler.ts';

/** The command trace as it was noted so far; what follows is pushed. */
export function createTraceHandlers(buffer: Pick<TraceBuffer, 'recent'>): Handlers<'trace:recent'> {
  return { 'trace:recent': async ({ limit }) => succeed({ entries: buffer.recent(limit) }) };
}
