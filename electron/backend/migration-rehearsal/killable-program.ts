import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { createFleetWriter } from '../fleet/fleet-writer.ts';
import { createMigrationObserver } from '../migration/migration-observer.ts';
import type { Log } from '../ports.ts';
import { createProcedureRunner } from '../procedures/runner.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { DataFolder } from './data-folder.ts';
import { gatedConnection } from './gated-connection.ts';
import type { Life } from './life.ts';
import { type LivingHosts, timeoutMilliseconds } from './living-hosts.ts';

/**
 * Starts the program on hosts that live already: the store of the folder, a fresh fleet writer that reads everything, and
 * a runner. It lives as long as `life`; a real program would be a process, and its kill SIGKILL. A migration that waits for a
 * person is told to go on at once.
 * @param seed another one for each program, else two procedures would have the same id
 */
export async function startKillableProgram(hosts: LivingHosts, folder: DataFolder, life: Life, seed: number) {
  const clock = life.clock(hosts.clock);
  const log = collectingLog();
  const listeners = new Set<(run: ProcedureRun) => void>();
  const emit = (channel: string, event: unknown) => {
    if (!life.isAlive || channel !== 'run:changed') return;
    for (const listener of listeners) listener(event as ProcedureRun);
  };
  const opened = openStore(folder.path, clock, { open: folder.open });
  if (!opened.ok) throw new Error(opened.error.message);
  const { store } = opened.value;
  const connections = hosts.hosts.map((host) => gatedConnection(host, life, hosts));
  const connection = (id: string) => connections.find((candidate) => candidate.id === id);
  const writer = createFleetWriter(emit, hosts.source, { ...hosts.discovery, clock });
  const runner = createProcedureRunner({
    ...{ writer, clock, log, emit, timeoutMilliseconds },
    store: gatedStore(store, life),
    random: createSeededRandom(seed),
    source: () => ({ key: hosts.key, connections, clock, state: null }),
    opening: () => null,
    occupied: () => null,
    observerFor: createMigrationObserver({
      ...{ connection, log },
      timeout: () => ({ timeoutMilliseconds, clock }),
    }),
    nvmeCli: () => '2.x',
  });
  // Nobody is there who could be asked.
  listeners.add(({ id, status, migration }) => {
    const state = status === 'running' ? migration?.preCopy?.state : undefined;
    if (state === 'holding' || state === 'not-converging')
      queueMicrotask(() => runner.decide(id, 'switch-over'));
  });
  await writer.open(connections, hosts.source, clock);
  return { store, writer, runner, log, listeners };
}

export type Program = Awaited<ReturnType<typeof startKillableProgram>>;

function gatedStore(store: Store, life: Life): Store {
  return {
    ...store,
    saveRun(stored, given, state) {
      const entries = 'event' in given ? ([given] as const) : given;
      const steps = entries.map(({ step }) => (step === undefined ? '' : ` ${step}`));
      const what = `${entries[0].event}${steps.join('')}`;
      // The caller cannot be stopped in the middle of its turn; what it still does has no effect.
      if (!life.pass('before journal', what)) return { ok: true, value: undefined };
      const saved = store.saveRun(stored, given, state);
      life.pass('after journal', what);
      return saved;
    },
  };
}

/** What the program says of itself: an error in it is a defect, whatever else came of the run. */
function collectingLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const line =
    (level: string) =>
    (message: string, details?: unknown): void => {
      lines.push(`${level} ${message} ${details instanceof Error ? details.stack : JSON.stringify(details)}`);
    };
  return { lines, debug: () => undefined, info: () => undefined, warn: line('warn'), error: line('error') };
}
