import type { ControllerIdentity } from '../../fleet/controller-identity.ts';
import { controllerFullTitle } from '../../fleet/selectors.ts';
import type { MigratingDevice, MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, holds, makeCheck } from './make-check.ts';

/** What the guest takes as the drive itself: different, it is another drive. */
const identityFields = [
  ['subsystem-nqn', 'NVM subsystem NQN (SUBNQN)', 'subsystemNqn'],
  ['serial-number', 'Serial number (SN)', 'serialNumber'],
  ['model-number', 'Model number (MN)', 'modelNumber'],
  ['firmware-revision', 'Firmware revision (FR)', 'firmwareRevision'],
] as const satisfies readonly (readonly [string, string, keyof ControllerIdentity])[];

/**
 * A device without virtual subsystems shows its physical identity at either end. That can only work between two ports of
 * one NVM subsystem; the controller identifier changes even there, and nothing can hide it.
 */
export function physicalIdentityChecks({ fleet }: MigrationSubject, device: MigratingDevice): Check[] {
  const { source, destination, sourcePrimary, destinationPrimary, mapping } = device;
  const about = mapping.sourceId;
  const lacking = [sourcePrimary, destinationPrimary].flatMap((primary) =>
    primary === undefined || primary.virtualSubsystems.available ? [] : [controllerFullTitle(fleet, primary)],
  );
  const names = [...new Set(lacking)];
  const why = `${names.join(' and ')} ${names.length > 1 ? 'have' : 'has'} no virtual subsystem commands (proposal), so the guest sees the physical identity`;
  return [
    ...identityFields.map(([rule, title, key]) => {
      const left = sourcePrimary?.identity?.[key] ?? 'unknown';
      const right = destinationPrimary?.identity?.[key] ?? 'unknown';
      return makeCheck(
        'identity',
        rule,
        about,
        title,
        holds(
          left === right && left !== 'unknown',
          left === right ? `${left} on both sides. ${why}` : `${left} and ${right}. ${why}`,
          'Choose a destination that is another port of the same NVM subsystem',
          { source: left, destination: right },
        ),
      );
    }),
    makeCheck('identity', 'cntlid', about, 'Controller identifier (CNTLID)', identifierFinding()),
  ];

  function identifierFinding(): Finding {
    if (source === undefined || destination === undefined)
      return { verdict: 'error', evidence: 'not known', fix: 'Choose a controller on both sides' };
    const values = { source: String(source.cntlid), destination: String(destination.cntlid) };
    if (source.cntlid === destination.cntlid)
      return { verdict: 'passed', evidence: `CNTLID ${source.cntlid} on both sides`, ...values };
    return {
      verdict: 'warning',
      evidence: `CNTLID ${source.cntlid} becomes ${destination.cntlid}. ${why}`,
      fix: 'Acknowledge that the guest sees another controller identifier after the move; a guest that stores it (multipath, reservations) may notice',
      ...values,
    };
  }
}
