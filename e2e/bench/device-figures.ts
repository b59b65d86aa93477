import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { discoverFleet } from '#backend/fleet/discovery.ts';
import { rack } from '#backend/hosts/simulated/built-in/rack.ts';
import { twoHosts } from '#backend/hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet, type SimulatedFleet } from '#backend/hosts/simulated/simulated-fleet.ts';
import { createQueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { systemClock } from '#backend/system-clock.ts';
import { createTraceBuffer } from '#backend/trace/trace-buffer.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  virtualizationActions,
  virtualizationManagement,
} from '#shared/nvme/commands/virtualization-management.ts';
import { type Measurement, measured, median, spreadOf } from './figure.ts';
import { longestStall } from './longest-stall.ts';

/** `rack` as the source of a fleet that is discovered. */
export const rackSource: FleetSource = {
  kind: 'simulated',
  name: 'rack',
  label: 'rack',
  simulated: true,
  readOnly: null,
  seed: 1,
};

const runs = 7;
const commandsPerRun = 50_000;
const primaryAddress = '0000:41:00.0';
/** A secondary of that primary which is offline and stays so. */
const idleSecondary = 20;

/** A fleet whose commands all go into a trace, as in the program. */
export function tracedFleet(file: FleetFile): SimulatedFleet {
  const { sink } = createTraceBuffer(() => undefined);
  const fleet = createSimulatedFleet(file, {
    clock: systemClock,
    trace: createQueueTracer(systemClock, sink),
  });
  if (!fleet.ok) throw new Error(fleet.error.message);
  return fleet.value;
}

async function commandsPerSecond(command: AdminCommand, atLeast: number): Promise<Measurement> {
  const queue = tracedFleet(twoHosts.build()).hosts[0]?.adminQueue(primaryAddress);
  if (!queue?.ok) throw new Error('two-hosts has no such primary');
  const rates: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const began = performance.now();
    for (let sent = 0; sent < commandsPerRun; sent++) {
      const answer = await queue.value.submit(command);
      if (!answer.ok || answer.value.sc !== 0) throw new Error('the command was refused');
    }
    // The first run compiles.
    if (run > 0) rates.push(commandsPerRun / ((performance.now() - began) / 1000));
  }
  return {
    value: median(rates),
    unit: '/s',
    baseline: null,
    limit: { on: 'value', is: 'at least', value: atLeast },
    runs,
    spread: spreadOf(rates),
    notes: [],
  };
}

/** Secondary Assign through the traced queue of a primary. */
export function virtualizationManagementRate(): Promise<Measurement> {
  const act = virtualizationActions.secondaryAssign.value;
  const command = virtualizationManagement.encode({ cntlid: idleSecondary, act, nr: 2 });
  return commandsPerSecond(command, 300_000);
}

/** Identify Controller with its 4096 bytes through the traced queue. */
export function identifyRate(): Promise<Measurement> {
  return commandsPerSecond(identifyCommand(identifyStructures.controller), 150_000);
}

/** From the file of the fleet `rack` to hosts that answer. */
export async function rackBuild(): Promise<Measurement> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    tracedFleet(rack.build());
    times.push(performance.now() - began);
  }
  return measured(times, 'ms', 1500);
}

/** What the fleet `rack` holds in memory, after a collection, before anybody reads it. */
export async function rackMemory(): Promise<Measurement> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = async () => {
    // Twice, with a turn in between: what the first one finds dead may hold the rest until its finalizers ran.
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  };
  const sizes: number[] = [];
  // A local variable may live on in its register; emptying a list lets go for certain.
  const held: SimulatedFleet[] = [];
  for (let run = 0; run <= 3; run++) {
    held.length = 0;
    const before = await used();
    held.push(tracedFleet(rack.build()));
    const size = (await used()) - before;
    if (held[0]?.hosts.length !== 25) throw new Error('rack has 25 hosts');
    // The first run compiles, and compiled code is memory too.
    if (run > 0) sizes.push(size);
  }
  return measured(sizes, 'MB', 150);
}

/** Discovery of `rack` through Identify. */
export async function rackDiscovery(): Promise<Measurement> {
  const { times } = await discoverRack();
  return measured(times, 'ms', 2000);
}

/** The longest time for which discovery of `rack` keeps everything else waiting. */
export async function rackDiscoveryStall(): Promise<Measurement> {
  const { stalls } = await discoverRack();
  return measured(stalls, 'ms', 50);
}

async function discoverRack(): Promise<{ readonly times: number[]; readonly stalls: number[] }> {
  const times: number[] = [];
  const stalls: number[] = [];
  for (let run = 0; run <= 3; run++) {
    const { hosts } = tracedFleet(rack.build());
    const began = performance.now();
    const stall = await longestStall(() => discoverFleet(hosts, rackSource));
    const ended = performance.now();
    if (run === 0) continue;
    times.push(ended - began);
    stalls.push(stall);
  }
  return { times, stalls };
}
