import { type Link, roundMilliseconds, throughput } from '#shared/migration/link-model.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock } from '../../../ports.ts';
import type { VirtualMachineOperations } from '../../host-connection.ts';
import type { LinkCondition } from './link-condition.ts';
import type { SimulatedMachine } from './machine.ts';

/** Milliseconds between two pieces of memory on the link. */
const sliceMilliseconds = 40;

/** Sends the memory of a virtual machine piece by piece, as fast as the link lets it. */
export async function sendMemory(
  { name, memoryBytes, memoryDigest }: Pick<SimulatedMachine, 'name' | 'memoryBytes' | 'memoryDigest'>,
  destination: Pick<VirtualMachineOperations, 'receiveMemory'>,
  {
    host,
    clock,
    link,
    condition,
    onProgress,
    signal,
  }: {
    /** Name of the host that sends. */
    readonly host: string;
    readonly clock: Clock;
    /** What both ends of the link are made for, and how it does. */
    readonly link: Link;
    readonly condition: LinkCondition;
    /** Gets the bytes sent so far. */
    readonly onProgress: (sentBytes: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<Result<{ readonly bytes: number; readonly checksum: string }>> {
  const wait = { signal, what: `memory of ${name} over the link of ${host}` };
  const slice = Math.max(1, Math.floor((throughput(link) * sliceMilliseconds) / 1000));
  for (let sent = 0; sent < memoryBytes; ) {
    const share = await condition.waitForShare(clock, signal);
    if (share === null && !signal.aborted)
      return fail('aborted', `The migration link of ${host} is down`, {
        object: host,
        field: 'link',
        fix: 'Bring the link up and start again',
      });
    const bytes = Math.min(Math.max(1, Math.floor(slice * (share ?? 1))), memoryBytes - sent);
    const milliseconds = Math.max(1, Math.round((sliceMilliseconds * bytes) / (slice * (share ?? 1))));
    await clock.sleep(milliseconds, wait);
    if (signal.aborted)
      return fail('aborted', `Sending the memory of ${name} was aborted after ${sent} bytes`, {
        object: name,
        field: 'memory',
        fix: 'Destroy the incoming virtual machine and start again',
      });
    const last = sent + bytes === memoryBytes;
    // The last byte travels, and the destination says that it has all.
    if (last && roundMilliseconds(link) > 0) await clock.sleep(roundMilliseconds(link), wait);
    const piece = { offset: sent, bytes, checksum: memoryDigest, last };
    const received = await destination.receiveMemory(name, piece);
    if (!received.ok) return received;
    sent += bytes;
    onProgress(sent);
  }
  return succeed({ bytes: memoryBytes, checksum: memoryDigest });
}
