import { countWords } from '../../count-words.ts';
import type { Capability, Fleet, Host, PrimaryController } from '../../fleet/schema.ts';
import { controllerFullTitle, hostTitle } from '../../fleet/selectors.ts';
import { linkOf } from '../downtime.ts';
import { forecastMigration } from '../forecast.ts';
import { joinLinks, throughput } from '../link-model.ts';
import { keepsPhysicalIdentity, type MigratingDevice, type MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { copyWhileRunningFinding, interfaceFinding, p2pFinding, preCopyCheck } from './device-checks.ts';
import { type Finding, holds, makeCheck } from './make-check.ts';
import { platformChecks } from './platform-checks.ts';
import { distinctPrimaryPairs } from './state-format-checks.ts';

/** The hosts, their VFIO drivers and the controlling functions: everything around the devices. */
export function environmentChecks(subject: MigrationSubject): Check[] {
  const { fleet, request, machine, sourceHost, destinationHost } = subject;
  const about = request.destinationHostId;
  const check = (rule: string, title: string, finding: Finding) =>
    makeCheck('environment', rule, about, title, finding);
  return [
    check('hosts', 'Two different hosts', hostsFinding(subject)),
    check(
      'machine-running',
      'The guest is running',
      holds(
        machine?.state === 'running',
        machine === undefined
          ? `${request.virtualMachineId} is not in the fleet`
          : `${machine.name} is ${machine.state} on ${hostTitle(fleet, machine.hostId)}`,
        machine === undefined
          ? 'Choose a virtual machine of the fleet'
          : `Start or resume ${machine.name} first; a stopped guest needs no live migration`,
      ),
    ),
    check('vfio', 'VFIO migration', capabilitiesFinding(subject, 'vfioMigration')),
    check('machines', 'Virtual machine control', capabilitiesFinding(subject, 'virtualMachines')),
    check('stop-copy', 'VFIO STOP_COPY', stopCopyFinding(subject)),
    check('p2p', 'VFIO peer-to-peer quiescence', p2pFinding(subject)),
    check('iommu', 'IOMMU', iommuFinding(sourceHost, destinationHost)),
    ...platformChecks(subject),
    check('link', 'Migration link', linkFinding(sourceHost, destinationHost)),
    check('copy-while-running', 'Copying while the guest goes on', copyWhileRunningFinding(subject)),
    check('downtime', 'Downtime forecast', downtimeFinding(subject)),
    ...[...distinctPrimaryPairs(subject.devices)].flatMap(([key, device]) => [
      makeCheck('environment', 'live-migration', key, 'Migration interface', interfaceFinding(fleet, device)),
      ...[device.sourcePrimary, device.destinationPrimary].map((primary, index) =>
        makeCheck(
          'environment',
          'virtual-subsystems',
          `${key}:${index === 0 ? 'source' : 'destination'}`,
          'Virtual subsystem commands (proposal, not ratified)',
          virtualSubsystemFinding(fleet, device, primary),
        ),
      ),
    ]),
    ...subject.devices.map((device) => preCopyCheck(subject, device)),
  ];
}

function hostsFinding({ fleet, request, machine, destinationHost }: MigrationSubject): Finding {
  if (destinationHost === undefined)
    return {
      verdict: 'error',
      evidence: `${request.destinationHostId} is not in the fleet`,
      fix: 'Choose a host of the fleet',
    };
  if (fleet.source.readOnly !== null)
    return { verdict: 'error', evidence: fleet.source.readOnly, fix: 'Open the source as a simulated twin' };
  return holds(
    machine?.hostId !== destinationHost.id,
    machine === undefined
      ? `to ${destinationHost.name}`
      : `from ${hostTitle(fleet, machine.hostId)} to ${destinationHost.name}`,
    'Choose another host: the virtual machine already runs on this one',
  );
}

function capabilitiesFinding(
  { sourceHost, destinationHost }: MigrationSubject,
  name: 'vfioMigration' | 'virtualMachines',
): Finding {
  const refusals = [sourceHost, destinationHost].flatMap((host) => {
    if (host === undefined) return ['a host is not in the fleet'];
    const capability = host.capabilities[name];
    return capability.available ? [] : [`${host.name}: ${capability.reason}`];
  });
  return holds(
    refusals.length === 0,
    refusals.length === 0
      ? `available on ${sourceHost?.name} and ${destinationHost?.name}`
      : refusals.join('; '),
    'Choose hosts that offer it',
  );
}

function stopCopyFinding({ sourceHost, destinationHost }: MigrationSubject): Finding {
  const say = (host: Host | undefined) =>
    host?.vfioFlags.stopCopy === true ? 'offers STOP_COPY' : 'does not offer STOP_COPY';
  const values = { source: say(sourceHost), destination: say(destinationHost) };
  const evidence = `${sourceHost?.name ?? 'source'} ${values.source}, ${destinationHost?.name ?? 'destination'} ${values.destination} (VFIO_DEVICE_FEATURE_MIGRATION)`;
  const both = sourceHost?.vfioFlags.stopCopy === true && destinationHost?.vfioFlags.stopCopy === true;
  return holds(both, evidence, 'Use hosts whose VFIO driver offers STOP_COPY', values);
}

function iommuFinding(source: Host | undefined, destination: Host | undefined): Finding {
  const values = { source: source?.iommu ?? '', destination: destination?.iommu ?? '' };
  const evidence = `${source?.name ?? 'source'}: ${values.source || 'none'}, ${destination?.name ?? 'destination'}: ${values.destination || 'none'}`;
  if (values.source === '' || values.destination === '')
    return {
      verdict: 'error',
      evidence,
      fix: 'Enable the IOMMU on both hosts: vfio-pci needs it',
      ...values,
    };
  return values.source === values.destination
    ? { verdict: 'passed', evidence, ...values }
    : {
        verdict: 'warning',
        evidence,
        fix: 'Acknowledge that the page granularity was compared by hand',
        ...values,
      };
}

function linkFinding(source: Host | undefined, destination: Host | undefined): Finding {
  const rates = [source, destination].map((host) => host?.linkBytesPerSecond ?? 0);
  const joined = joinLinks(linkOf(source), linkOf(destination));
  const evidence = `${linkInWords('source', source)}, ${linkInWords('destination', destination)}; together ${rateInWords(throughput(joined))}`;
  return rates.every((rate) => rate > 0)
    ? { verdict: 'passed', evidence }
    : { verdict: 'warning', evidence, fix: 'Acknowledge that downtime and total time cannot be forecast' };
}

function linkInWords(side: string, host: Host | undefined): string {
  const { bytesPerSecond, latencyMilliseconds, loss } = linkOf(host);
  const latency = latencyMilliseconds > 0 ? ` ${latencyMilliseconds} ms` : '';
  const lost = loss > 0 ? ` ${Number((loss * 100).toPrecision(3))} % lost` : '';
  return `${host?.name ?? side} ${rateInWords(bytesPerSecond)}${latency}${lost}`;
}

function rateInWords(bytesPerSecond: number): string {
  return bytesPerSecond === 0 ? 'unknown' : `${(bytesPerSecond / 1e9).toFixed(2)} GB/s`;
}

function downtimeFinding({ fleet, request }: MigrationSubject): Finding {
  const forecast = forecastMigration(fleet, request);
  const budget = request.options.downtimeBudgetMilliseconds;
  const values = {
    source: `budget ${budget} ms`,
    destination:
      forecast.downtimeMilliseconds === null ? 'unknown' : `${Math.round(forecast.downtimeMilliseconds)} ms`,
  };
  if (forecast.downtimeMilliseconds === null)
    return {
      verdict: 'warning',
      evidence: 'no forecast: the speed of the migration link is unknown',
      fix: 'Acknowledge that the downtime is unknown',
      ...values,
    };
  const longest = [...forecast.phases].sort((a, b) => b.milliseconds - a.milliseconds)[0];
  const { rounds } = forecast;
  const how =
    rounds.length === 0
      ? 'all memory is sent while the guest is stopped'
      : `what ${countWords(rounds.length, 'round')} of copying ${rounds.length === 1 ? 'leaves' : 'leave'} is sent while the guest is stopped`;
  const evidence = `${values.destination} of ${budget} ms, mostly ${longest?.phase} (${Math.round(longest?.milliseconds ?? 0)} ms): ${how}`;
  if (forecast.downtimeMilliseconds <= budget) return { verdict: 'passed', evidence, ...values };
  const raise = `Raise the downtime budget to at least ${Math.ceil(forecast.downtimeMilliseconds)} ms`;
  return {
    verdict: 'warning',
    evidence: forecast.converges
      ? evidence
      : `${evidence}. It does not converge: the guest writes as fast as the link takes it away`,
    fix: forecast.converges
      ? `${raise}, or acknowledge the longer pause`
      : `${raise}, allow more throttling of the guest, move it when it writes less, or acknowledge that it does not converge`,
    ...values,
  };
}

/** A device that keeps its physical identity needs no virtual subsystem, and none can be made for it. */
function virtualSubsystemFinding(
  fleet: Fleet,
  device: MigratingDevice,
  primary: PrimaryController | undefined,
): Finding {
  if (primary !== undefined && keepsPhysicalIdentity(device))
    return {
      verdict: 'passed',
      evidence: `${controllerFullTitle(fleet, primary)}: not used, the guest keeps the physical identity`,
    };
  return availability(fleet, primary, primary?.virtualSubsystems);
}

function availability(
  fleet: Fleet,
  primary: PrimaryController | undefined,
  capability: Capability | undefined,
): Finding {
  if (primary === undefined || capability === undefined)
    return {
      verdict: 'error',
      evidence: 'the controlling function is not known',
      fix: 'Choose another controller',
    };
  const title = controllerFullTitle(fleet, primary);
  return capability.available
    ? { verdict: 'passed', evidence: `${title} answers the commands` }
    : {
        verdict: 'error',
        evidence: `${title}: ${capability.reason}`,
        fix: 'Choose another controlling function',
      };
}
