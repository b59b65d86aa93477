import { featureIdentifiers } from '#shared/nvme/commands/features.ts';
import {
  completionQueueAttributes,
  submissionQueueAttributes,
} from '#shared/nvme/layouts/controller-state/controller-state-queues.ts';
import { createSeededRandom, seedFor } from '../../../seeded-random.ts';
import { queueAddress } from '../commands/queues/queues.ts';
import type { SimulatedController } from '../state/controller.ts';
import { driverEventIdentifier, resetLiveState } from '../state/live-state.ts';
import { shownCap, shownResources } from './exposed-answers.ts';

/** CC as Linux writes it: 64-byte submission and 16-byte completion entries, enabled. */
const configuration = 0x00460001;
/** AQA: 32 entries in each admin queue. */
const adminQueueAttributes = 0x001f001f;
const largestQueue = 1023;
const supportedEventsOffset = 92;
/** Attached namespace attribute and firmware activation notices. */
const driverEvents = 0x300;

/** Who starts the controller. */
export interface Driver {
  /** Processors of the host or virtual CPUs of the guest: the driver asks for that many I/O queues. */
  readonly processors: number;
  /** Queue positions follow from it; a driver that has just started has all at 0. */
  readonly workSeed?: number;
}

/**
 * Enables a controller as an nvme driver does: admin queue, Number of Queues, I/O queues with their interrupt vectors,
 * event configuration, one outstanding Asynchronous Event Request.
 */
export function startController(controller: SimulatedController, driver: Driver): void {
  const live = resetLiveState();
  const view = new DataView(controller.identifyTemplate.buffer, controller.identifyTemplate.byteOffset);
  live.properties = {
    cc: configuration,
    intms: 0,
    aqa: adminQueueAttributes,
    asq: queueAddress(0, false),
    acq: queueAddress(0, true),
  };
  live.features.set(
    featureIdentifiers.asynchronousEventConfiguration.value,
    view.getUint32(supportedEventsOffset, true) & driverEvents,
  );
  live.events.outstanding = [driverEventIdentifier];
  const count = ioQueueCount(controller, driver.processors);
  const qsize = Math.min(Number(shownCap(controller) & 0xffffn), largestQueue);
  const seed = driver.workSeed;
  const random =
    seed === undefined
      ? { next: () => 0 }
      : createSeededRandom(seedFor(seed, `${controller.subsystem.nqn}/${controller.cntlid}`));
  const position = () => Math.floor(random.next() * (qsize + 1));
  for (let qid = 1; qid <= count; qid++) {
    // With one vector the admin queue and all I/O queues share it.
    const vector =
      shownResources(controller).interruptVectors > 1
        ? Math.min(qid, shownResources(controller).interruptVectors - 1)
        : 0;
    const submission = position();
    const completion = position();
    live.submissionQueues.set(qid, {
      prp1: queueAddress(qid, false),
      qsize,
      qid,
      cqid: qid,
      attributes: submissionQueueAttributes.encode({ pc: true }),
      head: submission,
      tail: submission,
    });
    live.completionQueues.set(qid, {
      prp1: queueAddress(qid, true),
      qsize,
      qid,
      head: completion,
      tail: completion,
      attributes: completionQueueAttributes.encode({
        pc: true,
        ien: true,
        s0pt: random.next() < 0.5,
        iv: vector,
      }),
    });
  }
  for (let vector = 0; vector < Math.min(shownResources(controller).interruptVectors, count + 1); vector++)
    live.vectors.push({ address: 0xfee00000n, data: 0x4020 + vector, masked: false });
  controller.clear();
  controller.live = live;
}

/** I/O queue pairs that a driver makes: one for each processor, as far as queues and interrupts reach. */
function ioQueueCount(controller: SimulatedController, processors: number): number {
  const interrupts = Math.max(1, shownResources(controller).interruptVectors - 1);
  return Math.max(0, Math.min(processors, shownResources(controller).ioQueuePairs, interrupts));
}
