import { discoverFleet } from '#backend/fleet/discovery.ts';
import { createFleetFileHandlers } from '#backend/handlers/fleet-file-handlers.ts';
import { createQueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { openSource } from '#backend/sources/open-source.ts';
import { systemClock } from '#backend/system-clock.ts';
import { createTraceBuffer } from '#backend/trace/trace-buffer.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import { type Measurement, measured, median } from './figure.ts';
import {
  hostileFleetFiles,
  hostileRecordings,
  hostileSnapshot,
  withFleetFile,
  withRecording,
} from './hostile-sources.ts';
import { longestStall } from './longest-stall.ts';

const runs = 3;

/** The longest time for which opening or checking the worst fleet files keeps everything else waiting. */
export async function hostileFileStall(): Promise<Measurement> {
  const editor = createFleetFileHandlers({
    sources: { current: () => ({ state: null }) },
    source: () => {
      throw new Error('nothing is open');
    },
  });
  const stalls = new Map<string, number>();
  for (const [what, text] of Object.entries(hostileFleetFiles)) {
    const content = text();
    await withFleetFile(content, async (file) => {
      stalls.set(what, await typicalStall(() => open({ kind: 'path', path: file, as: 'recorded' })));
      stalls.set(
        `${what}, in the editor`,
        await typicalStall(async () => editor['fleet-file:check']({ text: content })),
      );
    });
  }
  return longest(stalls);
}

/** The same for captures that were tampered with, recorded and as twins. */
export async function hostileCaptureStall(): Promise<Measurement> {
  const stalls = new Map<string, number>();
  for (const [file, sources] of Object.entries(hostileRecordings))
    for (const [what, text] of Object.entries(sources))
      await withRecording(file, text(), async (folder) => {
        for (const as of ['recorded', 'twin'] as const)
          stalls.set(
            `${file} with ${what}, ${as}`,
            await typicalStall(() => open({ kind: 'path', path: folder, as, snapshot: hostileSnapshot })),
          );
      });
  return longest(stalls);
}

async function open(request: OpenRequest): Promise<void> {
  const { sink } = createTraceBuffer(() => undefined);
  const trace = createQueueTracer(systemClock, sink);
  const opened = await openSource(request, { clock: systemClock, trace });
  if (opened.ok) await discoverFleet(opened.value.connections, opened.value.source);
}

async function typicalStall(work: () => Promise<unknown>): Promise<number> {
  const stalls: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const stall = await longestStall(work);
    // The first run compiles.
    if (run > 0) stalls.push(stall);
  }
  return median(stalls);
}

/** The figure is that of the worst; the note names it. */
function longest(stalls: ReadonlyMap<string, number>): Measurement {
  const [[what, stall] = ['nothing', 0]] = [...stalls].sort((left, right) => right[1] - left[1]);
  return { ...measured([stall], 'ms', 100), runs, notes: [`longest of ${stalls.size}: ${what}`] };
}
