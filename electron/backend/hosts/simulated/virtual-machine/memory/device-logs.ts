import type { TrackedMemoryChange } from '#shared/nvme/layouts/tracking/tracked-memory-changes.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { DmaLogging } from '../../vfio/dma-logging.ts';
import type { SimulatedMachine } from '../machine.ts';
import { pageBytes } from './guest-memory.ts';

type Logged = Pick<SimulatedMachine, 'name' | 'memoryBytes' | 'devices'>;

/** VFIO DMA logging of all devices of a virtual machine, over all of its memory. Errors: those of the first that refuses. */
export async function startDeviceLogs({ name, memoryBytes, devices }: Logged): Promise<Result<void>> {
  const length = BigInt(Math.ceil(memoryBytes / pageBytes) * pageBytes);
  for (const { address, vfio } of devices) {
    if (!vfio?.dmaLogging)
      return fail(
        'not-supported',
        `${address} does not log where it writes, so ${name} cannot go on while it is sent`,
        {
          object: address,
          field: 'DMA logging',
          fix: 'Stop the guest while its memory is copied (stop-and-copy)',
        },
      );
    const started = await vfio.dmaLogging.start(pageBytes, [{ address: 0n, length }]);
    if (!started.ok) return started;
  }
  return succeed(undefined);
}

/** Stops all of them, also behind one that fails. Errors: those of the first that failed. */
export async function stopDeviceLogs({ devices }: Pick<Logged, 'devices'>): Promise<Result<void>> {
  let result: Result<void> = succeed(undefined);
  for (const { vfio } of devices) {
    const stopped = (await vfio?.dmaLogging?.stop()) ?? succeed(undefined);
    if (!stopped.ok && result.ok) result = stopped;
  }
  return result;
}

/** What the devices wrote since they were asked last. */
export async function takeDeviceWrites({
  memoryBytes,
  devices,
}: Logged): Promise<Result<TrackedMemoryChange[]>> {
  const changes: TrackedMemoryChange[] = [];
  for (const { vfio } of devices) {
    if (!vfio?.dmaLogging) continue;
    const taken = await writesOf(vfio.dmaLogging, memoryBytes);
    if (!taken.ok) return taken;
    changes.push(...taken.value);
  }
  return succeed(changes);
}

async function writesOf(log: DmaLogging, memoryBytes: number): Promise<Result<TrackedMemoryChange[]>> {
  const pages = Math.ceil(memoryBytes / pageBytes);
  const bitmap = await log.report(0n, BigInt(pages) * BigInt(pageBytes), pageBytes);
  if (!bitmap.ok) return bitmap;
  const changes: { saddr: bigint; len: number }[] = [];
  let end = -1;
  // A million bytes for 32 GiB, nearly all of them zero.
  for (let index = 0; index < bitmap.value.length; index++) {
    const byte = bitmap.value[index] ?? 0;
    if (byte === 0) continue;
    for (let bit = 0; bit < 8; bit++) {
      if ((byte & (1 << bit)) === 0) continue;
      const page = index * 8 + bit;
      const last = changes.at(-1);
      if (last !== undefined && end === page) last.len++;
      else changes.push({ saddr: BigInt(page) * BigInt(pageBytes), len: 1 });
      end = page + 1;
    }
  }
  return succeed(changes);
}
