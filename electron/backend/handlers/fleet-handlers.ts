import { resolve } from 'node:path';
import { succeed } from '#shared/result.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import { listSnapshots } from '../hosts/capture/capture.ts';
import type { Reading } from '../hosts/capture/storage/open-storage.ts';
import { builtInFleets } from '../hosts/simulated/built-in/built-in-fleets.ts';
import { inTurns } from '../in-turns.ts';
import { recognise } from '../sources/recognise.ts';
import type { SourceManager } from '../sources/source-manager.ts';
import type { Store } from '../store/store.ts';
import type { Handlers } from './handler.ts';

export type FleetChannel =
  | 'fleet:snapshot'
  | 'fleet:sources'
  | 'fleet:capture-snapshots'
  | 'fleet:open'
  | 'fleet:forget-recent'
  | 'outputs:recognise';

export function createFleetHandlers(deps: {
  readonly writer: FleetWriter;
  readonly store: Store;
  readonly sources: SourceManager;
  readonly reading: Reading;
}): Handlers<FleetChannel> {
  const { writer, store, sources, reading } = deps;
  return {
    'fleet:snapshot': async () => succeed({ json: await inTurns(writer.snapshotJson()) }),
    'fleet:sources': async () =>
      succeed({
        current: writer.fleet.source,
        builtIn: builtInFleets.map(({ name, title, description }) => ({ name, title, description })),
        recent: store.recentSources(),
      }),
    'fleet:capture-snapshots': ({ path }) => listSnapshots(resolve(path), reading),
    'fleet:open': (request) => sources.open(request),
    'outputs:recognise': (request) => recognise(request, reading),
    'fleet:forget-recent': async () => {
      const forgotten = store.forgetRecent();
      await sources.forgetPasted();
      return forgotten.ok ? succeed({}) : forgotten;
    },
  };
}
