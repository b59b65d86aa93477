import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { policyOf, policyTitles } from '#shared/migration/pre-copy/policies.ts';
import { formatDuration } from '../../ui/format.ts';
import { latestAnswer, type WizardState, type WizardStep } from './wizard-state.ts';

/** Names of the steps, as the list at the left and the review have them. */
export const stepTitles: Record<WizardStep, string> = {
  source: 'Source',
  destination: 'Destination',
  mapping: 'Mapping',
  checks: 'Checks',
  options: 'Options',
  review: 'Review',
};

/** What was chosen in a step, for the list at the left. */
export function stepSummary(state: WizardState, fleet: Fleet, step: WizardStep): string {
  const { choice } = state;
  switch (step) {
    case 'source': {
      if (choice.kind === 'nothing') return 'Virtual machine';
      const machine = fleet.virtualMachines[choice.virtualMachineId];
      return machine === undefined
        ? 'no longer in the fleet'
        : `${machine.name} on ${hostTitle(fleet, machine.hostId)}`;
    }
    case 'destination':
      return choice.kind === 'destination' ? hostTitle(fleet, choice.destinationHostId) : 'Host';
    case 'mapping':
      return mappingSummary(state);
    case 'checks': {
      const answer = latestAnswer(state);
      if (answer === null) return 'Compatibility';
      const { warnings, errors } = answer.compatibility;
      return `${countWords(warnings, 'warning')}, ${errors} blocking`;
    }
    case 'options':
      return `${policyTitles[policyOf(state.options)]}, ${formatDuration(state.options.downtimeBudgetMilliseconds * 1000)} budget`;
    case 'review':
      return 'Plan and commands';
  }
}

function mappingSummary({ choice }: WizardState): string {
  if (choice.kind !== 'destination') return 'Controllers, namespaces';
  switch (choice.mapping.kind) {
    case 'proposing':
      return 'proposing…';
    case 'failed':
      return 'not possible';
    case 'ready': {
      const { devices, unmapped } = choice.mapping;
      const namespaces = devices.reduce((sum, device) => sum + device.namespaces.length, 0);
      const words = `${countWords(devices.length, 'controller')}, ${countWords(namespaces, 'namespace')}`;
      return unmapped.length === 0 ? words : `${words}, ${unmapped.length} not mapped`;
    }
  }
}

/** Whether a step's choice is made and holds. */
export function isStepDone(state: WizardState, step: WizardStep): boolean {
  const { choice, check } = state;
  switch (step) {
    case 'source':
      return choice.kind !== 'nothing';
    case 'destination':
      return choice.kind === 'destination';
    case 'mapping':
      return (
        choice.kind === 'destination' &&
        choice.mapping.kind === 'ready' &&
        choice.mapping.devices.length > 0 &&
        choice.mapping.unmapped.length === 0
      );
    case 'checks':
      return (
        check.kind === 'done' &&
        check.answer.compatibility.errors === 0 &&
        check.answer.compatibility.checks.every(
          (one) => one.verdict !== 'warning' || state.acknowledged.includes(one.id),
        )
      );
    case 'options':
      return state.step === 'review';
    case 'review':
      return false;
  }
}
