import { completionQueueAttributes } from '#shared/nvme/layouts/controller-state/controller-state-queues.ts';
import { seedFor } from '../../../seeded-random.ts';
import type { SimulatedController } from '../state/controller.ts';
import { memoryWritten, userDataChanged } from '../state/tracking-state.ts';
import type { GuestWorkload } from './guest-workload.ts';
import type { SimulatedMachine } from './machine.ts';
import { type GuestMemory, pageBytes } from './memory/guest-memory.ts';

const completionEntryBytes = 16;

/**
 * Lets a guest do what it does in `elapsed` microseconds: processors write memory, devices read and write. The machine's
 * log notes the processors' writes; the devices' are known to their controllers' trackers only, as on real hosts.
 */
export function runGuest(machine: SimulatedMachine, workload: GuestWorkload, elapsed: number): void {
  const { pages, reads, writes } = workload.run(elapsed);
  const contents = machine.outgoing?.contents ?? null;
  if (machine.dirtyLog || contents)
    for (let index = pages.from; index < pages.to; index++) {
      const page = workload.page(index);
      machine.dirtyLog?.granuleWritten(page);
      contents?.write(page);
    }
  const working = machine.devices.map((entry) => entry.controller).filter(isWorking);
  for (const [at, controller] of working.entries()) {
    const mine = (events: { from: number; to: number }) => numbersOf(events, at, working.length);
    const completed =
      doReads(workload, controller, mine(reads), contents) + doWrites(workload, controller, mine(writes));
    complete(controller, completed, contents);
  }
  if (contents) machine.memoryDigest = contents.digest();
  else if (pages.to > pages.from || (working.length > 0 && reads.to > reads.from))
    machine.memoryDigest = changedDigest(machine.memoryDigest, pages.to, reads.to);
}

function isWorking(controller: SimulatedController): boolean {
  if (controller.isOffline || controller.suspended || !controller.isEnabled) return false;
  return controller.live.submissionQueues.size > 0;
}

/** The commands of one device: every n-th of all. */
function numbersOf(
  { from, to }: { from: number; to: number },
  device: number,
  devices: number,
): { readonly first: number; readonly step: number; readonly count: number } {
  const first = from + ((((device - from) % devices) + devices) % devices);
  return { first, step: devices, count: Math.max(0, Math.ceil((to - first) / devices)) };
}

type Numbers = ReturnType<typeof numbersOf>;

// The device writes the data of a read into the guest's memory.
function doReads(
  workload: GuestWorkload,
  controller: SimulatedController,
  numbers: Numbers,
  contents: GuestMemory | null,
): number {
  const [nsid] = controller.subsystem.attachedTo(controller.cntlid);
  const namespace = nsid === undefined ? undefined : controller.subsystem.namespaces.get(nsid);
  if (!namespace) return 0;
  const bytes = workload.file.blocksPerCommand * namespace.file.blockSize;
  controller.health.readCommands += numbers.count;
  controller.health.bytesRead += numbers.count * bytes;
  if (controller.memoryTracker || contents)
    for (let done = 0; done < numbers.count; done++)
      write(controller, workload.readAddress(numbers.first + done * numbers.step, bytes), bytes, contents);
  return numbers.count;
}

function doWrites(workload: GuestWorkload, controller: SimulatedController, numbers: Numbers): number {
  const { subsystem, cntlid } = controller;
  const attached = subsystem.attachedTo(cntlid);
  if (attached.length === 0) return 0;
  const { blocksPerCommand } = workload.file;
  controller.health.writeCommands += numbers.count;
  controller.health.bytesWritten += numbers.count * blocksPerCommand * blockSizeOf(controller, attached);
  if (controller.dataQueue === null) {
    for (const nsid of attached) subsystem.namespaces.get(nsid)?.contents.writtenSomewhere(numbers.count);
    return numbers.count;
  }
  for (let done = 0; done < numbers.count; done++) {
    const index = numbers.first + done * numbers.step;
    const nsid = attached[index % attached.length] ?? 0;
    const namespace = subsystem.namespaces.get(nsid);
    const total = BigInt(namespace?.file.blocks ?? 1);
    const blocks = total < BigInt(blocksPerCommand) ? Number(total) : blocksPerCommand;
    const slba = workload.firstBlock(index, total, blocks);
    namespace?.contents.write(Number(slba), Number(slba) + blocks);
    userDataChanged(controller, { nsid, slba, blocks, deallocated: false });
  }
  return numbers.count;
}

// Writes go round the namespaces; their sizes hardly ever differ, so the first one's counts for all.
function blockSizeOf({ subsystem }: SimulatedController, attached: readonly number[]): number {
  return subsystem.namespaces.get(attached[0] ?? 0)?.file.blockSize ?? 0;
}

/** Moves the queues on, evenly, and writes the completion queue entries. */
function complete(controller: SimulatedController, commands: number, contents: GuestMemory | null): void {
  const { submissionQueues, completionQueues } = controller.live;
  let queue = 0;
  for (const submission of submissionQueues.values()) {
    const share = Math.floor((commands + submissionQueues.size - 1 - queue++) / submissionQueues.size);
    const completion = completionQueues.get(submission.cqid);
    if (share === 0 || !completion) continue;
    const position = (submission.tail + share) % (submission.qsize + 1);
    submissionQueues.set(submission.qid, { ...submission, head: position, tail: position });
    const slots = completion.qsize + 1;
    const end = completion.tail + share;
    const flips = Math.floor(end / slots) % 2;
    const tail = end % slots;
    completionQueues.set(completion.qid, {
      ...completion,
      head: tail,
      tail,
      attributes: withFlippedPhase(completion.attributes, flips),
    });
    const whole = end >= slots;
    const first = whole ? 0 : completion.tail;
    const length = (whole ? slots : share) * completionEntryBytes;
    write(controller, completion.prp1 + BigInt(first * completionEntryBytes), length, contents);
  }
}

/** The device writes: its controlling function notes it where it tracks, and the memory holds something else. */
function write(
  controller: SimulatedController,
  address: bigint,
  length: number,
  contents: GuestMemory | null,
): void {
  memoryWritten(controller, address, length);
  if (!contents) return;
  const last = Math.floor((Number(address) + length - 1) / pageBytes);
  for (let page = Math.floor(Number(address) / pageBytes); page <= last; page++) contents.write(page);
}

/** Slot 0 gets another phase tag each time that the queue begins again. */
function withFlippedPhase(attributes: number, flips: number): number {
  const known = completionQueueAttributes.decode(attributes);
  return completionQueueAttributes.encode({ ...known, s0pt: known.s0pt !== (flips === 1) });
}

function changedDigest(digest: string, pages: number, reads: number): string {
  const half = (name: string) => seedFor(pages, `${digest}/${name}/${reads}`).toString(16).padStart(8, '0');
  return half('low') + half('high');
}
