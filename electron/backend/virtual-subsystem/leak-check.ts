import { namespaceIdOf } from '#shared/fleet/ids.ts';
import type { Fleet, Namespace, SecondaryController, VirtualSubsystem } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  findPrimary,
  functionAddress,
  isUnassigned,
  secondariesOf,
  virtualSubsystemOf,
} from '#shared/fleet/selectors.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { GuestQuestion } from '#shared/virtual-subsystem/guest-view/answer-as-guest.ts';
import {
  configurationStructure,
  namespaceStructure,
  propertiesStructure,
} from '#shared/virtual-subsystem/guest-view/guest-structures.ts';
import type { GuestIdentity } from '#shared/virtual-subsystem/guest-view/show-as-guest.ts';
import { identifyLeaks } from '#shared/virtual-subsystem/leak-check/identify-leaks.ts';
import { type LeakFinding, leakVerdict } from '#shared/virtual-subsystem/leak-check/leak-finding.ts';
import { type Answer, readableFinding } from '#shared/virtual-subsystem/leak-check/readable-leaks.ts';
import {
  featureReadables,
  identifyReadables,
  logReadables,
  namespaceReadables,
  type Readable,
} from '#shared/virtual-subsystem/leak-check/readable-rules.ts';
import { structureLeaks } from '#shared/virtual-subsystem/leak-check/structure-leaks.ts';
import { readIdentify } from '../guest-view/guest-answers.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { type AskedController, controllerToAsk } from '../nvme/ask-controller.ts';
import { askQuestion } from './ask.ts';
import { leakFixes } from './leak-fixes-for.ts';
import {
  type FleetConnections,
  guestIdentityOf,
  type PredictedAnswers,
  predictAnswers,
} from './predict-answers.ts';

type LeakCheck = ResponseOf<'virtual-subsystem:leak-check'>;

/** Reads everything that a guest can read and classifies it against these other primary controllers. */
export async function checkLeaks(
  surroundings: FleetConnections,
  controllerId: string,
  primaryIds: readonly string[],
): Promise<Result<LeakCheck>> {
  const { fleet } = surroundings;
  const member = memberOf(surroundings, controllerId);
  if (!member.ok) return member;
  const { secondary, subsystem, controller } = member.value;
  const guest = guestIdentityOf(subsystem, secondary.virtualControllerId ?? 0);
  const here = await readIdentify(controller, identifyStructures.controller);
  if (!here.ok) return here;
  const others = primaryIds.filter((id) => id !== subsystem.primaryId);
  const predicted = await predictAnswers(surroundings, others, guest);
  if (!predicted.ok) return predicted;
  const structures = await structureFindings(surroundings, member.value, predicted.value, guest);
  if (!structures.ok) return structures;
  const readables = await readableFindings(member.value, here.value, predicted.value);
  if (!readables.ok) return readables;
  const findings = [
    ...identifyLeaks(here.value, predicted.value, guest),
    ...structures.value,
    ...readables.value,
  ];
  const identifyResults = predicted.value.map(({ primaryId, title: name, basis, identify: bytes }) => ({
    primaryId,
    title: name,
    basis,
    identical: bytes.every((byte, index) => byte === here.value[index]),
    compare: basis === 'primary' ? onlineIntent(fleet, primaryId) : null,
  }));
  const instances = Object.values(fleet.virtualSubsystems).filter(({ nqn }) => nqn === subsystem.nqn);
  return succeed({
    verdict: leakVerdict(findings),
    findings,
    hosts: identifyResults,
    fixes: leakFixes({
      findings,
      instances,
      subsystem,
      answers: [here.value, ...predicted.value.map(({ identify: bytes }) => bytes)],
      primaries: [subsystem.primaryId, ...others].flatMap((id) => findPrimary(fleet, id) ?? []),
    }),
  });
}

interface Member {
  readonly secondary: SecondaryController;
  readonly subsystem: VirtualSubsystem;
  readonly controller: AskedController;
  readonly host: HostConnection;
  readonly address: string;
}

function memberOf({ fleet, connection, timeout }: FleetConnections, controllerId: string): Result<Member> {
  const found = Object.hasOwn(fleet.controllers, controllerId) ? fleet.controllers[controllerId] : undefined;
  const subsystem = found?.role === 'secondary' ? virtualSubsystemOf(fleet, found) : undefined;
  if (found?.role !== 'secondary' || subsystem === undefined)
    return fail('not-found', `${controllerId} is not a member of a virtual subsystem.`, {
      object: controllerId,
      fix: 'Add the secondary controller to a virtual subsystem first.',
    });
  const title = controllerFullTitle(fleet, found);
  const host = connection(found.hostId);
  const isStopped = found.vfioState !== null && found.vfioState !== 'RUNNING';
  const address = functionAddress(found);
  if (!found.online || isStopped || address === null || host === undefined)
    return fail(
      'refused',
      `${title} cannot answer now: it is ${found.online ? (found.vfioState ?? 'not available') : 'offline'}.`,
      {
        object: title,
        fix: 'Bring it online, or let its guest run, and check again.',
      },
    );
  const queue = host.guestQueue(address);
  if (!queue.ok) return queue;
  const controller = controllerToAsk(queue.value, title, timeout);
  return succeed({ secondary: found, subsystem, controller, host, address });
}

