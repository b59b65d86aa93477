import type { ReadyDevice } from '#shared/procedure/plan/migrate/migration-steps.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { guestStateAt, type ProofStage } from '#shared/procedure/steps/proof.ts';
import type { GuestAnswers } from '../../guest-view/guest-answers.ts';
import type { KeptMemory } from '../memory-log.ts';
import { sha256 } from '../read-back-state.ts';
import type { FunctionPlace, MigrationReader } from '../read-devices.ts';
import { compareAnswers, type ProofLine, proofLine } from './migration-proof.ts';

/** What the destination is compared with. */
export interface ProofGrounds {
  readonly devices: readonly ReadyDevice[];
  readonly facts: MigrationFacts;
  /** Bytes of the memory that arrived, and its checksum. */
  readonly memory: KeptMemory;
  /** Identify Controller as a guest's controller answered before the move, by source; they tell which fields differ. */
  readonly before: ReadonlyMap<string, GuestAnswers>;
  /** Where the function is now: a provisioned one gets its place only when it is shown. */
  readonly place: (device: ReadyDevice) => FunctionPlace;
}

export interface StageProof {
  readonly lines: readonly ProofLine[];
  /** What this comparison cannot see, one sentence each. */
  readonly unproven: readonly string[];
  /** SHA-256 of the state as it was read again, by source controller; only of states that stand still. */
  readonly digests: ReadonlyMap<string, string>;
}

const unreadable = 'could not be read';

/**
 * Reads everything again that can be read of a destination at this stage, and compares it with what was saved. What could
 * be read of the source and cannot be read here counts as different; what nobody can read is said, and proves nothing.
 */
export async function proveDestination(
  reader: MigrationReader,
  stage: ProofStage,
  grounds: ProofGrounds,
): Promise<StageProof> {
  const lines: ProofLine[] = [];
  const unproven = new Set<string>();
  const digests = new Map<string, string>();
  lines.push(...(await machineLines(reader, stage, grounds)));
  for (const device of grounds.devices) {
    const who = whoIs(device);
    const own = await deviceLines(reader, stage, device, grounds, (digest) =>
      digests.set(device.source.id, digest),
    );
    lines.push(...own.lines.map((line) => ({ ...line, what: `${who}: ${line.what}` })));
    for (const sentence of own.unproven) unproven.add(sentence);
  }
  if (stage === 'running')
    unproven.add(
      'Positions in queues, counters, pending events and what the guest sets while it runs change by themselves. They were compared as part of the state before the resume, not after it.',
    );
  unproven.add('Commands that were under way inside the controller are not visible to anybody.');
  return { lines: lines.map((line) => ({ ...line, stage })), unproven: [...unproven], digests };
}

/** The virtual machine on both sides: who has it, who runs it, and its memory. */
async function machineLines(
  reader: MigrationReader,
  stage: ProofStage,
  { devices, facts, memory, place }: ProofGrounds,
): Promise<ProofLine[]> {
  const { virtualMachineName: name, destinationHostId, sourceHostId, memoryBytes } = facts;
  const there = await reader.machine(destinationHostId, name);
  const here = await reader.machine(sourceHostId, name);
  const expected = devices.flatMap((device) => place(device).address ?? []);
  const found = there?.devices.filter((address) => expected.includes(address)) ?? [];
  const words = (of: string, addresses: readonly string[]) =>
    `${of}, with ${[...addresses].sort().join(', ') || 'no device'}`;
  return [
    proofLine(
      `${name} at the destination`,
      words(guestStateAt(stage), expected),
      there === null ? unreadable : words(there.state, found),
    ),
    proofLine(`${name} does not run at the source`, 'paused', here?.state ?? unreadable),
    ...(stage === 'loaded'
      ? [
          proofLine(
            `${name}: memory`,
            memoryWords(memoryBytes, memory.checksum),
            memoryWords(memory.bytes, memory.arrived ?? memory.checksum),
          ),
        ]
      : []),
  ];
}

function memoryWords(bytes: number, digest: string): string {
  return digest === '' ? `${bytes} bytes` : `${bytes} bytes, digest ${digest}`;
}

