import type { Fleet } from '../../fleet/schema.ts';
import type { Compatibility } from '../../migration/checks/check.ts';
import { checkCompatibility } from '../../migration/checks/compatibility.ts';
import { proposeMapping } from '../../migration/mapping.ts';
import type { MigrationRequest } from '../../migration/request.ts';
import { lookUpMigration } from '../../migration/subject.ts';
import { plan } from '../plan/plan.ts';
import type { RemedyCandidate } from './candidate.ts';
import { candidatesFor } from './candidates.ts';
import { fleetAfterPlan } from './fleet-after-plan.ts';
import type { CheckRemedies, Remedy } from './remedy.ts';

/** More are not tried: each costs a plan and all checks. */
const mostCandidates = 24;

/**
 * What can be done about each check that does not pass. Everything that is offered was planned and tried on the fleet that
 * the plan foresees: there the check passes, and no other one fails instead.
 */
export function findRemedies(
  fleet: Fleet,
  request: MigrationRequest,
  before: Compatibility = checkCompatibility(fleet, request),
): CheckRemedies[] {
  const failed = before.checks.filter(({ verdict }) => verdict !== 'passed');
  if (failed.length === 0 || fleet.source.readOnly !== null) return [];
  const trials = tryAll(fleet, request, candidatesFor(lookUpMigration(fleet, request), failed));
  return failed.flatMap((check): CheckRemedies[] => {
    const remedies = trials.flatMap((trial) =>
      trial.kind === 'tried'
        ? (trial.outcomes.find((one) => helps(check.id, before, one.after))?.remedy ?? [])
        : [],
    );
    // What is refused may help against any of them; it is told where nothing else is.
    const refused =
      remedies.length > 0
        ? []
        : trials.flatMap((trial) =>
            trial.kind === 'refused' && mayHelp(check.group, trial.candidate) ? [trial.refusal] : [],
          );
    return remedies.length + refused.length === 0
      ? []
      : [{ checkId: check.id, remedies: [...remedies].sort(bySize), refused }];
  });
}

/** The check passes, or is about something that is no longer part of the migration; and not more fails than before. */
function helps(checkId: string, before: Compatibility, after: Compatibility): boolean {
  const verdictOf = ({ checks }: Compatibility) => checks.find(({ id }) => id === checkId)?.verdict;
  const now = verdictOf(after);
  if (now !== undefined && now !== 'passed') return false;
  return verdictOf(before) === 'error'
    ? after.errors < before.errors
    : after.errors <= before.errors && after.warnings < before.warnings;
}

/** A refused change is named for what it is about. */
function mayHelp(group: string, candidate: RemedyCandidate): boolean {
  if (candidate.kind !== 'change') return false;
  switch (candidate.intent.kind) {
    case 'set-exposed-capabilities':
      return group === 'capabilities';
    case 'set-virtual-identity':
    case 'delete-virtual-subsystem':
    case 'clean-up-source':
      return group === 'identity';
    case 'resume-machine':
      return group === 'environment';
    case 'set-vf-count':
    case 'assign':
    case 'allocate-to-primary':
    case 'set-driver':
      return group === 'resources';
    default:
      return false;
  }
}

interface Outcome {
  readonly remedy: Remedy;
  readonly after: Compatibility;
  /** The fleet as it is then. */
  readonly fleet: Fleet;
  /** The request as it is then. */
  readonly request: MigrationRequest;
}

type Trial =
  | { readonly kind: 'tried'; readonly outcomes: readonly Outcome[] }
  | {
      readonly kind: 'refused';
      readonly candidate: RemedyCandidate;
      readonly refusal: CheckRemedies['refused'][number];
    };

/** Tries every candidate once: as it is, and where it changes the fleet with the mapping proposed anew as well. */
export function tryAll(
  fleet: Fleet,
  request: MigrationRequest,
  candidates: readonly RemedyCandidate[],
): Trial[] {
  const different = new Map(candidates.map((one) => [JSON.stringify({ ...one, words: '' }), one]));
  return [...different.values()].slice(0, mostCandidates).map((candidate): Trial => {
    if (candidate.kind === 'request') {
      const changed = {
        ...request,
        devices: candidate.devices ?? request.devices,
        options: candidate.options ?? request.options,
      };
      const after = checkCompatibility(fleet, changed);
      return { kind: 'tried', outcomes: [{ remedy: candidate, after, fleet, request: changed }] };
    }
    const { words, intent } = candidate;
    const planned = plan(fleet, intent);
    if (!planned.ok) {
      const reason = planned.error.details?.[0] ?? planned.error.message;
      return { kind: 'refused', candidate, refusal: { words, reason } };
    }
    const { steps, consequences } = planned.value;
    const foreseen = fleetAfterPlan(fleet, planned.value);
    const { devices } = proposeMapping(foreseen, request.virtualMachineId, request.destinationHostId);
    const outcome = (thenPropose: boolean, wanted: MigrationRequest): Outcome => ({
      remedy: { kind: 'change', words, intent, steps: steps.length, consequences, thenPropose },
      ...{ after: checkCompatibility(foreseen, wanted), fleet: foreseen, request: wanted },
    });
    return {
      kind: 'tried',
      outcomes: [
        ...(request.devices.length > 0 ? [outcome(false, request)] : []),
        ...(devices.length > 0 ? [outcome(true, { ...request, devices })] : []),
      ],
    };
  });
}

/** What only changes the request first, then by how much it does. */
export function bySize(one: Remedy, other: Remedy): number {
  return sizeOf(one) - sizeOf(other);
}

function sizeOf(remedy: Remedy): number {
  return remedy.kind === 'request' ? 0 : remedy.steps + 100 * remedy.consequences.length;
}
