import { virtualMachineIdOf } from '#shared/fleet/ids.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { valueSetBy } from '#shared/procedure/step-values.ts';
import { unreachable } from '#shared/result.ts';

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
  if (where === 'paused') {
    const stands = `The guest stands still on its way to ${destination}`;
    if (run.status === 'aborting') return `The guest stands still on its way back to ${source}`;
    return run.abortable
      ? `${stands} · abort takes it back to ${source} until it runs there`
      : `${stands} · past the point of no return`;
  }
  const guest = `The guest runs on ${where === 'source' ? source : destination}`;
  if (run.status === 'aborting') return guest;
  return run.abortable
    ? `${guest} · abort is free until it is stopped`
    : `${guest} · past the point of no return`;
}

/** When the guest stopped that stands still now, on the clock of the run's steps, milliseconds; null: it runs. */
export function standingSince(run: ProcedureRun, facts: MigrationFacts): number | null {
  if (guestPlace(run, facts) !== 'paused') return null;
  const id = virtualMachineIdOf(facts.sourceHostId, facts.virtualMachineName);
  const index = run.plan.steps.findIndex(({ step }) => valueSetBy(step, id, 'state') === 'paused');
  const step = run.steps[index];
  return step?.startedAt == null ? null : step.startedAt + (step.durationMicroseconds ?? 0) / 1000;
}

/** Where the guest runs, from the steps that are done: pause and resume steps decide. */
export function guestPlace(run: ProcedureRun, facts: MigrationFacts): 'source' | 'paused' | 'destination' {
  if (facts.downtimeMilliseconds !== null) return 'destination';
  let place: 'source' | 'paused' | 'destination' = 'source';
  run.plan.steps.forEach((planned, index) => {
    if (run.steps[index]?.status !== 'done') return;
    const stateOn = (hostId: string) =>
      valueSetBy(planned.step, virtualMachineIdOf(hostId, facts.virtualMachineName), 'state');
    if (stateOn(facts.sourceHostId) === 'paused') place = 'paused';
    if (stateOn(facts.destinationHostId) === 'running') place = 'destination';
  });
  return place;
}

/** What "Abort" does now. */
export function abortLabel(facts: MigrationFacts, hosts: Hosts): string {
  return `Abort, stay on ${hostNames(facts, hosts).source}`;
}
