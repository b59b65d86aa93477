import type { Fleet } from '../../fleet/schema.ts';
import { fail, type Result, succeed } from '../../result.ts';
import type { MigrationRequest } from '../request.ts';
import { lookUpMigration, type MigrationSubject } from '../subject.ts';
import { capabilityChecks } from './capability-checks.ts';
import type { Check, Compatibility } from './check.ts';
import { environmentChecks } from './environment-checks.ts';
import { identityChecks } from './identity-checks.ts';
import { maskChecks } from './mask-checks.ts';
import { namespaceChecks } from './namespaces/namespace-checks.ts';
import { resourceChecks } from './resource-checks.ts';
import { type ReadTimes, withRules } from './rules/with-rules.ts';
import { stateFormatChecks } from './state-format-checks.ts';

/**
 * Compares source and destination of a migration. Every check runs every time, so that all blockers show at once; a
 * plan exists exactly when none of them is an error.
 */
export function checkCompatibility(
  fleet: Fleet,
  request: MigrationRequest,
  /** When the hosts were read; left out: not known. */
  readTimes: ReadTimes = {},
): Compatibility {
  const subject = lookUpMigration(fleet, request);
  const checks = withRules(subject, makeChecks(subject), readTimes);
  const count = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  return { checks, errors: count('error'), warnings: count('warning'), passed: count('passed') };
}

/** The verdicts alone, for whoever compares many mappings. */
export function judgeMigration(
  fleet: Fleet,
  request: MigrationRequest,
): Pick<Compatibility, 'errors' | 'warnings'> {
  let [errors, warnings] = [0, 0];
  for (const { verdict } of makeChecks(lookUpMigration(fleet, request))) {
    if (verdict === 'error') errors += 1;
    if (verdict === 'warning') warnings += 1;
  }
  return { errors, warnings };
}

function makeChecks(subject: MigrationSubject): Check[] {
  return [
    ...environmentChecks(subject),
    ...stateFormatChecks(subject),
    ...resourceChecks(subject),
    ...identityChecks(subject),
    ...capabilityChecks(subject),
    ...maskChecks(subject),
    ...namespaceChecks(subject),
  ];
}

/** Warnings that the request does not acknowledge yet; a migration starts only when there are none. */
export function unacknowledgedWarnings(
  compatibility: Compatibility,
  acknowledged: readonly string[],
): Check[] {
  return compatibility.checks.filter(
    (check) => check.verdict === 'warning' && !acknowledged.includes(check.id),
  );
}

/** Refuses to start a migration whose warnings nobody has read. Planning it, to look at it, is allowed before that. */
export function requireAcknowledgement(
  compatibility: Compatibility,
  request: MigrationRequest,
): Result<void> {
  const open = unacknowledgedWarnings(compatibility, request.acknowledged);
  if (open.length === 0) return succeed(undefined);
  const count = open.length === 1 ? 'A warning is' : `${open.length} warnings are`;
  return fail('refused', `${count} not acknowledged.`, {
    object: request.virtualMachineId,
    field: 'acknowledged',
    fix: 'Read the warnings in the step Checks and acknowledge them.',
    details: open.map((check) => `${check.title}: ${check.evidence}. ${check.fix}.`),
  });
}
