import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary, functionAddress } from '#shared/fleet/selectors.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import type { AdminCompletion } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { completionOf } from '#shared/nvme/status.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { createFleetWriter } from '../fleet/fleet-writer.ts';
import { readGuestAnswers } from '../guest-view/guest-answers.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import { createMigrationObserver } from '../migration/migration-observer.ts';
import { controllerToAsk } from '../nvme/ask-controller.ts';
import { createRecoveries } from '../procedures/recovery/recoveries.ts';
import { createProcedureRunner } from '../procedures/runner.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { performFault } from '../simulation/perform-fault.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';
import { openStore } from '../store/open-store.ts';
import { systemClock } from '../system-clock.ts';
import { requestFor, type UnusualRequest } from './migration-request.ts';
import { runToEnd } from './run-to-end.ts';

const silent = {
  debug() {},
  info() {},
  warn() {},
  error(message: string, details?: unknown) {
    throw new Error(`${message}: ${String(details)}`);
  },
};

/**
 * Two simulated hypervisors under a real runner, store, fleet writer and observer; links run at once. It is closed after
 * the test.
 */
export async function openMigrationWorld(file: FleetFile = twoHosts.build()) {
  const clock = new SimulatedClock(systemClock, { mode: 'as-fast-as-possible', microseconds: 0 });
  const timeout = { timeoutMilliseconds: 1000, clock };
  const guests = { silent: false };
  const faults = { armed: false, hits: 0 };
  const strike = (): boolean => {
    if (!faults.armed) return false;
    faults.armed = false;
    faults.hits += 1;
    return true;
  };
  const simulated = createSimulatedFleet(file, {
    clock,
    trace: (queue, { side }) => ({
      refusalOf: () => null,
      submit: async (command): Promise<Result<AdminCompletion>> => {
        if (guests.silent && side === 'guest') return new Promise(() => undefined);
        return changes(command.opcode) && strike()
          ? succeed(completionOf('internalError'))
          : queue.submit(command);
      },
    }),
  });
  if (!simulated.ok) throw new Error(simulated.error.message);
  const connections: HostConnection[] = simulated.value.hosts.map((host) => breakable(host, strike));
  const listeners = new Set<(run: ProcedureRun) => void>();
  const source = {
    kind: 'simulated',
    name: file.name,
    label: 'Simulated fleet · seed 42',
    simulated: true,
    readOnly: null,
    seed: 42,
  } as const;
  const emit = (channel: string, event: unknown) => {
    if (channel === 'run:changed') for (const listener of listeners) listener(event as ProcedureRun);
  };
  const writer = createFleetWriter(emit, source);
  const connection = (id: string) => connections.find((candidate) => candidate.id === id);
  const dataDir = mkdtempSync(join(tmpdir(), 'berth-migration-'));
  const store = openStore(dataDir, systemClock);
  if (!store.ok) throw new Error(store.error.message);
  const runner = createProcedureRunner({
    writer,
    store: store.value.store,
    clock: systemClock,
    random: createSeededRandom(7),
    log: silent,
    emit,
    source: () => ({ key: file.name, connections, clock, state: null }),
    opening: () => null,
    occupied: () => null,
    observerFor: createMigrationObserver({ connection, log: silent, timeout: () => timeout }),
    timeoutMilliseconds: timeout.timeoutMilliseconds,
    nvmeCli: () => '2.x',
  });
  const recoveries = createRecoveries({
    ...{ writer, runner, store: store.value.store },
    sourceKey: () => file.name,
    nvmeCli: () => '2.x',
  });
  await writer.open(connections, source);
  onTestFinished(async () => {
    await runner.close();
    for (const host of connections) await host.close();
    store.value.store.close();
    rmSync(dataDir, { recursive: true });
  });
  /** Runs an intent to its end. */
  const run = (intent: Intent) => runToEnd(runner, intent);
  /** Moves db-primary from `hv-a` to `hv-b`. */
  const migrate = (options: Partial<MigrationOptions> = {}) =>
    run({ kind: 'migrate', request: requestFor(writer.fleet, { options }) });
  const guest = async (fleet: Fleet, id: string) => {
    const secondary = findSecondary(fleet, id);
    const address = secondary === undefined ? null : functionAddress(secondary);
    const queue = connection(secondary?.hostId ?? '')?.guestQueue(address ?? '');
    if (queue?.ok !== true) throw new Error(`no guest queue of ${id}`);
    const answers = await readGuestAnswers(controllerToAsk(queue.value, id, timeout));
    if (!answers.ok) throw new Error(answers.error.message);
    return answers.value;
  };
  /** Something happens to the function of a secondary controller at once, whoever has it. */
  const strikeFunction = (id: string, kind: 'function-reset' | 'controller-fatal') => {
    const secondary = findSecondary(writer.fleet, id);
    const host = simulated.value.hosts.find((one) => one.id === secondary?.hostId);
    const address = secondary === undefined ? null : functionAddress(secondary);
    const entry = address === null ? undefined : host?.kernel.find(address);
    if (host === undefined || entry === undefined) throw new Error(`no function of ${id}`);
    const done = performFault({ kind, target: { host, controller: entry.controller, name: id } });
    if (!done.ok) throw new Error(done.error.message);
  };
  return {
    connection,
    writer,
    runner,
    run,
    requestFor: (unusual?: UnusualRequest) => requestFor(writer.fleet, unusual),
    migrate,
    recoveries,
    listeners,
    faults,
    strikeFunction,
    guests,
    guest,
    timeout,
    store: store.value.store,
  };
}

/** Commands that change something; questions are never broken, so that what went wrong can be read. */
function changes(opcode: number): boolean {
  return (
    opcode !== adminOpcodes.identify &&
    opcode !== adminOpcodes.getLogPage &&
    opcode !== adminOpcodes.getFeatures &&
    opcode !== adminOpcodes.virtualSubsystemReceive &&
    opcode !== adminOpcodes.functionReceive
  );
}

/** A host whose changing calls fail once when `strike` says so. */
function breakable(host: HostConnection, strike: () => boolean): HostConnection {
  const broken = <Calls extends object>(calls: Calls, quiet: readonly string[]): Calls =>
    new Proxy(calls, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (quiet.includes(String(name))) return value.bind(target);
        return (...given: unknown[]) =>
          strike()
            ? Promise.resolve(fail('device-status', `${host.id} failed in ${String(name)}`))
            : Reflect.apply(value, target, given);
      },
    });
  const virtualMachines = broken(host.virtualMachines, ['list', 'receiveMemory']);
  const pci = broken(host.pci, []);
  return new Proxy(host, {
    get(target, name) {
      if (name === 'virtualMachines') return virtualMachines;
      if (name === 'pci') return pci;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export type MigrationWorld = Awaited<ReturnType<typeof openMigrationWorld>>;
