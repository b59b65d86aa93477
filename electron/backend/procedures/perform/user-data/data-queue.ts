import { findPrimary, findSecondary } from '#shared/fleet/selectors.ts';
import { isSuccess } from '#shared/nvme/command.ts';
import { setControllerDataQueueFeature } from '#shared/nvme/commands/features.ts';
import {
  controllerDataQueue,
  createControllerDataQueue,
  deleteControllerDataQueue,
} from '#shared/nvme/commands/migration/controller-data-queue.ts';
import { logUserDataChanges, trackActions } from '#shared/nvme/commands/migration/track-send.ts';
import {
  decodeUserDataMigrationEntry,
  type UserDataMigrationEntry,
  userDataMigrationEntryLength,
} from '#shared/nvme/layouts/tracking/user-data-migration-entry.ts';
import { type StatusName, statusCodes } from '#shared/nvme/status.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { HostDataQueue, UserDataOperations } from '../../../hosts/user-data-operations.ts';
import { type AskedController, askController, controllerToAsk } from '../../../nvme/ask-controller.ts';
import { type PerformContext, unreachableObject } from '../perform-context.ts';

/** Where the changes of one controller are logged: its controlling function, and the host that has the queue in its memory. */
export interface LoggedController {
  /** The controlling function. */
  readonly manager: AskedController;
  readonly host: UserDataOperations;
  /** Of the controlling function. */
  readonly address: string;
  /** Of the controller whose changes are logged. */
  readonly cntlid: number;
  readonly title: string;
}

/** The place where the changes of a secondary controller are, or would be, logged. */
export function loggedController(
  { fleet, connections, clock, timeoutMilliseconds }: PerformContext,
  secondaryId: string,
): Result<LoggedController> {
  const secondary = findSecondary(fleet, secondaryId);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  const connection = connections.find((candidate) => candidate.id === secondary?.hostId);
  const address = primary?.pciAddress ?? null;
  if (secondary === undefined || primary === undefined || connection === undefined || address === null)
    return unreachableObject(secondaryId);
  const title = `${fleet.hosts[connection.id]?.name ?? connection.id}/${primary.deviceName ?? address}`;
  if (connection.userData === undefined)
    return fail('not-supported', `${title}: its host moves no user data`, {
      object: title,
      fix: 'Use namespaces that both hosts share',
    });
  const queue = connection.adminQueue(address);
  if (!queue.ok) return queue;
  const manager = controllerToAsk(queue.value, title, { timeoutMilliseconds, clock });
  return succeed({ manager, host: connection.userData, address, cntlid: secondary.cntlid, title });
}

/** The queue that a controller has now; null: none. */
export async function findQueue({
  host,
  address,
  cntlid,
}: LoggedController): Promise<Result<HostDataQueue | null>> {
  const queues = await host.queues(address);
  if (!queues.ok) return queues;
  return succeed(queues.value.find((queue) => queue.cntlid === cntlid) ?? null);
}

/** Makes a queue and begins to log; where the log is refused, the queue is deleted again. */
export async function beginLog(ends: LoggedController, slots: number): Promise<Result<void>> {
  const bytes = slots * userDataMigrationEntryLength;
  const memory = await ends.host.reserveQueue(bytes);
  if (!memory.ok) return memory;
  const created = await askController(ends.manager, {
    command: createControllerDataQueue.encode(
      { qt: 0, cntlid: ends.cntlid, pc: true, size: bytes / 4 },
      { queueMemory: memory.value },
    ),
    what: 'Controller Data Queue',
    decode: (_, { dw0 }) => succeed(controllerDataQueue.result.decode(dw0).cdqid),
  });
  if (!created.ok) return created;
  const started = await startLog(ends, created.value);
  if (started.ok && started.value !== 'full') return succeed(undefined);
  await remove(ends, created.value);
  return started.ok ? noRoom(ends) : started;
}

/**
 * Makes sure that a log runs from now on. `started`: it did not before; `already`: it did; `full`: there is no room for an
 * entry, so it does not.
 */
