import {
  commandMilliseconds,
  commandsOfMachine,
  downtimeTerms,
  linkOf,
  sumOfTerms,
} from '#shared/migration/downtime.ts';
import { joinLinks, type Link, roundMilliseconds, throughput } from '#shared/migration/link-model.ts';
import { allowedDowntime } from '#shared/migration/pre-copy/convergence.ts';
import { type Deciding, decide, undecided } from '#shared/migration/pre-copy/decide.ts';
import { type PreCopyFacts, type PreCopyRound, withRound } from '#shared/migration/pre-copy/round.ts';
import { logSlots } from '#shared/migration/user-data/log-slots.ts';
import type { StepOf } from '#shared/procedure/step.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { HostConnection, MemoryRound, VirtualMachineOperations } from '../../hosts/host-connection.ts';
import {
  onHost,
  type PerformContext,
  type Performers,
  type StepOutcome,
  unreachableObject,
} from './perform-context.ts';
import { UserDataCopy, type UserDataRound } from './user-data/user-data-copy.ts';
import { vfioDeviceOf } from './vfio.ts';

type PreCopyStep = StepOf<'vm-pre-copy'>;

/**
 * Between the beginnings of two rounds, milliseconds: nothing is gained by sending little very often, and who waits for a
 * person has time.
 */
const shortestRound = { copying: 20, waiting: 250 } as const;
/** Bytes of early state that are read at once. */
const earlyStatePiece = 1 << 20;

/** Copying while the guest goes on. */
export const preCopyPerformers: Performers<'vm-track-memory' | 'vm-pre-copy'> = {
  'vm-track-memory': ({ virtualMachineId, tracking }, context) => {
    const { hostId, name } = machineParts(virtualMachineId);
    return onHost(context, hostId, ({ virtualMachines }) => virtualMachines.trackMemory(name, tracking));
  },
  async 'vm-pre-copy'(step, context) {
    const { hostId } = machineParts(step.virtualMachineId);
    const source = context.connections.find((host) => host.id === hostId);
    const destination = context.connections.find((host) => host.id === step.destinationHostId);
    return source === undefined || destination === undefined
      ? unreachableObject(step.virtualMachineId)
      : copyWhileRunning(step, context, { source, destination });
  },
};

interface Ends {
  readonly source: HostConnection;
  readonly destination: HostConnection;
}