async function deviceLines(
  reader: MigrationReader,
  stage: ProofStage,
  device: ReadyDevice,
  grounds: ProofGrounds,
  noteDigest: (digest: string) => void,
): Promise<{ lines: ProofLine[]; unproven: string[] }> {
  const { facts } = grounds;
  const sourceId = device.source.id;
  const place = grounds.place(device);
  const kept = facts.kept?.devices?.[sourceId];
  const own = facts.devices.find((candidate) => candidate.sourceId === sourceId);
  const lines: ProofLine[] = [];
  const unproven: string[] = [];
  const wanted = stage === 'loaded' ? 'STOP' : 'RUNNING';
  lines.push(proofLine('VFIO state', wanted, reader.vfioState(place) ?? unreadable));
  const attached = await reader.attachments(device);
  const list = (nsids: readonly number[]) =>
    [...nsids].sort((one, other) => one - other).join(', ') || 'none';
  lines.push(
    proofLine(
      'attached namespaces, as the controlling function lists them',
      list(device.destinationNamespaces),
      attached === null ? unreadable : list(attached),
    ),
  );
  if (stage === 'loaded') {
    const state = own === undefined ? null : await reader.loadedState(device, place, own.stateBytes);
    const digest = state === null ? '' : sha256(state);
    noteDigest(digest);
    lines.push(...(await userDataLines(reader, device, facts)));
    lines.push(
      proofLine(
        'controller state, SHA-256',
        own?.sourceStateSha256 || 'not read',
        digest || 'could not be read back',
      ),
    );
  } else if (kept?.queues == null)
    unproven.push(
      'Only the driver of the device can read its queues, and only while it stands still: they were compared as part of the state before the resume.',
    );
  else {
    const queues = await reader.queues(device.destination, device.destinationPrimary);
    lines.push(proofLine('I/O queues', kept.queues, queues ?? unreadable));
  }
  const registers = reader.registers(place);
  if (kept?.registers == null)
    unproven.push(
      'Controller properties (CC, CSTS and others) cannot be read from outside the guest on these hosts.',
    );
  else lines.push(proofLine('controller properties', kept.registers, registers ?? unreadable));
  // A controller that is not as it was may never answer, and the guest waits meanwhile.
  if (stage !== 'loaded' && lines.every(({ equal }) => equal)) {
    const answers = await answerLinesOf(reader, device, grounds);
    if (answers === null)
      unproven.push(
        'What the guest itself reads (identity, namespaces) could not be read before the move, so it was not compared.',
      );
    else lines.push(...answers);
  }
  return { lines, unproven };
}

/** The contents of the namespaces that were copied, read again at the destination. */
async function userDataLines(
  reader: MigrationReader,
  { source, destination, destinationPrimary }: ReadyDevice,
  { userData = [] }: MigrationFacts,
): Promise<ProofLine[]> {
  const host = reader.connection(destination.hostId)?.userData;
  const address = destinationPrimary.pciAddress;
  const lines: ProofLine[] = [];
  for (const { sourceId, nsid, destinationNsid, bytes, checksum } of userData) {
    if (sourceId !== source.id) continue;
    const found = address === null ? undefined : await host?.digest({ address, nsid: destinationNsid });
    const there = found?.ok === true ? memoryWords(bytes, found.value) : unreadable;
    lines.push(proofLine(`user data of NSID ${nsid}`, memoryWords(bytes, checksum), there));
  }
  return lines;
}

/** What the guest reads from its controller, now and before the move; null when nobody could read it then. */
async function answerLinesOf(
  reader: MigrationReader,
  device: ReadyDevice,
  { facts, before, place }: ProofGrounds,
): Promise<ProofLine[] | null> {
  const known = facts.kept?.guestBefore[device.source.id];
  if (known === undefined) return null;
  const after = await reader.guestAnswers(place(device));
  if (after === null) return [proofLine('what the guest reads', 'read', unreadable)];
  const bytes = before.get(device.source.id)?.controller;
  return compareAnswers(known, after, { bytes, ownIdentifier: device.virtual === null });
}

/** `virtual id 20`: what the two sides have in common; without a virtual subsystem, the identifiers of both. */
export function whoIs({ virtual, source, destination }: ReadyDevice): string {
  return virtual === null
    ? `CNTLID ${source.cntlid}, now ${destination.cntlid}`
    : `virtual id ${virtual.controllerId}`;
}
