import { pauseBegan } from '#shared/procedure/run/pause-began.ts';
import type { Step } from '#shared/procedure/step.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** Whoever watches hears of each step that is done, also of one that a program before this one did. */
export function noteDone({ record, observer, clock }: RunUnderWay, step: Step | undefined): void {
  if (observer === null || step === undefined) return;
  const migration = observer.afterDoing(step, { pauseBegan: pauseBegan(record.run), now: clock.now() });
  record.set({ ...record.run, migration });
}
