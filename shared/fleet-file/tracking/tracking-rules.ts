import { userDataMigrationEntryLength } from '../../nvme/layouts/tracking/user-data-migration-entry.ts';
import { base64Length } from '../base64.ts';
import type { FilePrimary } from '../controller/controller-schema.ts';
import { secondaryCntlids } from '../controller/secondaries.ts';
import type { FieldPath, ProblemList } from '../problems.ts';
import type { FileSubsystem, FileVirtualMachine } from '../schema.ts';
import { decodeGranuleRuns, type GranuleRun } from './granule-runs.ts';
import type { FileDataQueue, FileMemoryTracker } from './tracking-schema.ts';

const pageBytes = 4096;

/** What must hold for the Controller Data Queues and memory tracking of one NVM subsystem. */
export function checkTracking(list: ProblemList, path: FieldPath, subsystem: FileSubsystem): void {
  for (const [index, controller] of subsystem.controllers.entries()) {
    if (controller.role !== 'primary' || !controller.tracking) continue;
    const at = [...path, 'controllers', index, 'tracking'];
    const { dataQueues, memoryTrackers } = controller.tracking;
    checkTargets(list, [...at, 'dataQueues'], controller, dataQueues);
    checkTargets(list, [...at, 'memoryTrackers'], controller, memoryTrackers);
    const identifiers = new Set<number>();
    for (const [place, queue] of dataQueues.entries()) {
      const field = [...at, 'dataQueues', place];
      if (identifiers.has(queue.identifier))
        list.add([...field, 'identifier'], `CDQID ${queue.identifier} is used twice`, 'Give each its own');
      identifiers.add(queue.identifier);
      checkQueue(list, field, queue);
    }
    for (const [place, tracker] of memoryTrackers.entries())
      checkTracker(list, [...at, 'memoryTrackers', place], tracker);
  }
}

// A secondary has at most one queue and one tracker, and both belong to its own primary.
function checkTargets(
  list: ProblemList,
  path: FieldPath,
  primary: FilePrimary,
  entries: readonly { readonly cntlid: number }[],
): void {
  const secondaries = new Set(secondaryCntlids(primary));
  const seen = new Set<number>();
  for (const [place, { cntlid }] of entries.entries()) {
    if (!secondaries.has(cntlid))
      list.add(
        [...path, place, 'cntlid'],
        `${cntlid} is not a secondary of this primary controller`,
        'Name one that is',
      );
    if (seen.has(cntlid))
      list.add([...path, place, 'cntlid'], `secondary ${cntlid} is named twice`, 'Name it once');
    seen.add(cntlid);
  }
}

function checkQueue(list: ProblemList, field: FieldPath, queue: FileDataQueue): void {
  for (const key of ['head', 'tail', 'trigger'] as const)
    if (queue[key] >= queue.slots)
      list.add(
        [...field, key],
        `${queue[key]} is beyond the ring of ${queue.slots} slots`,
        'Write a slot of it',
      );
  if (BigInt(queue.address) % BigInt(pageBytes) !== 0n)
    list.add([...field, 'address'], 'it does not start a page of 4 KiB', 'Write a multiple of 0x1000');
  const length = queue.slots * userDataMigrationEntryLength;
  if (base64Length(queue.memory) > length)
    list.add(
      [...field, 'memory'],
      `it holds more than the ${length} bytes of ${queue.slots} entries`,
      'Write fewer bytes, or more slots',
    );
}

function checkTracker(list: ProblemList, field: FieldPath, tracker: FileMemoryTracker): void {
  const granule = BigInt(pageBytes) << BigInt(tracker.granularity);
  const ranges: { readonly from: bigint; readonly to: bigint }[] = [];
  for (const [place, { address, granules }] of tracker.ranges.entries()) {
    const start = BigInt(address);
    if (start % granule !== 0n)
      list.add(
        [...field, 'ranges', place, 'address'],
        `it does not start a granule of ${granule} bytes`,
        'Write a multiple of the granularity',
      );
    ranges.push({ from: start / granule, to: start / granule + BigInt(granules) });
  }
  const runs = checkRuns(list, [...field, 'changed'], tracker.changed);
  const isOutside = runs.some(({ from, count }) => !isCovered(BigInt(from), BigInt(from + count), ranges));
  if (isOutside)
    list.add(
      [...field, 'changed'],
      'it names granules outside the ranges',
      'Write granules of the ranges only',
    );
}

/** Whether ranges, which may touch and overlap, cover everything from `from` up to `to`. */
function isCovered(
  from: bigint,
  to: bigint,
  ranges: readonly { readonly from: bigint; readonly to: bigint }[],
): boolean {
  let at = from;
  while (at < to) {
    const here = at;
    const covering = ranges.find((range) => range.from <= here && here < range.to);
    if (!covering) return false;
    at = covering.to;
  }
  return true;
}

function checkRuns(list: ProblemList, field: FieldPath, text: string): readonly GranuleRun[] {
  const runs = decodeGranuleRuns(text);
  if (runs) return runs;
  list.add(field, 'its bytes are not runs of granules', 'Take it from an exported fleet, or leave it out');
  return [];
}

/** What must hold for the log of pages that a virtual machine's processors wrote to. */
export function checkDirtyLog(list: ProblemList, path: FieldPath, machine: FileVirtualMachine): void {
  if (machine.dirtyLog === undefined) return;
  const field = [...path, 'dirtyLog'];
  const last = checkRuns(list, field, machine.dirtyLog).at(-1);
  if (last && last.from + last.count > Math.ceil(machine.memoryBytes / pageBytes))
    list.add(field, 'it names pages behind the end of the memory', 'Write pages of its memory only');
}
