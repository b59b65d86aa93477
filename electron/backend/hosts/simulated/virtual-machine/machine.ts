import type { FileVirtualMachine } from '#shared/fleet-file/schema.ts';
import { createSeededRandom, seedFor } from '../../../seeded-random.ts';
import type { PciFunction } from '../host/pci-function.ts';
import { MemoryTracker } from '../state/memory-tracker.ts';
import type { GuestWorkload } from './guest-workload.ts';
import { pageBytes } from './memory/guest-memory.ts';
import type { IncomingMemory } from './memory/incoming-memory.ts';
import type { OutgoingMemory } from './memory/outgoing-memory.ts';

/** A virtual machine of a simulated host. */
export interface SimulatedMachine {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly viommu: boolean;
  state: FileVirtualMachine['state'];
  /** In the order in which they were attached. */
  readonly devices: PciFunction[];
  /** Addresses that its configuration still names, of functions that left the host while it had them. */
  readonly lostDevices: Set<string>;
  /** Stands for the contents of its memory, 16 hexadecimal digits; empty until an incoming one has received them. */
  memoryDigest: string;
  /** Bytes received so far while `incoming`. */
  receivedBytes: number;
  /** What the guest does while it runs; null for one that keeps still. */
  workload: GuestWorkload | null;
  /** Pages that its processors wrote to, while somebody migrates it; null when nobody logs. */
  dirtyLog: MemoryTracker | null;
  /** What its destination does not have yet; null while it is not sent. Lost when the program ends. */
  outgoing: OutgoingMemory | null;
  /** What it has received as an incoming one; null before. Lost when the program ends. */
  incoming: IncomingMemory | null;
  /** Share of their time that its processors do not get, 0 up to 0.99. */
  throttle: number;
}

/** An empty log of the pages that a guest's processors write to. */
export function emptyDirtyLog(memoryBytes: number): MemoryTracker {
  return new MemoryTracker(0, [{ saddr: 0n, len: Math.ceil(memoryBytes / pageBytes) }]);
}

/** Contents of a memory that the file does not name. */
export function memoryDigest(seed: number, host: string, name: string): string {
  const random = createSeededRandom(seedFor(seed, `${host}:${name}`));
  const half = () =>
    Math.floor(random.next() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return half() + half();
}
