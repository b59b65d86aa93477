import type { RehearsalFault } from '#shared/migration/rehearsal/fault.ts';
import { migrationReceive } from '#shared/nvme/commands/migration/migration-receive.ts';
import { trackReceive } from '#shared/nvme/commands/migration/track-receive.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { runsThereOnly } from '#shared/report/proof-words.ts';
import { resetController } from '../hosts/simulated/controller/resets.ts';
import { isPrimary, isSecondary, type SimulatedController } from '../hosts/simulated/state/controller.ts';
import { performFault } from '../simulation/perform-fault.ts';
import { folderInMemory } from './data-folder.ts';
import { type Guest, lookAtGuests } from './guests.ts';
import { startKillableProgram } from './killable-program.ts';
import { Life } from './life.ts';
import type { TwinScenario } from './live-through.ts';
import { type LivingHosts, openLivingHosts } from './living-hosts.ts';

/** What happens to hosts and devices while a migration is at a step. */
export type Strike = Extract<
  RehearsalFault,
  | 'wrong-length'
  | 'link-down'
  | 'source-host-lost'
  | 'destination-host-lost'
  | 'source-primary-reset'
  | 'destination-primary-reset'
  | 'source-function-reset'
  | 'destination-function-reset'
>;

export interface StruckOutcome {
  readonly status: string;
  readonly problems: readonly string[];
  readonly run: ProcedureRun | null;
  readonly guests: readonly Guest[];
  /** How long each guest stood still the last time that it did, milliseconds, by its name. */
  readonly downtimes: ReadonlyMap<string, number>;
}

/** The guest that moves, and its two hosts. */
interface Moved {
  readonly name: string;
  readonly sourceId: string;
  readonly destinationId: string;
}

/** Milliseconds of the machine. */
const hangingMilliseconds = 60_000;

/**
 * Runs a migration and lets something happen when a step begins. What must hold whatever happens: the guest never runs twice,
 * never again at its source once it ran at its destination, and runs in the end unless its host was lost; what arrived is what
 * was sent; nothing of it is left at the destination of one that was taken back, and nothing is tracked any more.
 */
export async function strikeAt(scenario: TwinScenario, step: number, strike: Strike): Promise<StruckOutcome> {
  const hosts = openLivingHosts(scenario.fleet());
  const folder = folderInMemory();
  const program = await startKillableProgram(hosts, folder, new Life(), 1);
  try {
    const intent = scenario.intent(program.writer.fleet);
    if (intent.kind !== 'migrate') throw new Error('only migrations are struck');
    const { hostId: sourceId, name } = machineParts(intent.request.virtualMachineId);
    const destinationId = intent.request.destinationHostId;
    const moved: Moved = { name, sourceId, destinationId };
    const problems = new Set<string>();
    let isStruck = false;
    let ranThere = false;
    program.listeners.add((run) => {
      const runs = (hostId: string) => machineOn(hosts, hostId, name)?.state === 'running';
      if (runs(destinationId)) ranThere = true;
      else if (ranThere && runs(sourceId))
        problems.add(`${name} was resumed at its source after it ran there`);
      if (isStruck || run.steps[step]?.status !== 'running') return;
      isStruck = true;
      queueMicrotask(() => happen(hosts, strike, moved));
    });
    const started = await program.runner.start(intent);
    if (!started.ok) throw new Error(started.error.message);
    const run = await inTime(program.runner.finished(started.value.id));
    const { downtimes } = hosts;
    if (run === null) return { status: 'hangs', problems: ['it hangs'], run: null, guests: [], downtimes };
    await hosts.settled();
    const guests = await lookAtGuests(hosts);
    for (const problem of wrongAfter(hosts, run, { strike, moved, guests })) problems.add(problem);
    for (const violation of hosts.violations) problems.add(violation);
    for (const line of program.log.lines) if (line.startsWith('error')) problems.add(line);
    return { status: run.status, problems: [...problems], run, guests, downtimes };
  } finally {
    program.store.close();
    folder.remove();
  }
}

