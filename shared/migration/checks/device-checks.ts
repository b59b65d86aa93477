import { interfaceWords } from '../../fleet/device-abilities.ts';
import type { Fleet, Host } from '../../fleet/schema.ts';
import { controllerFullTitle } from '../../fleet/selectors.ts';
import { vfioFlagWords } from '../../vfio/migration-interface.ts';
import { preCopyObstacles } from '../pre-copy/obstacles.ts';
import type { MigratingDevice, MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { type Finding, holds, makeCheck } from './make-check.ts';

/** OACS bit 11, Host Managed Live Migration Support (NVMe Base 2.1, 5.1.13). */
const liveMigrationBit = 11;

/** What the devices themselves can do, beside their hosts: how their state is moved, and what runs meanwhile. */

/** Only the same interface on both ends can take the state. */
export function interfaceFinding(fleet: Fleet, device: MigratingDevice): Finding {
  const { sourcePrimary, destinationPrimary } = device;
  if (sourcePrimary === undefined || destinationPrimary === undefined)
    return {
      verdict: 'error',
      evidence: 'the controlling function is not known',
      fix: 'Choose another controller',
    };
  const values = { source: interfaceWords(sourcePrimary), destination: interfaceWords(destinationPrimary) };
  const lacking = [sourcePrimary, destinationPrimary].filter(
    (primary) => primary.migrationInterface === null,
  );
  if (lacking.length > 0)
    return {
      verdict: 'error',
      evidence: [...new Set(lacking.map((primary) => primary.migrationEvidence))].join(' '),
      fix: 'Choose controlling functions whose virtual functions can be migrated',
      ...values,
    };
  const unannounced = [sourcePrimary, destinationPrimary].filter(
    ({ migrationInterface, capabilities }) =>
      migrationInterface === 'standard' &&
      capabilities !== null &&
      (capabilities.oacs >>> liveMigrationBit) % 2 === 0,
  );
  if (unannounced.length > 0)
    return {
      verdict: 'error',
      evidence: `OACS bit ${liveMigrationBit} is 0 on ${unannounced.map((primary) => controllerFullTitle(fleet, primary)).join(' and ')}, although CNS 20h answers`,
      fix: `Choose a controlling function with Host Managed Live Migration (OACS bit ${liveMigrationBit})`,
      ...values,
    };
  const names = [sourcePrimary, destinationPrimary].map((primary) => controllerFullTitle(fleet, primary));
  return holds(
    sourcePrimary.migrationInterface === destinationPrimary.migrationInterface,
    `${names[0]}: ${values.source}; ${names[1]}: ${values.destination}`,
    `Choose a destination with the interface of the source: ${values.source}`,
    values,
  );
}

/**
 * QEMU's rule: one device may go without the P2P state, several must all have it, because one that was stopped could be
 * reached by peer-to-peer DMA of another that still runs. What no driver was asked yet is judged by the hosts alone.
 */
export function p2pFinding({ fleet, devices, sourceHost, destinationHost }: MigrationSubject): Finding {
  const hosts = [sourceHost, destinationHost].filter((host) => host?.vfioFlags.p2p !== true);
  const lacking = [
    ...new Set(
      devices.flatMap(({ source, destination }) =>
        [source, destination].flatMap((one) =>
          one?.vfioOffer.flags?.p2p === false ? [controllerFullTitle(fleet, one)] : [],
        ),
      ),
    ),
  ];
  const say = (host: Host | undefined) =>
    `${host?.name ?? 'a host'} ${host?.vfioFlags.p2p === true ? 'offers P2P' : 'does not offer P2P'}`;
  const devicesWords = lacking.length === 0 ? '' : `; ${lacking.join(', ')} without P2P`;
  const evidence = `${say(sourceHost)}, ${say(destinationHost)}${devicesWords} (VFIO_DEVICE_FEATURE_MIGRATION)`;
  if (devices.length <= 1 && hosts.length + lacking.length > 0)
    return { verdict: 'passed', evidence: `${evidence}; not needed for ${devices.length} device` };
  return holds(
    hosts.length + lacking.length === 0,
    evidence,
    'Move such devices one at a time: take the others from the virtual machine first. Or use devices and hosts that offer P2P',
  );
}

/**
 * Whether the guest can go on while its memory is copied, as the request asks for. Where it cannot it is stopped first, which
 * works as well: a warning.
 */
export function copyWhileRunningFinding(subject: MigrationSubject): Finding {
  const { devices, request } = subject;
  if (request.options.preCopy === undefined)
    return { verdict: 'passed', evidence: 'not asked for: the guest is stopped first (stop-and-copy)' };
  const obstacles = preCopyObstacles(subject);
  if (obstacles.length === 0)
    return {
      verdict: 'passed',
      evidence: `every device (${devices.length}) logs which memory it writes to (VFIO DMA logging)`,
    };
  return {
    verdict: 'warning',
    evidence: `${obstacles.join('; ')}. So the guest is stopped first, and all its memory is copied while it stands still`,
    fix: 'Use a source whose kernel and drives log DMA (Linux 6.1, a drive with Track Send), choose the policy stop-and-copy, or acknowledge the longer pause',
  };
}

/** Whether anything of the device can be read before it stops. It is a warning, because it works without as well. */
export function preCopyCheck({ fleet }: MigrationSubject, device: MigratingDevice): Check {
  const { source, mapping } = device;
  return makeCheck('environment', 'pre-copy', mapping.sourceId, 'Early state (VFIO PRE_COPY)', finding());

  function finding(): Finding {
    const flags = source?.vfioOffer.flags ?? null;
    if (source === undefined || flags === null)
      return {
        verdict: 'passed',
        evidence: `not known: ${source?.vfioOffer.reason ?? 'no source controller'}`,
      };
    const title = controllerFullTitle(fleet, source);
    const evidence = `${title} offers ${vfioFlagWords(flags)}`;
    if (flags.preCopy) return { verdict: 'passed', evidence };
    return {
      verdict: 'warning',
      evidence: `${evidence}: no PRE_COPY, so nothing of its state can be read before it is stopped`,
      fix: 'Acknowledge that the whole state of the device is copied while the guest is stopped',
    };
  }
}
