import type { Pieces } from '../../bounds/pieces.ts';
import { userDataMigrationEntryLength } from '../../nvme/layouts/tracking/user-data-migration-entry.ts';
import { base64Length } from '../base64.ts';
import type { FilePrimary } from '../controller/controller-schema.ts';
import { secondaryCntlids } from '../controller/secondaries.ts';
import type { FieldPath, ProblemList } from '../problems.ts';
import type { FileSubsystem, FileVirtualMachine } from '../schema.ts';
import type { SizeCount } from '../size-rules.ts';
import { visitGranuleRuns } from './granule-runs.ts';
import type { FileDataQueue, FileMemoryTracker } from './tracking-schema.ts';

const pageBytes = 4096;

/** What must hold for the Controller Data Queues and memory tracking of one NVM subsystem. */
export function* checkTracking(
  list: ProblemList,
  path: FieldPath,
  subsystem: FileSubsystem,
  sizes: SizeCount,
): Pieces<void> {
  for (const [index, controller] of subsystem.controllers.entries()) {
    if (yield* list.isEnough()) return;
    if (controller.role !== 'primary' || !controller.tracking) continue;
    const at = [...path, 'controllers', index, 'tracking'];
    const { dataQueues, memoryTrackers } = controller.tracking;
    yield* checkTargets(list, [...at, 'dataQueues'], controller, dataQueues);
    yield* checkTargets(list, [...at, 'memoryTrackers'], controller, memoryTrackers);
    const identifiers = new Set<number>();
    for (const [place, queue] of dataQueues.entries()) {
      if (yield* list.isEnough()) return;
      const field = [...at, 'dataQueues', place];
      if (identifiers.has(queue.identifier))
        list.add([...field, 'identifier'], `CDQID ${queue.identifier} is used twice`, 'Give each its own');
      identifiers.add(queue.identifier);
      checkQueue(list, field, queue);
    }
    for (const [place, tracker] of memoryTrackers.entries())
      yield* checkTracker(list, [...at, 'memoryTrackers', place], tracker, sizes);
  }
}

// A secondary has at most one queue and one tracker, and both belong to its own primary.
function* checkTargets(
  list: ProblemList,
  path: FieldPath,
  primary: FilePrimary,
  entries: readonly { readonly cntlid: number }[],
): Pieces<void> {
  const secondaries = new Set(secondaryCntlids(primary));
  const seen = new Set<number>();
  for (const [place, { cntlid }] of entries.entries()) {
    if (yield* list.isEnough()) return;
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

function* checkTracker(
  list: ProblemList,
  field: FieldPath,
  tracker: FileMemoryTracker,
  sizes: SizeCount,
): Pieces<void> {
  const granule = BigInt(pageBytes) << BigInt(tracker.granularity);
  const ranges: GranuleRange[] = [];
  for (const [place, { address, granules }] of tracker.ranges.entries()) {
    if (yield* list.isEnough()) return;
    const start = BigInt(address);
    if (start % granule !== 0n)
      list.add(
        [...field, 'ranges', place, 'address'],
        `it does not start a granule of ${granule} bytes`,
        'Write a multiple of the granularity',
      );
    ranges.push({ from: start / granule, to: start / granule + BigInt(granules) });
  }
  const joined = joinedRanges(ranges);
  let [isOutside, noted] = [false, 0];
  let at = 0;
  const addsUp = yield* checkRuns(list, [...field, 'changed'], tracker.changed, (from, count) => {
    noted += count;
    let range = joined[at];
    // Runs and ranges ascend.
    while (range !== undefined && range.to <= from) {
      at += 1;
      range = joined[at];
    }
    if (range === undefined || from < range.from || from + count > range.to) isOutside = true;
  });
  if (addsUp) sizes.count('notedGranules', noted, [...field, 'changed']);
  if (addsUp && isOutside)
    list.add(
      [...field, 'changed'],
      'it names granules outside the ranges',
      'Write granules of the ranges only',
    );
}

/** Granules from `from` up to `to`. */
interface GranuleRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** The same granules, ascending, with those in one range that touch or overlap. */
function joinedRanges(ranges: readonly GranuleRange[]): readonly GranuleRange[] {
  const joined: GranuleRange[] = [];
  for (const range of [...ranges].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || range.from > last.to) joined.push(range);
    else if (range.to > last.to) joined[joined.length - 1] = { from: last.from, to: range.to };
  }
  return joined;
}

function* checkRuns(
  list: ProblemList,
  field: FieldPath,
  text: string,
  visit: (from: number, count: number) => void,
): Pieces<boolean> {
  const addsUp = yield* visitGranuleRuns(text, visit);
  if (!addsUp)
    list.add(field, 'its bytes are not runs of granules', 'Take it from an exported fleet, or leave it out');
  return addsUp;
}

/** What must hold for the log of pages that a virtual machine's processors wrote to. */
export function* checkDirtyLog(
  list: ProblemList,
  path: FieldPath,
  machine: FileVirtualMachine,
  sizes: SizeCount,
): Pieces<void> {
  if (machine.dirtyLog === undefined) return;
  const field = [...path, 'dirtyLog'];
  let [end, noted] = [0, 0];
  const addsUp = yield* checkRuns(list, field, machine.dirtyLog, (from, count) => {
    noted += count;
    end = from + count;
  });
  if (addsUp) sizes.count('notedGranules', noted, field);
  if (addsUp && end > Math.ceil(machine.memoryBytes / pageBytes))
    list.add(field, 'it names pages behind the end of the memory', 'Write pages of its memory only');
}
