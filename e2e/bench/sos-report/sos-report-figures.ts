import { discoverFleet } from '#backend/fleet/discovery.ts';
import { createQueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { openSource } from '#backend/sources/open-source.ts';
import { systemClock } from '#backend/system-clock.ts';
import { createTraceBuffer } from '#backend/trace/trace-buffer.ts';
import { type Measurement, measured } from '../figure.ts';
import { longestStall } from '../longest-stall.ts';
import { type GeneratedReport, withSosReport } from './sos-report.ts';

const runs = 3;

/** From a sos report of 200 MB (.tar.gz, as generated) to its fleet, without the window: once through the archive. */
export function sosReport200(): Promise<Measurement> {
  return withSosReport(async (report) => {
    const times: number[] = [];
    let told = 0;
    for (let run = 0; run <= runs; run++) {
      const began = performance.now();
      told = await open(report);
      if (run > 0) times.push(performance.now() - began);
    }
    const sizes = `${(report.packed / 1e6).toFixed(0)} MB packed, ${(report.unpacked / 1e6).toFixed(0)} MB unpacked`;
    return { ...measured(times, 'ms', 5000), notes: [`${sizes}, progress told ${told} times`] };
  });
}

/** The longest time for which that keeps everything else waiting. */
export function sosReport200Stall(): Promise<Measurement> {
  return withSosReport(async (report) => {
    const stalls: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const stall = await longestStall(() => open(report));
      if (run > 0) stalls.push(stall);
    }
    return measured(stalls, 'ms', 100);
  });
}

/** How often it was told how far it is. */
async function open({ file, packed }: GeneratedReport): Promise<number> {
  const { sink } = createTraceBuffer(() => undefined);
  const trace = createQueueTracer(systemClock, sink);
  let [told, last] = [0, 0];
  const onRead = (read: number) => {
    told += 1;
    last = read;
  };
  const opened = await openSource(
    { kind: 'path', path: file, as: 'recorded' },
    { clock: systemClock, trace, onRead },
  );
  if (!opened.ok) throw new Error(opened.error.message);
  const { fleet } = await discoverFleet(opened.value.connections, opened.value.source);
  const [controller] = Object.values(fleet.controllers);
  if (controller?.cntlid !== 65 || last !== packed) throw new Error('the report was not read to its end');
  return told;
}
