import { discoverFleet } from '#backend/fleet/discovery.ts';
import { createQueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { openSource } from '#backend/sources/open-source.ts';
import { systemClock } from '#backend/system-clock.ts';
import { createTraceBuffer } from '#backend/trace/trace-buffer.ts';
import { type Measurement, measured } from './figure.ts';
import { withLargeCapture } from './large-capture.ts';
import { longestStall } from './longest-stall.ts';

const runs = 3;

/** From the folder of a capture of 1,000 controllers to its fleet. */
export function capture1000(): Promise<Measurement> {
  return openTimes(1000, 2000);
}

/** The same for 3,000 controllers. */
export function capture3000(): Promise<Measurement> {
  return openTimes(3000, 6000);
}

/** The longest time for which opening the larger one keeps everything else waiting. */
export function capture3000Stall(): Promise<Measurement> {
  return withLargeCapture(3000, async (folder) => {
    const stalls: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const stall = await longestStall(() => open(folder, 3000));
      if (run > 0) stalls.push(stall);
    }
    return measured(stalls, 'ms', 100);
  });
}

function openTimes(controllers: number, atMost: number): Promise<Measurement> {
  return withLargeCapture(controllers, async (folder) => {
    const times: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const began = performance.now();
      await open(folder, controllers);
      // The first run compiles and fills the cache of the file system.
      if (run > 0) times.push(performance.now() - began);
    }
    return measured(times, 'ms', atMost);
  });
}

async function open(folder: string, controllers: number): Promise<void> {
  const { sink } = createTraceBuffer(() => undefined);
  const trace = createQueueTracer(systemClock, sink);
  const opened = await openSource(
    { kind: 'path', path: folder, as: 'recorded' },
    { clock: systemClock, trace },
  );
  if (!opened.ok) throw new Error(opened.error.message);
  const { fleet } = await discoverFleet(opened.value.connections, opened.value.source);
  const found = Object.keys(fleet.controllers).length;
  if (found < controllers) throw new Error(`${found} of ${controllers} controllers were found`);
}
