import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Discovery, discoverFleet } from '#backend/fleet/discovery.ts';
import { createFleetFileHandlers } from '#backend/handlers/fleet-file-handlers.ts';
import { createQueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { inTurns } from '#backend/in-turns.ts';
import { readyToKeep } from '#backend/sources/fleet-state.ts';
import { type OpenedSource, openSource, restoreSource } from '#backend/sources/open-source.ts';
import { openStore } from '#backend/store/open-store.ts';
import { type Store, sourceKey } from '#backend/store/store.ts';
import { systemClock } from '#backend/system-clock.ts';
import { createTraceBuffer } from '#backend/trace/trace-buffer.ts';
import { writeJson } from '#shared/bounds/write-json.ts';
import type { Result } from '#shared/result.ts';
import { type Measurement, measured, median } from './figure.ts';
import { withFleetFile } from './hostile-sources.ts';
import { largeFleets } from './large-fleets.ts';
import { longestStall } from './longest-stall.ts';

const runs = 3;

/**
 * The longest time for which a large correct fleet keeps everything else waiting while it is opened, kept, kept again when
 * every controller has changed, shown, exported, and opened again by the next start. Its discovery has a figure of its own.
 */
export async function largeFleetStall(): Promise<Measurement> {
  const stalls = new Map<string, number[]>();
  for (const [name, text] of Object.entries(largeFleets))
    await withFleetFile(text(), async (file) => {
      // The first run compiles.
      for (let run = 0; run <= runs; run++)
        await live(file, async (what, work) => {
          const stall = await longestStall(work);
          const known = stalls.get(`${what} of ${name}`) ?? [];
          if (run > 0) stalls.set(`${what} of ${name}`, [...known, stall]);
        });
    });
  const medians = [...stalls].map(([what, taken]) => [what, median(taken)] as const);
  const [[what, stall] = ['nothing', 0]] = medians.sort((left, right) => right[1] - left[1]);
  return { ...measured([stall], 'ms', 100), runs, notes: [`longest of ${stalls.size}: ${what}`] };
}

type Watch = (what: string, work: () => Promise<unknown>) => Promise<void>;

/** What becomes of a fleet in two starts of the program. */
async function live(file: string, watch: Watch): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-large-'));
  try {
    const { sink } = createTraceBuffer(() => undefined);
    const deps = { clock: systemClock, trace: createQueueTracer(systemClock, sink) };
    let store = storeIn(folder);
    let opened: OpenedSource | undefined;
    await watch('opening', async () => {
      opened = succeeded(await openSource({ kind: 'path', path: file, as: 'recorded' }, deps));
    });
    if (opened === undefined) return;
    const { connections, source } = opened;
    let discovery: Pick<Discovery, 'fleet'> = await discoverFleet(connections, source);
    await watch('keeping', () => keep(opened, store));
    await watch('keeping it again', () => keep(opened, store));
    discovery = await discoverFleet(connections, source);
    await watch('keeping it after a discovery', () => keep(opened, store));
    await watch('the snapshot', () => inTurns(writeJson({ revision: 1, fleet: discovery.fleet })));
    const { state } = opened;
    const current = () => ({ state });
    const editor = createFleetFileHandlers({ sources: { current }, source: () => source });
    await watch('exporting', async () => editor['fleet-file:template']({ kind: 'open' }));
    store.close();
    store = storeIn(folder);
    await watch('the next start', async () => {
      const kept = await inTurns(store.currentSource());
      if (kept === null) throw new Error('nothing was kept');
      opened = succeeded(await restoreSource(kept, deps));
    });
    await watch('keeping it in the next start', () => keep(opened, store));
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As the source manager does it. */
async function keep(opened: OpenedSource | undefined, store: Store): Promise<void> {
  if (opened === undefined) return;
  const { request, source, state } = opened;
  await readyToKeep(state, sourceKey(request), store);
  succeeded(store.setCurrentSource({ request, source, simulatedState: state?.parts() ?? null }));
  await inTurns(store.tidyState());
}

function storeIn(folder: string): Store {
  return succeeded(openStore(folder, systemClock)).store;
}

function succeeded<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
