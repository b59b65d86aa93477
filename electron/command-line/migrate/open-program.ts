import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFleetWriter, type FleetWriter } from '#backend/fleet/fleet-writer.ts';
import type { SimulatedHost } from '#backend/hosts/simulated/host/simulated-host.ts';
import { createSimulatedFleet } from '#backend/hosts/simulated/simulated-fleet.ts';
import { createMigrationObserver } from '#backend/migration/migration-observer.ts';
import type { Log } from '#backend/ports.ts';
import { createProcedureRunner, type ProcedureRunner } from '#backend/procedures/runner.ts';
import { SimulatedClock } from '#backend/simulation/simulated-clock.ts';
import { openDatabase } from '#backend/store/database.ts';
import { openStore } from '#backend/store/open-store.ts';
import type { Store } from '#backend/store/store.ts';
import { systemClock } from '#backend/system-clock.ts';
import { systemRandom } from '#backend/system-random.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { type Result, succeed } from '#shared/result.ts';

/** Longer than any command of a healthy device takes; as fast as possible, it passes at once. */
const commandTimeoutMilliseconds = 10_000;

/** What the window has behind it, on a simulated fleet in memory: hosts, the fleet as it was read, and procedures. */
export interface HeadlessProgram {
  readonly hosts: readonly SimulatedHost[];
  readonly clock: SimulatedClock;
  readonly writer: FleetWriter;
  readonly runner: ProcedureRunner;
  readonly store: Store;
  close(): Promise<void>;
}

/**
 * Opens a simulated fleet with a runner whose journal ends with it. Simulated time passes as fast as it can.
 * @param onRun told every change of every run
 */
export async function openHeadlessProgram(
  file: FleetFile,
  { log, onRun }: { readonly log: Log; readonly onRun: (run: ProcedureRun) => void },
): Promise<Result<HeadlessProgram>> {
  const clock = new SimulatedClock(systemClock, {
    mode: 'as-fast-as-possible',
    microseconds: file.clock?.microseconds ?? 0,
  });
  const fleet = createSimulatedFleet(file, {
    clock,
    trace: (queue) => queue,
    adminTimeoutMilliseconds: commandTimeoutMilliseconds,
  });
  if (!fleet.ok) return fleet;
  const { hosts } = fleet.value;
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-'));
  const opened = openStore(folder, systemClock, {
    open: () => ({ ...openDatabase(':memory:', 'read-write'), ensureInPlace: () => 'in-place' }),
  });
  if (!opened.ok) return opened;
  const { store } = opened.value;
  const source: FleetSource = {
    ...{ name: file.name, label: `Simulated fleet · seed ${file.seed}` },
    ...{ kind: 'simulated', simulated: true, readOnly: null, seed: file.seed },
  };
  const emit = (channel: string, event: unknown) => {
    if (channel === 'run:changed') onRun(event as ProcedureRun);
  };
  const writer = createFleetWriter(emit, source);
  const timeout = { timeoutMilliseconds: commandTimeoutMilliseconds, clock };
  const runner = createProcedureRunner({
    ...{ writer, store, log, emit, clock: systemClock, random: systemRandom },
    source: () => ({ key: file.name, connections: hosts, clock, state: null }),
    opening: () => null,
    occupied: () => null,
    observerFor: createMigrationObserver({
      ...{ log, timeout: () => timeout },
      connection: (id) => hosts.find((host) => host.id === id),
    }),
    timeoutMilliseconds: commandTimeoutMilliseconds,
    nvmeCli: () => '2.x',
  });
  await writer.open(hosts, source, clock);
  return succeed({
    ...{ hosts, clock, writer, runner, store },
    async close() {
      await runner.close();
      for (const host of hosts) await host.close();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}
