import { countWords } from '#shared/count-words.ts';
import type { Check, Compatibility } from '#shared/migration/checks/check.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import type { DeviceMapping, MigrationOptions, MigrationRequest } from '#shared/migration/request.ts';
import type { Reviewed } from '#shared/procedure/proposal.ts';
import type { BerthError } from '#shared/result.ts';

/** The six fixed steps of the wizard, in order. */
export const wizardSteps = ['source', 'destination', 'mapping', 'checks', 'options', 'review'] as const;
/** One of the six steps. */
export type WizardStep = (typeof wizardSteps)[number];

/** How each device of the virtual machine maps to the destination. */
type Mapping =
  | { readonly kind: 'proposing' }
  | { readonly kind: 'failed'; readonly error: BerthError }
  | {
      readonly kind: 'ready';
      readonly devices: readonly DeviceMapping[];
      /** Ids of devices for which the destination has nothing that fits. */
      readonly unmapped: readonly string[];
    };

/** What was chosen so far; each choice contains the ones before it, so that none can be stale. */
export type Choice =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'source'; readonly virtualMachineId: string }
  | {
      readonly kind: 'destination';
      readonly virtualMachineId: string;
      readonly destinationHostId: string;
      readonly mapping: Mapping;
    };

/** The answer of `migration:check` to one request. */
export interface CheckAnswer {
  readonly compatibility: Compatibility;
  /** null: it cannot be computed, for example with an unknown link. */
  readonly downtimeForecastMilliseconds: number | null;
  readonly totalForecastMilliseconds: number | null;
}

/** Where the compatibility check stands; `last` keeps the strip filled while a newer one is under way. */
type CheckState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'checking'; readonly last: CheckAnswer | null }
  | { readonly kind: 'done'; readonly answer: CheckAnswer; readonly at: number }
  | { readonly kind: 'failed'; readonly error: BerthError };

/** All that the wizard knows; the fleet itself is not in it. */
export interface WizardState {
  readonly step: WizardStep;
  readonly choice: Choice;
  readonly options: MigrationOptions;
  /** Ids of warnings that the person acknowledged. */
  readonly acknowledged: readonly string[];
  readonly check: CheckState;
  /** The first look at the plan, of which request it was (`checkKey`); null: none was taken yet. */
  readonly look: { readonly key: string; readonly reviewed: Reviewed } | null;
}

/** What may happen to the wizard: choices of a person, and answers of the main process. */
export type WizardEvent =
  | { readonly kind: 'go'; readonly step: WizardStep }
  | { readonly kind: 'choose-source'; readonly virtualMachineId: string }
  | { readonly kind: 'choose-destination'; readonly hostId: string }
  | {
      readonly kind: 'proposed';
      readonly virtualMachineId: string;
      readonly destinationHostId: string;
      readonly devices: readonly DeviceMapping[];
      readonly unmapped: readonly string[];
    }
  | {
      readonly kind: 'proposal-failed';
      readonly virtualMachineId: string;
      readonly destinationHostId: string;
      readonly error: BerthError;
    }
  | { readonly kind: 'map-device'; readonly sourceId: string; readonly destinationId: string }
  | {
      readonly kind: 'map-namespace';
      /** It is another storage: the contents are copied. */
      readonly copy?: boolean;
      readonly sourceId: string;
      readonly source: number;
      /** null: the namespace is not mapped. */
      readonly destination: number | null;
    }
  | {
      /** Another mapping or other options, as a check was told that they help. */
      readonly kind: 'take-remedy';
      readonly devices: readonly DeviceMapping[] | undefined;
      readonly options: MigrationOptions | undefined;
    }
  | { readonly kind: 'set-options'; readonly options: MigrationOptions }
  | { readonly kind: 'acknowledge'; readonly ids: readonly string[]; readonly acknowledged: boolean }
  | { readonly kind: 'checking' }
  | {
      readonly kind: 'checked';
      /** The request that was checked; an answer to an older request is ignored. */
      readonly request: MigrationRequest;
      readonly answer: CheckAnswer;
      readonly at: number;
    }
  | { readonly kind: 'reviewed'; readonly key: string; readonly reviewed: Reviewed }
  | { readonly kind: 'check-failed'; readonly request: MigrationRequest; readonly error: BerthError };

/** A fresh wizard. `downtimeBudgetMilliseconds` comes from the settings, 1-600,000 ms. */
export function startWizard(downtimeBudgetMilliseconds: number): WizardState {
  return {
    step: 'source',
    choice: { kind: 'nothing' },
    options: { ...defaultMigrationOptions, downtimeBudgetMilliseconds },
    acknowledged: [],
    check: { kind: 'idle' },
    look: null,
  };
}

/** The request that the choices add up to; null while the mapping is not complete. */
export function requestOf(state: WizardState): MigrationRequest | null {
  const { choice } = state;
  if (choice.kind !== 'destination' || choice.mapping.kind !== 'ready') return null;
  if (choice.mapping.devices.length === 0) return null;
  return {
    virtualMachineId: choice.virtualMachineId,
    destinationHostId: choice.destinationHostId,
    devices: [...choice.mapping.devices],
    options: state.options,
    acknowledged: [...state.acknowledged],
  };
}

/** What the checks and the plan depend on: the request without the acknowledgements, as a comparable key. */
export function checkKey(request: MigrationRequest): string {
  return JSON.stringify({ ...request, acknowledged: [] });
}

/** The newest answer of the checks, also while a newer one is under way. */
export function latestAnswer(state: WizardState): CheckAnswer | null {
  switch (state.check.kind) {
    case 'done':
      return state.check.answer;
    case 'checking':
      return state.check.last;
    case 'idle':
    case 'failed':
      return null;
  }
}

/** The warnings among the checks, which a person must acknowledge. */
export function warningsOf(answer: CheckAnswer | null): readonly Check[] {
  return answer?.compatibility.checks.filter((check) => check.verdict === 'warning') ?? [];
}

/** Why "Migrate" is not possible now, one line per reason; empty when it is. */
export function migrateBlockers(state: WizardState): readonly string[] {
  const { choice, check } = state;
  if (choice.kind === 'nothing') return ['Choose the virtual machine to move.'];
  if (choice.kind === 'source') return ['Choose the destination host.'];
  if (choice.mapping.kind === 'proposing') return ['The mapping is still being proposed.'];
  if (choice.mapping.kind === 'failed') return [choice.mapping.error.message];
  const reasons: string[] = [];
  if (choice.mapping.unmapped.length > 0) {
    reasons.push(
      `No secondary controller at the destination for ${countWords(choice.mapping.unmapped.length, 'device')}.`,
    );
  }
  if (check.kind === 'failed') reasons.push(`The checks could not run: ${check.error.message}`);
  if (check.kind === 'idle' || check.kind === 'checking') reasons.push('The checks are still running.');
  if (check.kind !== 'done') return reasons;
  const { errors } = check.answer.compatibility;
  if (errors > 0)
    reasons.push(errors === 1 ? '1 check blocks the move.' : `${errors} checks block the move.`);
  const open = warningsOf(check.answer).filter((warning) => !state.acknowledged.includes(warning.id)).length;
  if (open > 0) {
    reasons.push(open === 1 ? '1 warning is not acknowledged.' : `${open} warnings are not acknowledged.`);
  }
  return reasons;
}

/** Whether leaving the wizard would lose something that was entered. */
export function wasAnythingEntered(state: WizardState): boolean {
  return state.choice.kind !== 'nothing';
}
