import { roundMilliseconds, throughput } from '#shared/migration/link-model.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../../../ports.ts';
import type { MemoryProgress, VirtualMachineOperations } from '../../../host-connection.ts';
import type { LinkCondition } from '../link-condition.ts';
import type { SimulatedMachine } from '../machine.ts';
import { pageBytes } from './guest-memory.ts';
import type { LinkRoute, Stream } from './link-traffic.ts';
import type { OutgoingMemory, PageRun } from './outgoing-memory.ts';

/** Milliseconds between two pieces of memory on the link. */
const sliceMilliseconds = 40;

export interface SendMemoryOptions {
  /** Name of the host that sends. */
  readonly host: string;
  readonly clock: Clock;
  /** The way to the destination, and how the link does. */
  readonly route: LinkRoute;
  /** Bytes per second that it may take of the link; left out: all. */
  readonly mostBytesPerSecond?: number | undefined;
  readonly condition: LinkCondition;
  /** Lets the guests do what they would have done until now. */
  readonly settle: () => void;
  readonly onProgress: MemoryProgress;
  readonly signal: AbortSignal;
  /** The guest stands still: when the destination has this, it has everything. */
  readonly last: boolean;
}

/** What a round of sending came to. */
export interface SentMemory {
  /** Bytes that were sent in it. */
  readonly bytes: number;
  /** Digest of what the destination has; null before the last round. */
  readonly arrived: string | null;
  /** The destination no longer had what was sent before, so it was all sent again. */
  readonly startedOver: boolean;
}

/**
 * Sends what is known to be missing of a guest's memory piece by piece, as fast as the link lets it; what is written
 * meanwhile is for the next round. What did not arrive stays missing.
 */
export async function sendMemory(
  machine: Pick<SimulatedMachine, 'name' | 'memoryBytes'>,
  outgoing: OutgoingMemory,
  destination: Pick<VirtualMachineOperations, 'receiveMemory'>,
  options: SendMemoryOptions,
): Promise<Result<SentMemory>> {
  const { route, mostBytesPerSecond = Number.POSITIVE_INFINITY } = options;
  const stream = { most: Math.min(throughput(route.link), mostBytesPerSecond) };
  const leave = route.enter(stream);
  try {
    return await sendOver(stream, machine, outgoing, destination, options);
  } finally {
    leave();
  }
}

async function sendOver(
  stream: Stream,
  machine: Pick<SimulatedMachine, 'name' | 'memoryBytes'>,
  outgoing: OutgoingMemory,
  destination: Pick<VirtualMachineOperations, 'receiveMemory'>,
  { host, clock, route, condition, settle, onProgress, signal, last }: SendMemoryOptions,
): Promise<Result<SentMemory>> {
  const { name, memoryBytes } = machine;
  const wait = { signal, what: `memory of ${name} over the link of ${host}` };
  const { link } = route;
  let total = outgoing.leftBytes;
  let startedOver = false;
  let sent = 0;
  // Milliseconds that the link still needs for what has been taken; the clock is asked for whole ones.
  let owed = 0;
  for (;;) {
    const share = await condition.waitForShare(clock, signal);
    if (share === null && !signal.aborted)
      return fail('aborted', `The migration link of ${host} is down`, {
        object: host,
        field: 'link',
        fix: 'Bring the link up and start again',
      });
    // Others begin and end meanwhile; what each gets is seen anew with every piece.
    const speed = route.speedOf(stream, share ?? 1);
    const before = outgoing.next;
    const taken = outgoing.take(Math.max(1, Math.floor((speed * sliceMilliseconds) / 1000 / pageBytes)));
    const bytes = bytesOf(taken, memoryBytes);
    const isEnd = outgoing.leftBytes === 0;
    owed += (bytes / speed) * 1000;
    const milliseconds = isEnd ? Math.ceil(owed - 1e-6) : Math.floor(owed);
    owed -= milliseconds;
    if (milliseconds > 0) await clock.sleep(milliseconds, wait);
    // The last byte travels, and the destination says that it has all.
    if (isEnd && bytes > 0 && roundMilliseconds(link) > 0) await clock.sleep(roundMilliseconds(link), wait);
    if (signal.aborted) {
      outgoing.giveBack(taken);
      return fail('aborted', `Sending the memory of ${name} was aborted after ${sent} bytes`, {
        object: name,
        field: 'memory',
        fix: 'Destroy the incoming virtual machine and start again',
      });
    }
    settle();
    const { contents } = outgoing;
    const received = await destination.receiveMemory(name, {
      stream: outgoing.stream,
      beginning: contents.beginning,
      before,
      first: taken.first,
      contents: [
        ...(taken.first === null ? [] : contents.written(taken.first.from, taken.first.to)),
        ...taken.again.flatMap(({ from, to }) => [...contents.written(from, to)]),
      ],
      last: last && isEnd,
    });
    if (!received.ok) {
      outgoing.giveBack(taken);
      // The destination is not the one that got the rounds before, or it was started anew.
      if (received.error.code !== 'device-data' || before === 0 || startedOver) return received;
      outgoing.startOver();
      startedOver = true;
      total = outgoing.leftBytes;
      sent = 0;
      continue;
    }
    sent += bytes;
    onProgress(sent, total);
    if (isEnd) return succeed({ bytes: sent, arrived: received.value, startedOver });
  }
}

function bytesOf(
  { first, again }: { readonly first: PageRun | null; readonly again: readonly PageRun[] },
  memoryBytes: number,
): number {
  const runs = first === null ? again : [first, ...again];
  // The last page of a memory may be shorter.
  return runs.reduce(
    (sum, { from, to }) => sum + Math.min(to * pageBytes, memoryBytes) - from * pageBytes,
    0,
  );
}