export async function startLog(
  { manager }: LoggedController,
  cdqid: number,
): Promise<Result<'started' | 'already' | 'full'>> {
  const answer = await askController(manager, {
    command: logUserDataChanges.encode({ action: trackActions.start.value, cdqid }),
    what: 'Track Send',
    decode: () => succeed('started' as const),
  });
  if (answer.ok) return answer;
  // A log that runs cannot be started (NVMe Base 2.1, 5.1.27); of a queue that is gone the host knows.
  if (isStatus(answer, 'invalidControllerDataQueue')) return succeed('already');
  return isStatus(answer, 'controllerDataQueueFull') ? succeed('full') : answer;
}

/** Ends the log of a controller and deletes its queue; where there is none, there is nothing to do. */
export async function endLog(ends: LoggedController): Promise<Result<void>> {
  const queue = await findQueue(ends);
  if (!queue.ok || queue.value === null) return queue.ok ? succeed(undefined) : queue;
  const cdqid = queue.value.identifier;
  const stopped = await ends.manager.submit(
    logUserDataChanges.encode({ action: trackActions.stop.value, cdqid }),
  );
  // The log of a controller that is suspended cannot be stopped; with the queue it ends all the same.
  if (!stopped.ok) return stopped;
  return remove(ends, cdqid);
}

async function remove({ manager }: LoggedController, cdqid: number): Promise<Result<void>> {
  const answer = await askController(manager, {
    command: deleteControllerDataQueue.encode({ cdqid }),
    what: 'Controller Data Queue',
    decode: () => succeed(undefined),
  });
  return isStatus(answer, 'invalidControllerDataQueue') ? succeed(undefined) : answer;
}

/** Says how far the queue was read: what lies before that may be written over. */
export async function acknowledge(
  { manager }: LoggedController,
  cdqid: number,
  head: number,
): Promise<Result<void>> {
  return askController(manager, {
    command: setControllerDataQueueFeature.encode({ cdqid, etpt: false, hp: head, tpt: 0 }),
    what: 'Set Features, Controller Data Queue',
    decode: () => succeed(undefined),
  });
}

/** Where the next entry of a queue is read, and the phase tag that tells it from what was there before. */
export interface QueuePosition {
  readonly head: number;
  readonly phase: 0 | 1;
}

/** The entries that were posted behind a position, and the position behind them. Errors: `device-data`. */
export function readEntries(
  { memory, slots }: HostDataQueue,
  { head, phase }: QueuePosition,
): Result<{ readonly entries: readonly UserDataMigrationEntry[]; readonly next: QueuePosition }> {
  const entries: UserDataMigrationEntry[] = [];
  let at = head;
  let tag = phase;
  // One slot stays free, so the queue never holds as many as it has.
  while (entries.length < slots - 1) {
    const from = at * userDataMigrationEntryLength;
    const bytes = memory.bytes.subarray(from, from + userDataMigrationEntryLength);
    if (((bytes[userDataMigrationEntryLength - 1] ?? 0) & 1) !== tag) break;
    const entry = decodeUserDataMigrationEntry(bytes);
    if (!entry.ok) return entry;
    entries.push(entry.value);
    at = (at + 1) % slots;
    if (at === 0) tag = tag === 1 ? 0 : 1;
  }
  return succeed({ entries, next: { head: at, phase: tag } });
}

function isStatus(answer: Awaited<ReturnType<typeof askController>>, name: StatusName): boolean {
  if (answer.ok || answer.completion === undefined || isSuccess(answer.completion)) return false;
  const { sct, sc } = statusCodes[name];
  return answer.completion.sct === sct && answer.completion.sc === sc;
}

function noRoom({ title }: LoggedController): Result<never> {
  return fail('device-status', `${title}: an empty queue has no room for an entry`, {
    object: title,
    field: 'Controller Data Queue',
    fix: 'Report this to the vendor of the controller',
  });
}
