import { BlockRanges } from '#shared/migration/user-data/block-ranges.ts';
import type { CopiedDevice } from '#shared/migration/user-data/copied-namespaces.ts';
import type { StepOf } from '#shared/procedure/step.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { CopyOrder, UserDataOperations } from '../../../hosts/user-data-operations.ts';
import type { ArrivedUserData, PerformContext, Performers } from '../perform-context.ts';
import { beginLog, endLog, loggedController } from './data-queue.ts';
import { DeviceCopy } from './device-copy.ts';
import { type CopyTarget, speedOf, targetOf } from './user-data-copy.ts';

type SendStep = StepOf<'user-data-send'>;

/** How often it is looked whether the log has come to its end, milliseconds. */
const lookMilliseconds = 1;

export const userDataPerformers: Performers<'user-data-log' | 'user-data-send'> = {
  async 'user-data-log'({ controllerId, slots, logging }, context) {
    const ends = loggedController(context, controllerId);
    if (!ends.ok) return ends;
    const done = await (logging ? beginLog(ends.value, slots) : endLog(ends.value));
    return done.ok ? succeed({}) : done;
  },
  async 'user-data-send'(step, context) {
    const wanted: Wanted[] = [];
    for (const device of step.devices) {
      const found = await missingOf(step, context, device);
      if (!found.ok) return found;
      wanted.push(...found.value);
    }
    const sent = await sendAll(wanted, context);
    if (!sent.ok) return sent;
    const compared = await compare(sent.value);
    if (!compared.ok) return compared;
    const arrived = compared.value;
    const [different] = arrived.filter(({ checksum, arrived: found }) => checksum !== found);
    if (different === undefined) return succeed({ userData: arrived });
    const { name } = machineParts(step.virtualMachineId);
    const { nsid, destinationNsid, checksum, arrived: found } = different;
    return fail(
      'device-data',
      `The user data of ${name} at the destination is not what it is at the source`,
      {
        object: name,
        field: `namespace ${nsid}`,
        fix: 'Start again; report it with the log file if it comes back',
        details: [`source, NSID ${nsid}: ${checksum}`, `destination, NSID ${destinationNsid}: ${found}`],
      },
    );
  },
};

/** A namespace of which blocks are to be sent. */
interface Wanted {
  readonly facts: Omit<ArrivedUserData, 'sentBytes' | 'checksum' | 'arrived'>;
  readonly blockSize: number;
  readonly host: UserDataOperations;
  readonly order: CopyOrder;
}

/** One whose blocks were sent, with both of its places. */
interface Sent {
  readonly facts: Omit<ArrivedUserData, 'checksum' | 'arrived'>;
  readonly from: CopyTarget;
  readonly to: CopyTarget;
}

/** What is missing at the destination of one device, which stands still. */
async function missingOf(
  step: SendStep,
  context: PerformContext,
  device: CopiedDevice,
): Promise<Result<Wanted[]>> {
  const ends = loggedController(context, device.sourceId);
  if (!ends.ok) return ends;
  const target = targetOf(context, device.destinationId);
  if (!target.ok) return target;
  const rest = step.rest === true ? await restOf(step, context, device) : null;
  if (rest !== null && !rest.ok) return rest;
  const { host, address, cntlid } = ends.value;
  return succeed(
    device.namespaces.map(({ source, destination, blocks, blockSize, again }) => {
      const whole = again ? [] : [{ from: 0, to: blocks }];
      return {
        facts: {
          ...{ sourceId: device.sourceId, nsid: source, destinationNsid: destination },
          bytes: blocks * blockSize,
        },
        ...{ blockSize, host },
        order: {
          from: { address, nsid: source },
          to: target.value(destination),
          ranges: rest === null ? whole : rest.value.takeOut(source),
          writer: { cntlid, is: 'suspended' as const },
        },
      };
    }),
  );
}

async function sendAll(
  wanted: readonly Wanted[],
  { onUserDataSent, signal }: PerformContext,
): Promise<Result<Sent[]>> {
  const ofBytes = wanted.reduce(
    (sum, { order, blockSize }) => sum + new BlockRanges(order.ranges).blocks * blockSize,
    0,
  );
  const all: Sent[] = [];
  let before = 0;
  onUserDataSent(0, ofBytes);
  for (const { facts, host, order } of wanted) {
    const sent = await host.copy(order, (bytes) => onUserDataSent(before + bytes, ofBytes), signal);
    if (!sent.ok) return sent;
    before += sent.value.bytes;
    all.push({
      facts: { ...facts, sentBytes: sent.value.bytes },
      from: { ...order.from, host },
      to: order.to,
    });
  }
  return succeed(all);
}

/** Reads what both sides hold, when all devices have sent what they had: several may have one namespace. */
async function compare(sent: readonly Sent[]): Promise<Result<ArrivedUserData[]>> {
  const arrived: ArrivedUserData[] = [];
  for (const { facts, from, to } of sent) {
    const [here, there] = [await from.host.digest(from), await to.host.digest(to)];
    if (!here.ok) return here;
    if (!there.ok) return there;
    arrived.push({ ...facts, checksum: here.value, arrived: there.value });
  }
  return succeed(arrived);
}

/**
 * What earlier rounds have left of a device, with its log read to the end mark that says that it stands still (NVM Command Set
 * 1.1, 5.6: ESA 011). Nothing is changed on the device, so it can be done again.
 */
async function restOf(
  { virtualMachineId, devices, downtimeBudgetMilliseconds }: SendStep,
  context: PerformContext,
  device: CopiedDevice,
): Promise<Result<DeviceCopy>> {
  const ends = loggedController(context, device.sourceId);
  if (!ends.ok) return ends;
  const before = context.preCopy.before?.userData?.queues.find(
    ({ sourceId }) => sourceId === device.sourceId,
  );
  const copy = await DeviceCopy.find(device, ends.value, before);
  if (!copy.ok) return copy;
  const { clock, timeoutMilliseconds, signal } = context;
  // It may come some time after the controller has said that it is suspended (NVMe Base 2.1, 5.1.16).
  const giveUpAt = clock.now() + timeoutMilliseconds;
  let isBroken = false;
  for (;;) {
    const taken = copy.value.takeRest();
    if (!taken.ok) return taken;
    isBroken ||= taken.value.isBroken;
    if (taken.value.end === 'suspended') break;
    if (isBroken || clock.now() >= giveUpAt) {
      isBroken = true;
      break;
    }
    await clock.sleep(lookMilliseconds, { signal, what: 'the end of a log of user data' });
    if (signal.aborted) break;
  }
  if (!isBroken) return copy;
  // Nobody knows what has changed since it broke off, so all of it is copied, if the guest may stand still for so long.
  copy.value.breaksOff();
  const speed = speedOf(context, devices);
  const milliseconds = speed > 0 ? (copy.value.leftBytes / speed) * 1000 : Number.POSITIVE_INFINITY;
  const { name } = machineParts(virtualMachineId);
  return milliseconds <= downtimeBudgetMilliseconds
    ? copy
    : fail(
        'aborted',
        `${name} was not moved: the log of its user data broke off when it was stopped, and copying all of it again would take ${Math.round(milliseconds)} ms`,
        {
          object: name,
          field: 'user data',
          fix: 'Start again, when it writes less or with a longer downtime',
        },
      );
}
