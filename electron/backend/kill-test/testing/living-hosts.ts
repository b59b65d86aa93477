import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { createSimulatedFleet } from '../../hosts/simulated/simulated-fleet.ts';
import { SimulatedClock } from '../../simulation/simulated-clock.ts';
import { systemClock } from '../../system-clock.ts';

/** How long one admin command may take, milliseconds. */
export const timeoutMilliseconds = 1000;

/** How long after a kill a command takes effect that was in flight then, milliseconds: within its timeout. */
export const inFlightMilliseconds = 400;

/**
 * Simulated hosts that outlive every program that works on them, as real ones do: nothing of them is ever restored from a
 * journal, and what was handed to them takes effect whether the program still lives or not.
 */
export function openLivingHosts(file: FleetFile) {
  const clock = new SimulatedClock(systemClock, { mode: 'as-fast-as-possible', microseconds: 0 });
  const simulated = createSimulatedFleet(file, { clock, trace: (queue) => queue });
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

  const watch = (after: string) => {
    const running = new Map<string, string>();
    for (const host of hosts)
      for (const { name, state } of host.virtualMachines.machines.values()) {
        if (state !== 'running') continue;
        const other = running.get(name);
        if (other !== undefined) violations.add(`${name} ran on ${other} and ${host.id} after ${after}`);
        running.set(name, host.id);
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

  return {
    hosts,
    clock,
    source,
    key: file.name,
    discovery,
    violations,
    downtimes,
    /** Hands something over that is carried out so much later, whoever lives then. */
    handOver(milliseconds: number, what: string, work: () => Promise<unknown>): void {
      const delivery = clock
        .sleep(milliseconds, { what: `${what}, in flight` })
        .then(work)
        .then(() => watch(what));
      underWay.add(delivery);
      void delivery.finally(() => underWay.delete(delivery));
    },
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
