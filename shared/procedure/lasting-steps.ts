import { definitionOf, type Step } from './step.ts';
import type { StepSetting } from './step-definition.ts';

/**
 * Aspects whose change ends whatever a migration of the function was at: its VFIO device is closed or opened anew (Linux
 * uAPI vfio.h).
 */
const endsVfioState: ReadonlySet<string> = new Set(['driver', 'visible', 'virtual machine']);

/** Which step of a list last set each aspect of each object. */
function lastWriters(steps: readonly Step[]): Map<string, Map<string, Step>> {
  const writers = new Map<string, Map<string, Step>>();
  for (const step of steps) {
    const reset = definitionOf(step).resets?.(step);
    if (reset !== undefined) writers.get(reset)?.delete('VFIO state');
    for (const { object, aspect } of settingsOf(step)) {
      // What was done with an object that was deleted (or created again) afterwards is gone with it.
      if (aspect === 'existence') writers.set(object, new Map());
      const known = writers.get(object) ?? new Map<string, Step>();
      if (endsVfioState.has(aspect)) known.delete('VFIO state');
      writers.set(object, known.set(aspect, step));
    }
  }
  return writers;
}

/** Steps whose whole effect nothing after them in the same list has overwritten, in their order. */
export function untouchedSteps(steps: readonly Step[]): Step[] {
  const writers = lastWriters(steps);
  return steps.filter((step) => {
    const settings = settingsOf(step);
    return (
      settings.length > 0 && settings.every(({ object, aspect }) => writers.get(object)?.get(aspect) === step)
    );
  });
}

/** Steps of which something must be there when all have been carried out, in their order. */
export function lastingSteps(steps: readonly Step[]): Step[] {
  const writers = lastWriters(steps);
  return steps.filter((step) =>
    settingsOf(step).some(({ object, aspect }) => writers.get(object)?.get(aspect) === step),
  );
}

export function settingsOf(step: Step): readonly StepSetting[] {
  return definitionOf(step).sets(step);
}
