import {
  differingIdentifiers,
  isIdentified,
  isSameStorage,
  namespaceIdentifiers,
} from '../../../fleet/rules/same-namespace.ts';
import type { Fleet, Namespace } from '../../../fleet/schema.ts';
import { controllerFullTitle } from '../../../fleet/selectors.ts';
import type { MigratingDevice, MigratingNamespace, MigrationSubject } from '../../subject.ts';
import type { Check } from '../check.ts';
import { type Finding, holds, makeCheck } from '../make-check.ts';
import { copyFindings, logChecks } from './copied-namespace-checks.ts';

/** Whether the guest finds the same namespaces with the same data at the destination. */
export function namespaceChecks(subject: MigrationSubject): Check[] {
  return subject.devices.flatMap((device) => [
    setCheck(subject.fleet, device),
    ...logChecks(subject, device),
    ...device.namespaces.flatMap((namespace) => pairChecks(subject, device, namespace)),
  ]);
}

/** The set of NSIDs as a whole: nothing forgotten, nothing mapped that the source does not have. */
function setCheck(fleet: Fleet, device: MigratingDevice): Check {
  const { source, mapping } = device;
  const attached = source?.attachedNamespaces ?? [];
  const forgotten = attached.filter((nsid) => !mapping.namespaces.some((pair) => pair.source === nsid));
  const foreign = mapping.namespaces.filter((pair) => !attached.includes(pair.source));
  const targets = mapping.namespaces.map((pair) => pair.destination);
  const title = source === undefined ? mapping.sourceId : controllerFullTitle(fleet, source);
  const problems = [
    forgotten.length > 0 ? `not mapped: NSID ${forgotten.join(', ')}` : '',
    foreign.length > 0
      ? `not attached at the source: NSID ${foreign.map((pair) => pair.source).join(', ')}`
      : '',
    new Set(targets).size < targets.length ? 'two source namespaces share a destination namespace' : '',
    new Set(mapping.namespaces.map((pair) => pair.source)).size < targets.length
      ? 'a source namespace is mapped twice'
      : '',
  ].filter((problem) => problem !== '');
  return makeCheck(
    'namespaces',
    'set',
    mapping.sourceId,
    'Every namespace is mapped',
    holds(
      problems.length === 0,
      problems.length === 0
        ? `NSID ${attached.join(', ') || 'none'} of ${title}, all mapped`
        : `${title}: ${problems.join('; ')}`,
      'Map each attached namespace to one namespace of the destination',
    ),
  );
}

function pairChecks(
  subject: MigrationSubject,
  device: MigratingDevice,
  namespace: MigratingNamespace,
): Check[] {
  const about = `${device.mapping.sourceId}#${namespace.nsid}`;
  const { source, destination, destinationNsid, copy } = namespace;
  const check = (rule: string, title: string, finding: Finding) =>
    makeCheck('namespaces', rule, about, `${title}, NSID ${namespace.nsid}`, finding);
  if (source === undefined || destination === undefined) {
    const missing =
      destinationNsid === undefined
        ? `NSID ${namespace.nsid} has no destination`
        : source === undefined
          ? `NSID ${namespace.nsid} could not be identified at the source`
          : `NSID ${destinationNsid} does not exist in the destination's subsystem`;
    return [
      check('exists', 'Namespace exists on both sides', {
        verdict: 'error',
        evidence: missing,
        fix: 'Choose an existing namespace with the same data, or create and share it first',
      }),
    ];
  }
  return [
    check('exists', 'Namespace exists on both sides', {
      verdict: 'passed',
      evidence: `${source.id} and ${destination.id}`,
    }),
    check(
      'nsid',
      'Same NSID',
      equality('NSID', source.nsid, destination.nsid, 'the guest addresses it by NSID'),
    ),
    copy
      ? check('identity', 'Same identifiers', sameIdentifiers(source, destination, 'on both sides'))
      : check('identity', 'Same data', sameData(source, destination)),
    check(
      'size',
      'Same size',
      equality('size in bytes', source.sizeBytes, destination.sizeBytes, 'NSZE × block size'),
    ),
    check(
      'format',
      'Same LBA format',
      equality(
        'block + metadata bytes',
        formatOf(source),
        formatOf(destination),
        'Identify Namespace, FLBAS',
      ),
    ),
    ...(copy
      ? copyFindings(subject, device, source, destination).map(([rule, title, finding]) =>
          check(rule, title, finding),
        )
      : [check('shared', 'May be attached on both sides', sharing(subject, device, source, destination))]),
  ];
}

function formatOf(namespace: Namespace): string {
  return `${namespace.blockSize} + ${namespace.metadataSize}`;
}

function equality(what: string, left: string | number, right: string | number, from: string): Finding {
  const values = { source: String(left), destination: String(right) };
  return holds(
    left === right,
    left === right ? `${what} ${left} on both sides (${from})` : `${what}: ${left} and ${right} (${from})`,
    `Choose a destination namespace with ${what} ${left}`,
    values,
  );
}

/** See `isSameStorage`. */
function sameData(source: Namespace, destination: Namespace): Finding {
  const same = sameIdentifiers(source, destination, 'reachable from both hosts');
  if (same.verdict !== 'passed' || isSameStorage(source, destination)) return same;
  return {
    ...same,
    verdict: 'error',
    evidence: `${same.source} on both sides, but of two NVM subsystems that do not say that they share it (NMIC bit 1, dispersed): two storages`,
    fix: 'Let its contents be copied',
  };
}

/** A guest has read all of them. */
function sameIdentifiers(source: Namespace, destination: Namespace, where: string): Finding {
  const listIdentifiers = (namespace: Namespace) =>
    namespaceIdentifiers
      .flatMap(({ name, key }) => (namespace[key] === '' ? [] : [`${name} ${namespace[key]}`]))
      .join(', ') || 'no identifier';
  const values = { source: listIdentifiers(source), destination: listIdentifiers(destination) };
  if (!isIdentified(source))
    return {
      verdict: 'error',
      evidence: `${source.id} reports neither NGUID nor EUI64 nor UUID, so that nothing proves the same data`,
      fix: 'Create the namespace with a globally unique identifier',
      ...values,
    };
  const different = differingIdentifiers(source, destination);
  return holds(
    different.length === 0,
    different.length === 0
      ? `${values.source} ${where}`
      : `${different.join(' and ')} differ: ${values.source}; ${values.destination}`,
    'Choose the destination namespace that is the same shared storage, or one that was created with the same identifiers and is empty: its contents are copied',
    values,
  );
}

/**
 * NMIC bit 0. During the move the namespace is attached to the source and to the destination controller at the same
 * time, so that a private namespace would refuse the second one (NVMe Base 2.1, 5.1.20: Namespace Is Private).
 */
function sharing(
  subject: MigrationSubject,
  device: MigratingDevice,
  source: Namespace,
  destination: Namespace,
): Finding {
  const values = { source: words(source), destination: words(destination) };
  const others = destination.attachedTo.filter((id) => id !== device.mapping.destinationId);
  const users = others.map((id) => {
    const controller = subject.fleet.controllers[id];
    return controller === undefined ? id : controllerFullTitle(subject.fleet, controller);
  });
  const evidence = `NMIC bit 0: source ${values.source}, destination ${values.destination}${
    users.length > 0 ? `; also attached to ${users.join(', ')}` : ''
  }`;
  return holds(
    source.shared && destination.shared,
    evidence,
    'Use a namespace that was created as shareable (NMIC bit 0)',
    values,
  );
}

function words(namespace: Namespace): string {
  return namespace.shared ? 'shared' : 'private';
}