/** Rounds until the guest is to be stopped: measured, told, journalled, and decided after. */
async function copyWhileRunning(
  step: PreCopyStep,
  context: PerformContext,
  ends: Ends,
): Promise<Result<StepOutcome>> {
  const { preCopy, clock } = context;
  const signal = AbortSignal.any([context.signal, preCopy.stop]);
  const { name } = machineParts(step.virtualMachineId);
  const { virtualMachines } = ends.source;
  const { options, downtimeBudgetMilliseconds: budget } = step;
  const meter = createRoundMeter(step, context, ends);
  const { rounds = [], totalSentBytes = 0 } = preCopy.before ?? {};
  let facts: PreCopyFacts = {
    ...{ state: 'copying', reason: '', rounds, totalSentBytes },
    ...{ roundSentBytes: 0, roundBytes: 0 },
  };
  const tracked = await ensureTracked(virtualMachines, name);
  if (!tracked.ok) return tracked;
  const opened = await openUserData(step, context);
  if (!opened.ok) return opened;
  const userData = opened.value;
  const save = () => {
    facts = { ...facts, ...userDataFacts(userData) };
    preCopy.onProgress(facts, true);
  };
  if (userData !== null) save();
  let deciding: Deciding = undecided;
  for (;;) {
    const before = facts.totalSentBytes;
    const begun = clock.microseconds();
    const early = await sendEarlyState(step, context);
    if (!early.ok) return early;
    const tell = (roundSentBytes: number, roundBytes: number) => {
      facts = { ...facts, roundSentBytes, roundBytes, totalSentBytes: before + roundSentBytes };
      preCopy.onProgress(facts, false);
    };
    const copied = await userData?.round(
      { save, tell: () => preCopy.onProgress({ ...facts, ...userDataFacts(userData) }, false) },
      signal,
    );
    if (copied?.ok === false) return copied;
    const sending = virtualMachines.sendRound(
      ...([name, ends.destination.virtualMachines, tell, signal, options.mostBytesPerSecond] as const),
    );
    const sent = await (userData === null ? sending : userData.meanwhile(sending, { save, clock }));
    if (!sent.ok) return sent;
    // As it is, not as it was asked for: an earlier attempt may have slowed the guest down, or a command may come late.
    const throttlePercent = Math.round(sent.value.throttleShare * 100);
    const round = meter.measure(facts.rounds, sent.value, {
      begun,
      throttlePercent,
      deviceBytes: early.value,
      userData: copied === undefined ? null : { ...copied.value, leftBytes: userData?.leftBytes ?? 0 },
    });
    const left = round.leftBytes + (round.userDataLeftBytes ?? 0);
    // What only the program knows would be lost with it.
    const isKnown = userData?.isExact !== false;
    const decided = decide(
      deciding,
      { ...round, leftBytes: left },
      {
        ...{ budget, options: isKnown ? options : { ...options, holdBeforeSwitchOver: true } },
        startedOver: round.startedOver,
        decision: isKnown ? preCopy.takeDecision() : null,
      },
    );
    round.allowedMilliseconds = allowedDowntime(options.policy, budget, decided.next.rounds.length);
    deciding = decided.next;
    facts = {
      ...{ state: decided.state, reason: decided.reason, rounds: withRound(facts.rounds, round) },
      ...{ roundSentBytes: 0, roundBytes: round.leftBytes, totalSentBytes: before + sent.value.bytes },
      ...(decided.waitsForLow === undefined ? {} : { waitsForLow: decided.waitsForLow }),
      ...userDataFacts(userData),
    };
    preCopy.onProgress(facts, true);
    if (decided.what === 'switch-over') return succeed({ words: wordsOf(round, decided.reason) });
    if (decided.what === 'give-up')
      return fail('aborted', `${name} was not moved: ${decided.reason}.`, {
        object: name,
        fix: 'Allow a longer downtime or more throttling, use a faster link, or move it when it writes less.',
      });
    if (decided.throttlePercent !== throttlePercent) {
      const throttled = await virtualMachines.throttle(name, decided.throttlePercent / 100);
      if (!throttled.ok) return throttled;
    }
    const shortest = shortestRound[decided.state === 'copying' ? 'copying' : 'waiting'];
    const pause = shortest - (clock.microseconds() - begun) / 1000;
    if (pause > 0) await clock.sleep(Math.ceil(pause), { signal, what: `the next round of copying ${name}` });
  }
}

/** The user data that is copied with the memory; null: none is. */
async function openUserData(
  { userData, options: { mostBytesPerSecond } }: PreCopyStep,
  context: PerformContext,
): Promise<Result<UserDataCopy | null>> {
  return userData === undefined
    ? succeed(null)
    : UserDataCopy.open(userData, context, {
        ...{ before: context.preCopy.before?.userData, slots: logSlots, mostBytesPerSecond },
      });
}

function userDataFacts(userData: UserDataCopy | null): Pick<PreCopyFacts, 'userData'> {
  return userData === null ? {} : { userData: userData.facts() };
}

/** A host that was started anew since the memory began to be tracked has forgotten that. */
async function ensureTracked(virtualMachines: VirtualMachineOperations, name: string): Promise<Result<void>> {
  const machines = await virtualMachines.list();
  if (!machines.ok) return machines;
  const machine = machines.value.find((one) => one.name === name);
  return machine === undefined || machine.tracksMemory === true
    ? succeed(undefined)
    : virtualMachines.trackMemory(name, true);
}

