import { definitionOf, type Step } from './step.ts';
import type { StepSetting } from './step-definition.ts';

/** What a step sets an aspect of an object to; undefined when it does not set it. */
export function valueSetBy(step: Step, object: string, aspect: string): StepSetting['value'] | undefined {
  return definitionOf(step)
    .sets(step)
    .find((setting) => setting.object === object && setting.aspect === aspect)?.value;
}
