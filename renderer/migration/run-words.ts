import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts, ProcedureRun, RunStatus } from '#shared/procedure/procedure.ts';
import { unreachable } from '#shared/result.ts';
import { formatCount, formatDuration } from '../ui/format.ts';

type Hosts = Fleet['hosts'];

/** Names of the two hosts of a migration as people know them. */
export function hostNames(facts: MigrationFacts, hosts: Hosts): { source: string; destination: string } {
  return {
    source: hosts[facts.sourceHostId]?.name ?? facts.sourceHostId,
    destination: hosts[facts.destinationHostId]?.name ?? facts.destinationHostId,
  };
}

/** `Migrating db-primary · hv-a → hv-b`, or what became of it. */
export function runTitle(run: ProcedureRun, facts: MigrationFacts, hosts: Hosts): string {
  const { source, destination } = hostNames(facts, hosts);
  const name = facts.virtualMachineName;
  switch (run.status) {
    case 'running':
      return `Migrating ${name} · ${source} → ${destination}`;
    case 'aborting':
      return `Returning ${name} to ${source}`;
    case 'done':
      return `${name} moved from ${source} to ${destination}`;
    case 'rolled-back':
      return `${name} stays on ${source}`;
    case 'failed':
      return `Migration of ${name} failed`;
    case 'interrupted':
      return `Migration of ${name} was interrupted`;
    default:
      return unreachable(run.status);
  }
}

/** Where the guest is now, and what may still be done about it. */
export function guestSentence(run: ProcedureRun, facts: MigrationFacts, hosts: Hosts): string {
  const { source, destination } = hostNames(facts, hosts);
  const where = guestPlace(run, facts);
  const guest =
    where === 'paused'
      ? 'The guest is paused for the switch-over'
      : `The guest runs on ${where === 'source' ? source : destination}`;
  return run.abortable
    ? `${guest} · Abort is free until the switch-over`
    : `${guest} · past the point of no return`;
}

/** Where the guest runs, from the steps that are done: pause and resume steps decide. */
export function guestPlace(run: ProcedureRun, facts: MigrationFacts): 'source' | 'paused' | 'destination' {
  if (facts.downtimeMilliseconds !== null) return 'destination';
  let place: 'source' | 'paused' | 'destination' = 'source';
  run.plan.steps.forEach((planned, index) => {
    if (run.steps[index]?.status !== 'done') return;
    if (planned.step.kind === 'vm-pause') place = 'paused';
    if (planned.step.kind === 'vm-resume') place = 'destination';
  });
  return place;
}

/** One sentence that says how it ended. */
export function resultSentence(run: ProcedureRun, facts: MigrationFacts, hosts: Hosts): string {
  const { source, destination } = hostNames(facts, hosts);
  switch (run.status) {
    case 'done': {
      const downtime =
        facts.downtimeMilliseconds === null
          ? 'Its downtime was not measured.'
          : `It was stopped for ${formatMilliseconds(facts.downtimeMilliseconds)} (budget ${formatMilliseconds(
              facts.downtimeBudgetMilliseconds,
            )}, forecast ${formatMilliseconds(facts.downtimeForecastMilliseconds)}).`;
      return `The guest is running on ${destination}. ${downtime} ${leftSentence(run, source)} ${proofSentence(facts)}`;
    }
    case 'rolled-back':
      return `The guest is running on ${source} as before; every step that was done was undone. ${leftSentence(run, destination)}`;
    case 'failed':
      return `The migration stopped: ${run.error?.message ?? 'no reason was recorded'} ${leftSentence(run, destination)}`;
    case 'interrupted':
      return 'Berth ended while the migration ran. History offers to resume it or to roll it back.';
    case 'running':
    case 'aborting':
      return guestSentence(run, facts, hosts);
    default:
      return unreachable(run.status);
  }
}

function leftSentence(run: ProcedureRun, where: string): string {
  if (run.leftovers.length === 0) return `Nothing is left on ${where}.`;
  return `${formatCount(run.leftovers.length, 'thing is', 'things are')} left over; the commands that clean up are below.`;
}

function proofSentence(facts: MigrationFacts): string {
  if (facts.proof.length === 0) return 'No proof was recorded.';
  const held = facts.proof.filter((line) => line.equal).length;
  return `${held} of ${facts.proof.length} proofs hold.`;
}

/** What "Abort" does now. */
export function abortLabel(facts: MigrationFacts, hosts: Hosts): string {
  return `Abort, stay on ${hostNames(facts, hosts).source}`;
}

/** Status of a run in one word. */
export function statusWord(status: RunStatus): string {
  switch (status) {
    case 'running':
      return 'Running';
    case 'aborting':
      return 'Returning';
    case 'done':
      return 'Done';
    case 'rolled-back':
      return 'Rolled back';
    case 'failed':
      return 'Failed';
    case 'interrupted':
      return 'Interrupted';
    default:
      return unreachable(status);
  }
}

function formatMilliseconds(milliseconds: number): string {
  return formatDuration(milliseconds * 1000);
}
