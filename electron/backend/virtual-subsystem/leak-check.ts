import { namespaceIdOf } from '#shared/fleet/ids.ts';
import type { Namespace, SecondaryController, VirtualSubsystem } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  functionAddress,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import { identifyControllerFields } from '#shared/nvme/layouts/identify-controller-fields.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { identifyLeaks } from '#shared/virtual-subsystem/identify-leaks.ts';
import { type LeakFinding, leakVerdict } from '#shared/virtual-subsystem/leak-finding.ts';
import { equalizingMask, neutralIdentity } from '#shared/virtual-subsystem/leak-fixes.ts';
import { type Answer, readableFinding } from '#shared/virtual-subsystem/readable-leaks.ts';
import {
  featureReadables,
  identifyReadables,
  logReadables,
  type Readable,
} from '#shared/virtual-subsystem/readable-rules.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import { identify } from '../migration/guest-answers.ts';
import { askFeature, askIdentify, askLog } from './ask.ts';
import { answersElsewhere, type Elsewhere, faceOf, type Surroundings } from './elsewhere.ts';

type LeakCheck = ResponseOf<'virtual-subsystem:leak-check'>;

/** Reads everything that a guest can read and classifies it against these other primary controllers. */
export async function checkLeaks(
  surroundings: Surroundings,
  controllerId: string,
  primaryIds: readonly string[],
): Promise<Result<LeakCheck>> {
  const { fleet } = surroundings;
  const member = memberOf(surroundings, controllerId);
  if (!member.ok) return member;
  const { secondary, subsystem, queue, title } = member.value;
  const face = faceOf(subsystem, secondary.virtualControllerId ?? 0);
  const here = await identify(queue, title, 0x01);
  if (!here.ok) return here;
  const others = primaryIds.filter((id) => id !== subsystem.primaryId);
  const elsewhere = await answersElsewhere(surroundings, others, face);
  if (!elsewhere.ok) return elsewhere;
  const readables = await readableFindings(queue, here.value, elsewhere.value, subsystem);
  if (!readables.ok) return readables;
  const findings = [
    ...identifyLeaks(here.value, elsewhere.value, face),
    ...namespaceFindings(surroundings, secondary, elsewhere.value),
    ...readables.value,
  ];
  const identifyResults = elsewhere.value.map(({ primaryId, title: name, basis, identify: bytes }) => ({
    primaryId,
    title: name,
    basis,
    identical: bytes.every((byte, index) => byte === here.value[index]),
  }));
  const instances = Object.values(fleet.virtualSubsystems).filter(({ nqn }) => nqn === subsystem.nqn);
  return succeed({
    verdict: leakVerdict(findings),
    findings,
    hosts: identifyResults,
    fixes: fixesFor(findings, instances, subsystem, [
      here.value,
      ...elsewhere.value.map(({ identify: bytes }) => bytes),
    ]),
  });
}

interface Member {
  readonly secondary: SecondaryController;
  readonly subsystem: VirtualSubsystem;
  readonly queue: AdminQueue;
  readonly title: string;
}

function memberOf({ fleet, connection }: Surroundings, controllerId: string): Result<Member> {
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
      `${title} does not answer now: it is ${found.online ? (found.vfioState ?? 'gone') : 'offline'}.`,
      {
        object: title,
        fix: 'Bring it online, or let its guest run, and check again.',
      },
    );
  const queue = host.guestQueue(address);
  return queue.ok ? succeed({ secondary: found, subsystem, queue: queue.value, title }) : queue;
}

type Ask = (queue: AdminQueue, number: number) => Promise<Result<Answer>>;

async function readableFindings(
  queue: AdminQueue,
  shown: Uint8Array,
  elsewhere: readonly Elsewhere[],
  subsystem: VirtualSubsystem,
): Promise<Result<LeakFinding[]>> {
  const virtualIds = new Set([
    subsystem.primaryVirtualId,
    ...subsystem.members.map((member) => member.virtualControllerId),
  ]);
  const { firmwareRevision } = subsystem.identity;
  const firmware = firmwareRevision === '' ? null : firmwareRevision.padEnd(8);
  const groups: readonly (readonly [Parameters<typeof readableFinding>[1], readonly Readable[], Ask])[] = [
    ['Identify', identifyReadables, (asked, cns) => askIdentify(asked, cns)],
    ['Get Log Page', logReadables, askLog],
    ['Get Features', featureReadables, askFeature],
  ];
  const findings: LeakFinding[] = [];
  for (const [source, readables, ask] of groups)
    for (const readable of readables) {
      const here = await ask(queue, readable.number);
      if (!here.ok) return here;
      const there: { title: string; answer: Answer | undefined }[] = [];
      for (const other of elsewhere) {
        if (readable.rule !== 'equal' || other.queue === null) {
          there.push({ title: other.title, answer: undefined });
          continue;
        }
        const answer = await ask(other.queue, readable.number);
        if (!answer.ok) return answer;
        there.push({ title: other.title, answer: answer.value });
      }
      const subject = { identify: shown, here: here.value, elsewhere: there, virtualIds, firmware };
      findings.push(readableFinding(readable, source, subject));
    }
  return succeed(findings);
}

/** The guest's namespaces must exist under every other primary with the same identifiers, size and format. */
function namespaceFindings(
  { fleet }: Surroundings,
  secondary: SecondaryController,
  elsewhere: readonly Elsewhere[],
): LeakFinding[] {
  return secondary.attachedNamespaces.map((nsid): LeakFinding => {
    const own = fleet.namespaces[namespaceIdOf(secondary.subsystemId, nsid)];
    const missing = elsewhere.filter(({ primary }) => {
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
          ? `not there with the same identifiers under ${missing.map(({ title }) => title).join(', ')}`
          : `NGUID ${own?.nguid || 'none'} everywhere`,
      fix: null,
    };
  });
}

function factsOf({ nguid, eui64, uuid, sizeBytes, blockSize, metadataSize }: Namespace): string {
  return JSON.stringify([nguid, eui64, uuid, sizeBytes, blockSize, metadataSize]);
}

/** Bytes that only the identity may set, and those that no mask can make equal. */
const untouchable = identifyControllerFields.filter(({ key }) =>
  ['vid', 'ssvid', 'sn', 'mn', 'fr', 'ieee', 'cntlid', 'cntrltype', 'fguid', 'subnqn'].includes(key),
);

function fixesFor(
  findings: readonly LeakFinding[],
  instances: readonly VirtualSubsystem[],
  subsystem: VirtualSubsystem,
  answers: readonly Uint8Array[],
): LeakCheck['fixes'] {
  const virtualSubsystemIds = instances.map(({ id }) => id);
  const name = virtualSubsystemTitle(subsystem);
  const wants = (kind: LeakFinding['fix']) => findings.some(({ fix }) => fix === kind);
  const fixes: { title: string; intent: Intent }[] = [];
  if (wants('identity'))
    fixes.push({
      title: `Give ${name} a whole identity of its own`,
      intent: {
        kind: 'set-virtual-identity',
        virtualSubsystemIds,
        identity: neutralIdentity(subsystem.nqn, subsystem.identity),
      },
    });
  if (wants('narrow') || wants('hide')) {
    const keep = (byte: number) =>
      untouchable.some(({ offset, size }) => byte >= offset && byte < offset + size);
    fixes.push({
      title: `Narrow and hide what differs`,
      intent: {
        kind: 'set-exposed-capabilities',
        virtualSubsystemIds,
        exposed: equalizingMask(answers, subsystem.exposed, keep),
      },
    });
  }
  return fixes;
}