/** Makes rounds of what was measured; the rate of a round that was too short to tell is that of the one before. */
function createRoundMeter(step: PreCopyStep, { fleet, clock, preCopy }: PerformContext, ends: Ends) {
  const link = joinLinks(linkOf(fleet.hosts[ends.source.id]), linkOf(fleet.hosts[ends.destination.id]));
  const last = preCopy.before?.rounds.at(-1);
  // An attempt that was cut short has its rounds before these.
  const offset = last === undefined ? 0 : last.startedMilliseconds + last.milliseconds;
  const first = clock.microseconds();
  let bytesPerSecond = last?.bytesPerSecond ?? throughput(link);
  const command = preCopy.stepMilliseconds ?? commandMilliseconds;
  return {
    measure(
      rounds: readonly PreCopyRound[],
      { bytes, leftBytes, startsOver }: MemoryRound,
      {
        begun,
        throttlePercent,
        deviceBytes,
        userData,
      }: {
        readonly begun: number;
        readonly throttlePercent: number;
        readonly deviceBytes: number;
        readonly userData: UserDataRound | null;
      },
    ): PreCopyRound {
      const milliseconds = (clock.microseconds() - begun) / 1000;
      const sending = milliseconds - roundMilliseconds(link);
      const all = bytes + (userData?.sentBytes ?? 0);
      if (sending >= 10 && all > 0) bytesPerSecond = (all / sending) * 1000;
      const dirtyBytesPerSecond = milliseconds < 1 ? 0 : (leftBytes / milliseconds) * 1000;
      // What the guest still writes until it stands.
      const meanwhile = (dirtyBytesPerSecond * commandsOfMachine * command) / 1000;
      // A limit holds only while the guest goes on.
      const { mostBytesPerSecond } = step.options;
      const standing = mostBytesPerSecond === undefined ? bytesPerSecond : throughput(link);
      const measured: Link = { ...link, bytesPerSecond: standing, loss: 0 };
      const downtimeWith = (memoryBytes: number, userDataBytes: number | undefined) =>
        sumOfTerms(
          downtimeTerms({
            ...{ memoryBytes, queues: step.queues, link: measured },
            ...{ userDataBytes, commandMilliseconds: command },
          }) ?? [],
        );
      return {
        number: (rounds.at(-1)?.number ?? 0) + 1,
        startedMilliseconds: offset + (begun - first) / 1000,
        ...{ milliseconds, sentBytes: bytes, deviceBytes, leftBytes, bytesPerSecond, dirtyBytesPerSecond },
        ...(userData === null
          ? {}
          : { userDataSentBytes: userData.sentBytes, userDataLeftBytes: userData.leftBytes }),
        ...{ throttlePercent, startedOver: startsOver || userData?.startedOver === true },
        allowedMilliseconds: 0,
        downtimeForecastMilliseconds: downtimeWith(leftBytes + meanwhile, userData?.leftBytes),
        leastMilliseconds: downtimeWith(0, userData === null ? undefined : 0),
      };
    },
  };
}

/** Hands over what the devices have of early state until they have no more of it. Answers the bytes. */
async function sendEarlyState(step: PreCopyStep, context: PerformContext): Promise<Result<number>> {
  let bytes = 0;
  for (const { sourceId, destinationId } of step.earlyState) {
    const source = vfioDeviceOf(context, sourceId);
    if (!source.ok) return source;
    const destination = vfioDeviceOf(context, destinationId);
    if (!destination.ok) return destination;
    for (;;) {
      const read = await source.value.read(earlyStatePiece);
      if (!read.ok) return read;
      if (read.value === null || read.value.length === 0) break;
      const written = await destination.value.writeState(read.value);
      if (!written.ok) return written;
      bytes += read.value.length;
    }
  }
  return succeed(bytes);
}

function wordsOf({ number, leftBytes, downtimeForecastMilliseconds }: PreCopyRound, reason: string): string {
  const rounds = number === 1 ? 'one round' : `${number} rounds`;
  const left = `${(leftBytes / 2 ** 20).toFixed(1)} MiB`;
  return `After ${rounds} ${left} are left, about ${Math.round(downtimeForecastMilliseconds)} ms: ${reason}`;
}
