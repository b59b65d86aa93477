import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atOnce } from '#shared/bounds/pieces.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { discoverFleet } from '../fleet/discovery.ts';
import { createFleetWriter } from '../fleet/fleet-writer.ts';
import type { QueueTracer } from '../hosts/traced-admin-queue.ts';
import { createMigrationObserver } from '../migration/migration-observer.ts';
import { createProcedureRunner } from '../procedures/runner.ts';
import { openSource, restoreSource } from '../sources/open-source.ts';
import { openStore } from '../store/open-store.ts';
import { sourceKey } from '../store/store.ts';
import { endOf, runToEnd } from './run-to-end.ts';
import { createTestClock, createTestLog, createTestRandom } from './test-clock.ts';

/**
 * What a test does to a command before the device gets it: let it pass, answer in its place, or hand it over so many
 * milliseconds of simulated time later.
 */
type Interference = (command: AdminCommand) => 'pass' | 'lose' | 'refuse' | { readonly late: number };

/**
 * A real store, writer and runner on a real simulated fleet, with a clock of its own. With the folder of an earlier lab
 * it continues where that one ended.
 */
export async function openLab(name = 'two-hosts', dataDir = mkdtempSync(path.join(tmpdir(), 'berth-lab-'))) {
  const clock = createTestClock();
  const log = createTestLog();
  const commands: AdminCommand[] = [];
  const lab = {
    interfere: (() => 'pass') as Interference,
    /** Before the state of the fleet is kept with a step. */
    beforeKeeping: async (): Promise<void> => undefined,
  };
  const trace: QueueTracer = (queue, _, hostClock) => ({
    refusalOf: () => null,
    async submit(command) {
      commands.push(command);
      const what = lab.interfere(command);
      if (typeof what === 'object') {
        await (hostClock ?? clock).sleep(what.late, { what: 'a command that is late' });
        return queue.submit(command);
      }
      switch (what) {
        case 'pass':
          return queue.submit(command);
        case 'refuse':
          return { ok: true, value: { sct: 0, sc: 6, dnr: true, dw0: 0 } };
        case 'lose': {
          // The device obeys, but nobody hears of it.
          await queue.submit(command);
          return { ok: false, error: { code: 'device-timeout', message: 'No completion came.' } };
        }
      }
    },
  });
  const store = openStore(dataDir, clock);
  if (!store.ok) throw new Error(store.error.message);
  const deps = { clock, trace };
  const kept = atOnce(store.value.store.currentSource());
  const opened =
    kept === null ? await openSource({ kind: 'built-in', name }, deps) : await restoreSource(kept, deps);
  if (!opened.ok) throw new Error(opened.error.message);
  const { connections, source, request, simulation } = opened.value;
  const state = opened.value.state && {
    ...opened.value.state,
    async prepare() {
      await lab.beforeKeeping();
      return opened.value.state?.prepare() ?? 0;
    },
  };
  simulation?.clock.setMode('as-fast-as-possible');
  const events: { channel: string; event: unknown }[] = [];
  const emit = (channel: string, event: unknown) => {
    events.push({ channel, event });
  };
  const writer = createFleetWriter(emit, source);
  await writer.open(connections, source, opened.value.clock);
  store.value.store.setCurrentSource({ request, source, simulatedState: state?.parts() ?? null });
  const connection = (id: string) => connections.find((candidate) => candidate.id === id);
  const runner = createProcedureRunner({
    ...{ writer, clock, log, emit, random: createTestRandom(7), store: store.value.store },
    source: () => ({ key: sourceKey(request), connections, clock: opened.value.clock, state }),
    opening: () => null,
    occupied: () => null,
    observerFor: createMigrationObserver({
      ...{ connection, log },
      timeout: () => ({ timeoutMilliseconds: 1000, clock: opened.value.clock }),
    }),
    timeoutMilliseconds: 1000,
    nvmeCli: () => '2.x',
  });
  return Object.assign(lab, {
    ...{ clock, log, commands, events, connections, simulation, writer, runner, dataDir },
    store: store.value.store,
    /** The fleet as a second, independent reader sees it. */
    rediscovered: async (): Promise<Fleet> => (await discoverFleet(connections, source)).fleet,
    /** Runs an intent to its end. */
    run: (intent: Intent) => runToEnd(runner, intent),
    undo: async (runId?: string) => endOf(runner, await runner.undo(runId)),
  });
}

export type Lab = Awaited<ReturnType<typeof openLab>>;