function wrongAfter(
  hosts: LivingHosts,
  run: ProcedureRun,
  {
    strike,
    moved,
    guests,
  }: { readonly strike: Strike; readonly moved: Moved; readonly guests: readonly Guest[] },
): string[] {
  const wrong: string[] = [];
  const { name, sourceId, destinationId } = moved;
  const copies = guests.filter((guest) => guest.name === name);
  const running = copies.filter(({ state }) => state === 'running');
  if (running.length > 1) wrong.push(`${name} runs on both sides`);
  const isLost = strike === 'source-host-lost' || strike === 'destination-host-lost';
  const saysWhatIsLeft = run.status === 'failed' && run.leftovers.length > 0;
  if (running.length === 0 && !isLost && !saysWhatIsLeft) wrong.push(`${name} runs nowhere`);
  if (copies.length === 0) wrong.push(`${name} is gone`);
  const isKnown =
    run.migration?.proof.some(({ what, equal }) => what.endsWith(runsThereOnly) && !equal) === true;
  if (run.status === 'done' && running[0]?.hostId !== destinationId && !isKnown)
    wrong.push('done, but it does not run there');
  if (run.status === 'rolled-back') {
    if (running[0]?.hostId !== sourceId && !isLost)
      wrong.push('rolled back, but it does not run at its source');
    if (machineOn(hosts, destinationId, name) !== undefined && strike !== 'destination-host-lost')
      wrong.push(`rolled back, but ${name} is left at the destination`);
  }
  if (run.status === 'failed' && run.error === null) wrong.push('failed without a reason');
  if (run.status !== 'failed')
    for (const host of hosts.hosts)
      for (const { controller } of host.kernel.functions.values()) {
        if (controller.memoryTracker !== null)
          wrong.push(`controller ${controller.cntlid} of ${host.id} is tracked`);
        if (controller.dataQueue !== null)
          wrong.push(`controller ${controller.cntlid} of ${host.id} is logged`);
      }
  return wrong;
}

function machineOn(hosts: LivingHosts, hostId: string, name: string) {
  return hosts.hosts.find(({ id }) => id === hostId)?.virtualMachines.machines.get(name);
}

/** Lets it happen to the first device of the guest, on the side that the strike names. */
function happen(hosts: LivingHosts, strike: Strike, { name, sourceId, destinationId }: Moved): void {
  const side = strike.startsWith('destination') ? destinationId : sourceId;
  const host = hosts.hosts.find(({ id }) => id === side);
  if (host === undefined) throw new Error(`no host ${side}`);
  const [first] = machineOn(hosts, side, name)?.devices ?? [];
  switch (strike) {
    case 'wrong-length':
      for (const { opcode } of [migrationReceive, trackReceive])
        for (const each of hosts.hosts)
          for (const { controller } of each.kernel.functions.values())
            if (isPrimary(controller))
              controller.subsystem.faults.add({
                ...{ opcode, cntlid: null, occurrence: 1, count: 1 },
                effect: { kind: 'wrong-length', bytes: 12 },
              });
      return;
    case 'link-down':
      expectDone(performFault({ kind: 'link', host, state: { kind: 'down' } }));
      return;
    case 'source-host-lost':
    case 'destination-host-lost':
      expectDone(performFault({ kind: 'host-power-loss', host }));
      return;
    case 'source-primary-reset':
    case 'destination-primary-reset': {
      const primary = primaryOf(first?.controller) ?? anyPrimary(host.kernel.functions.values());
      if (primary !== null) resetController(primary, 'controller');
      return;
    }
    case 'source-function-reset':
    case 'destination-function-reset':
      // There may be none yet, or none any more.
      if (first !== undefined) host.kernel.functionReset(first);
  }
}

function expectDone({ ok }: { readonly ok: boolean }): void {
  if (!ok) throw new Error('the fault could not happen');
}

function primaryOf(controller: SimulatedController | undefined): SimulatedController | null {
  if (controller === undefined || !isSecondary(controller)) return null;
  return (
    [...controller.subsystem.controllers.values()].find(
      (one) => isPrimary(one) && one.part.secondaries.includes(controller),
    ) ?? null
  );
}

function anyPrimary(
  entries: Iterable<{ readonly controller: SimulatedController }>,
): SimulatedController | null {
  for (const { controller } of entries) if (isPrimary(controller)) return controller;
  return null;
}

async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    patience = setTimeout(() => resolve(null), hangingMilliseconds);
  });
  const first = await Promise.race([work, late]);
  clearTimeout(patience);
  return first;
}
