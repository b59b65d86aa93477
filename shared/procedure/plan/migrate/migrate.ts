import type { Fleet } from '../../../fleet/schema.ts';
import { controllerFullTitle } from '../../../fleet/selectors.ts';
import { checkCompatibility } from '../../../migration/checks/compatibility.ts';
import { forecastMigration } from '../../../migration/forecast.ts';
import type { MigrationRequest } from '../../../migration/request.ts';
import { lookUpMigration } from '../../../migration/subject.ts';
import { fail, type Result } from '../../../result.ts';
import { lookUp } from '../../../tables.ts';
import type { Plan } from '../../procedure.ts';
import { PlanBuilder, type PlanOptions } from '../builder.ts';
import { nameAndHandOver, prepareDestination, provisionDestinations } from './destination-steps.ts';
import { type ReadyMigration, readyMigration } from './migration-steps.ts';
import { cleanUpSource } from './source-steps.ts';
import { resumeAtDestination, transfer } from './transfer-steps.ts';

/**
 * Plans the migration of a virtual machine with its secondary controllers, or refuses it with every
 * blocker. Up to `pointOfNoReturn` (the resume of the guest at the destination) each step has an inverse and the guest can
 * go back to its source; from there on the source is never resumed.
 */
export function planMigration(
  fleet: Fleet,
  request: MigrationRequest,
  options: PlanOptions = {},
): Result<Plan> {
  const { compatibility = checkCompatibility(fleet, request) } = options;
  const errors = compatibility.checks.filter((check) => check.verdict === 'error');
  const name = lookUp(fleet.virtualMachines, request.virtualMachineId)?.name ?? request.virtualMachineId;
  const host = lookUp(fleet.hosts, request.destinationHostId)?.name ?? request.destinationHostId;
  const [first] = errors;
  if (first !== undefined)
    return fail(
      'refused',
      `${name} cannot move to ${host}: ${errors.length} of ${compatibility.checks.length} checks failed.`,
      {
        object: name,
        field: first.title,
        fix: `${first.fix}.`,
        details: errors.map((check) => `${check.title}: ${check.evidence}. ${check.fix}.`),
      },
    );
  const migration = readyMigration(lookUpMigration(fleet, request));
  if (migration === undefined)
    return fail('internal', `The checks passed, but a part of the migration of ${name} is unknown.`, {
      object: name,
      fix: 'Read the fleet again and report this.',
    });
  const builder = new PlanBuilder(fleet, options);
  builder.consequences.push(...consequences(migration));
  provisionDestinations(builder, migration);
  prepareDestination(builder, migration);
  nameAndHandOver(builder, migration);
  transfer(builder, migration);
  resumeAtDestination(builder, migration);
  cleanUpSource(builder, migration);
  return builder.finish(`Move ${name} to ${host}`, { kind: 'migrate', request }, 'There is nothing to move.');
}

function consequences(migration: ReadyMigration): string[] {
  const { fleet, machine, request, devices } = migration;
  const { downtimeMilliseconds } = forecastMigration(fleet, request);
  const duration =
    downtimeMilliseconds === null
      ? 'for an unknown time'
      : `for about ${Math.round(downtimeMilliseconds)} ms`;
  const memory = migration.preCopy === null ? 'its memory' : 'what is left of its memory';
  const lines = [`${machine.name} is stopped ${duration} while ${memory} and its device state are copied.`];
  for (const { source, destination } of devices) {
    if (destination.online)
      lines.push(`${controllerFullTitle(fleet, destination)} is taken offline and reconfigured.`);
    if (request.options.releaseSource)
      lines.push(`${controllerFullTitle(fleet, source)} is reset and goes back to the pool.`);
  }
  return lines;
}
