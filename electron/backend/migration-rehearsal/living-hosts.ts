import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { fail } from '#shared/result.ts';
import { discoverFleet } from '../fleet/discovery.ts';
import { createSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import type { QueueTracer } from '../hosts/traced-admin-queue.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';
import { systemClock } from '../system-clock.ts';
import { createUserDataWatch } from './user-data-watch.ts';

/** How long one admin command may take, milliseconds. */
export const timeoutMilliseconds = 1000;

/** What is slow or late comes so long after it was sent, milliseconds: half as long again as anybody waits. */
export const belatedMilliseconds = 1.5 * timeoutMilliseconds;

/** How long after a kill a command takes effect that was in flight then, milliseconds: within its timeout. */
export const inFlightMilliseconds = 400;

/**
 * Simulated hosts that outlive every program that works on them, as real ones do: nothing of them is ever restored from a
 * journal, and what was handed to them takes effect whether the program still lives or not.
 * @param lateAt the Migration Send of this number, counted from 1, that a VFIO driver sends on its own account reaches the
 * device only after the driver has given it up; left out: none
 */
export function openLivingHosts(file: FleetFile, lateAt?: number) {
  const clock = new SimulatedClock(systemClock, {
    mode: 'as-fast-as-possible',
    microseconds: file.clock?.microseconds ?? 0,
  });
  const drivers = { sent: 0, lateAt };
  const trace: QueueTracer = (queue) => ({
    ...queue,
    submit: async (command) => {
      if (command.opcode !== adminOpcodes.migrationSend) return queue.submit(command);
      drivers.sent += 1;
      if (drivers.sent !== drivers.lateAt) return queue.submit(command);
      handOver(belatedMilliseconds, 'Migration Send of a driver', () => queue.submit(command));
      await clock.sleep(timeoutMilliseconds, { what: 'a driver that gives a command up' });
      return fail('device-timeout', 'The device did not complete Migration Send.', { object: 'a function' });
    },
  });
  const simulated = createSimulatedFleet(file, { clock, trace });
  if (!simulated.ok) throw new Error(`${simulated.error.message} ${simulated.error.details?.join('\n')}`);
  const { hosts } = simulated.value;
  const source = {
    kind: 'simulated',
    name: file.name,
    label: `Simulated fleet · seed ${file.seed}`,
    simulated: true,
    readOnly: null,
    seed: file.seed,
  } as const;
  const underWay = new Set<Promise<unknown>>();
  /** What was untrue in between, whoever looked. */
  const violations = new Set<string>();
  const discovery = { timeoutMilliseconds, clock, parallel: 8 };

  /** Since when a guest runs nowhere, by its name, and how long that was the last time; milliseconds of simulated time. */
  const stoppedAt = new Map<string, number>();
  const downtimes = new Map<string, number>();

  const watchUserData = createUserDataWatch(hosts);
  const watch = (after: string) => {
    for (const violation of watchUserData(after)) violations.add(violation);
    const running = new Map<string, string>();
    for (const host of hosts)
      for (const { name, state } of host.virtualMachines.machines.values()) {
        if (state !== 'running') continue;
        const other = running.get(name);
        if (other !== undefined) violations.add(`${name} ran on ${other} and ${host.id} after ${after}`);
        running.set(name, host.id);
      }
    for (const arrived of hosts.flatMap((host) => [...host.virtualMachines.machines.values()])) {
      if (arrived.state !== 'incoming' || arrived.memoryDigest === '') continue;
      for (const host of hosts) {
        const stood = host.virtualMachines.machines.get(arrived.name);
        if (stood?.state === 'paused' && stood.memoryDigest !== arrived.memoryDigest)
          violations.add(`the memory of ${arrived.name} arrived as another one after ${after}`);
      }
    }
    const now = clock.microseconds() / 1000;
    for (const name of new Set(hosts.flatMap((host) => [...host.virtualMachines.machines.keys()]))) {
      const stopped = stoppedAt.get(name);
      if (!running.has(name)) stoppedAt.set(name, stopped ?? now);
      else if (stopped !== undefined) {
        stoppedAt.delete(name);
        downtimes.set(name, now - stopped);
      }
    }
  };

  /** Hands something over that is carried out so much later, whoever lives then. */
  function handOver(milliseconds: number, what: string, work: () => Promise<unknown>): void {
    const delivery = clock
      .sleep(milliseconds, { what: `${what}, in flight` })
      .then(work)
      .then(() => watch(what));
    underWay.add(delivery);
    void delivery.finally(() => underWay.delete(delivery));
  }

  return {
    hosts,
    clock,
    source,
    key: file.name,
    discovery,
    violations,
    downtimes,
    handOver,
    drivers,
    watch,
    /** Until everything that was handed over has taken effect. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    /** What the devices say to somebody who has never asked before. */
    truth: async (): Promise<Fleet> => (await discoverFleet(hosts, source, discovery)).fleet,
  };
}

export type LivingHosts = ReturnType<typeof openLivingHosts>;