/** The change that lets the check ask a secondary where none is online: one more online, and nothing else. */
function onlineIntent(fleet: Fleet, primaryId: string): Intent | null {
  const primary = findPrimary(fleet, primaryId);
  const free = primary === undefined ? undefined : secondariesOf(fleet, primary).find(isUnassigned);
  return free === undefined ? null : { kind: 'set-online', secondaryIds: [free.id], online: true };
}

type Source = Parameters<typeof readableFinding>[1];

/** Asks every question of the tables here and under every other primary, and classifies the answers. */
async function readableFindings(
  member: Member,
  shown: Uint8Array,
  predicted: readonly PredictedAnswers[],
): Promise<Result<LeakFinding[]>> {
  const { subsystem, secondary } = member;
  const virtualIds = new Set([
    subsystem.primaryVirtualId,
    ...subsystem.members.map(({ virtualControllerId }) => virtualControllerId),
  ]);
  const { firmwareRevision } = subsystem.identity;
  const firmware = firmwareRevision === '' ? null : firmwareRevision.padEnd(8);
  const asked: { source: Source; readable: Readable; question: GuestQuestion; prefix: string }[] = [];
  const add = (
    source: Source,
    kind: GuestQuestion['kind'],
    list: readonly Readable[],
    nsid = 0,
    prefix = '',
  ) => {
    for (const readable of list)
      asked.push({ source, readable, prefix, question: { kind, number: readable.number, nsid } });
  };
  add('Identify', 'identify', identifyReadables);
  for (const nsid of secondary.attachedNamespaces)
    add('Identify', 'identify', namespaceReadables, nsid, `NS ${nsid} `);
  add('Get Log Page', 'log-page', logReadables);
  add('Get Features', 'feature', featureReadables);
  const findings: LeakFinding[] = [];
  for (const { source, readable, question, prefix } of asked) {
    const here = await askQuestion(member.controller, question);
    if (!here.ok) return here;
    const there: { title: string; answer: Answer | undefined }[] = [];
    for (const other of readable.rule === 'equal' ? predicted : []) {
      const answer = await other.ask(question);
      if (!answer.ok) return answer;
      there.push({ title: other.title, answer: answer.value });
    }
    const subject = { identify: shown, here: here.value, predicted: there, virtualIds, firmware };
    findings.push(readableFinding(readable, source, subject, prefix));
  }
  return succeed(findings);
}

/** Controller properties, PCI configuration space, and Identify Namespace of every attached namespace, byte by byte. */
async function structureFindings(
  { fleet }: FleetConnections,
  { secondary, controller, host, address }: Member,
  predicted: readonly PredictedAnswers[],
  guest: GuestIdentity,
): Promise<Result<LeakFinding[]>> {
  const findings: LeakFinding[] = [];
  const properties = host.guestRegisters(address);
  if (!properties.ok) return properties;
  const configuration = host.guestConfigSpace(address);
  if (!configuration.ok) return configuration;
  const titled = (bytes: (other: PredictedAnswers) => Uint8Array | undefined) =>
    predicted.map((other) => ({ title: other.title, bytes: bytes(other) }));
  findings.push(
    ...structureLeaks(
      propertiesStructure,
      properties.value,
      titled((other) => other.properties),
      guest,
    ),
    ...structureLeaks(
      configurationStructure,
      configuration.value,
      titled((other) => other.configuration),
      guest,
    ),
  );
  for (const nsid of secondary.attachedNamespaces) {
    const question = { kind: 'identify', number: identifyStructures.namespace.value, nsid } as const;
    const here = await askQuestion(controller, question);
    if (!here.ok) return here;
    const there: { title: string; bytes: Uint8Array | undefined }[] = [];
    for (const other of predicted) {
      const answer = await other.ask(question);
      if (!answer.ok) return answer;
      there.push({ title: other.title, bytes: answer.value ?? undefined });
    }
    findings.push(namespaceFinding(fleet, secondary, nsid, predicted));
    if (here.value !== null)
      findings.push(...structureLeaks(namespaceStructure, here.value, there, guest, `NS ${nsid}`));
  }
  return succeed(findings);
}

/** The guest's namespace must exist under every other primary with the same identifiers, size and format. */
function namespaceFinding(
  fleet: Fleet,
  secondary: SecondaryController,
  nsid: number,
  predicted: readonly PredictedAnswers[],
): LeakFinding {
  const own = fleet.namespaces[namespaceIdOf(secondary.subsystemId, nsid)];
  const missing = predicted.filter(({ primary }) => {
    const there = fleet.namespaces[namespaceIdOf(primary.subsystemId, nsid)];
    return own === undefined || there === undefined || factsOf(own) !== factsOf(there);
  });
  return {
    id: `namespace:${nsid}`,
    source: 'Identify Namespace',
    name: `NS ${nsid}`,
    title: `Namespace ${nsid}: NGUID, EUI64, size and format`,
    place: '',
    class: missing.length > 0 ? 'physical' : 'equal',
    words:
      missing.length > 0
        ? `no namespace with the same identifiers under ${missing.map(({ title }) => title).join(', ')}`
        : `NGUID ${own?.nguid || 'none'} everywhere`,
    fix: null,
  };
}

function factsOf({ nguid, eui64, uuid, sizeBytes, blockSize, metadataSize }: Namespace): string {
  return JSON.stringify([nguid, eui64, uuid, sizeBytes, blockSize, metadataSize]);
}
