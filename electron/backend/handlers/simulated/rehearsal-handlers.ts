import { type Result, succeed } from '#shared/result.ts';
import type { Rehearsals } from '../../rehearsal/rehearsals.ts';
import type { Handlers } from '../handler.ts';

export type RehearsalChannel = 'rehearsal:start' | 'rehearsal:go-on' | 'rehearsal:change' | 'rehearsal:stop';

export function createRehearsalHandlers(rehearsals: Rehearsals): Handlers<RehearsalChannel> {
  const answer = (done: Result<void>) => (done.ok ? succeed({}) : done);
  return {
    'rehearsal:start': (script) => rehearsals.start(script),
    'rehearsal:go-on': async ({ id, ...goOn }) => answer(rehearsals.goOn(id, goOn)),
    'rehearsal:change': async ({ id }) => rehearsals.change(id),
    'rehearsal:stop': async ({ id }) => answer(rehearsals.stop(id)),
  };
}
