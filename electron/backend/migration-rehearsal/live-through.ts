import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Change } from '#shared/procedure/proposal.ts';
import type { Recovery } from '#shared/procedure/recovery/recovery.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { type DataFolder, folderInMemory } from './data-folder.ts';
import { differences } from './fleet-essence.ts';
import { type Guest, lookAtGuests, wrongGuests } from './guests.ts';
import { type Program, startKillableProgram } from './killable-program.ts';
import { Life, type LifePlan, type Moment, orKilled } from './life.ts';
import { type LivingHosts, openLivingHosts } from './living-hosts.ts';
import { type Background, untrueOfEnded, untrueOfInterrupted } from './untrue-words.ts';

/** A procedure on a fleet. */
export interface TwinScenario {
  readonly name: string;
  /** A late step at which an abort still takes it back; left out: it has too few. */
  readonly abortAt?: number;
  /** It has run to its end, and what meets the fate is its undo. */
  readonly isUndone?: true;
  /** Where the database is; left out: in memory, which takes a third of the time of a file. */
  readonly folder?: () => DataFolder;
  fleet(): FleetFile;
  /** What is asked for, on the fleet as it was read. */
  intent(fleet: Fleet): Intent;
}

export type WayOn = Exclude<Recovery, 'dismiss'>;

/** What happens to a run of a scenario. */
export interface Fate {
  /** The run is aborted when this step begins. */
  readonly abortAt?: number;
  /** The Migration Send of this number that a driver sends arrives after the driver has given it up; left out: none. */
  readonly lateDriverCommand?: number;
  /** How each life of the program goes: the first one starts the procedure, each further one recovers it. */
  readonly lives: readonly LifePlan[];
  /** What is asked for in each life after the first, when there is something to recover; the last one goes on. */
  readonly recoveries: readonly WayOn[];
}

export interface Outcome {
  /** Status in which the run ended; `not begun` when it never came to be. */
  readonly status: string;
  /** What was untrue, or wrong on the devices; empty: nothing. */
  readonly problems: readonly string[];
  /** The moments of each life. */
  readonly lives: readonly (readonly Moment[])[];
  /** How many times a VFIO driver sent Migration Send. */
  readonly driverCommands: number;
  readonly run: ProcedureRun | null;
  /** Every copy of every guest when it had ended. */
  readonly guests: readonly Guest[];
  /** How long each guest stood still the last time that it did, milliseconds, by its name. */
  readonly downtimes: ReadonlyMap<string, number>;
}

/** Milliseconds until the program is started again, where nothing is in flight that must arrive later. */
const deadMilliseconds = 3000;
/** More lives than any fate needs: whoever meets this goes in circles. */
const mostLives = 8;

/** Lives one fate through, and says all that was untrue or lost. */
export async function liveThrough(scenario: TwinScenario, fate: Fate): Promise<Outcome> {
  const hosts = openLivingHosts(scenario.fleet(), fate.lateDriverCommand);
  const folder = (scenario.folder ?? folderInMemory)();
  const programs: Program[] = [];
  try {
    return await live(scenario, fate, { hosts, folder, programs });
  } finally {
    for (const { store } of programs) store.close();
    folder.remove();
  }
}

interface World {
  readonly hosts: LivingHosts;
  readonly folder: DataFolder;
  readonly programs: Program[];
}

async function live(scenario: TwinScenario, fate: Fate, world: World): Promise<Outcome> {
  const { hosts } = world;
  const undone = scenario.isUndone === true ? await runUndisturbed(scenario, world) : null;
  const guestsBefore = await lookAtGuests(hosts);
  const problems: string[] = [];
  const lives: Life[] = [];
  let begun: Begun | null = null;
  let recovered = 0;
  let program: Program;
  for (;;) {
    const number = lives.length;
    if (number >= mostLives) throw new Error(`${scenario.name}: more than ${mostLives} lives`);
    if (number > 0 && !lives.some((life) => life.leftInFlight)) await hosts.clock.advance(deadMilliseconds);
    const life = new Life(fate.lives[number]);
    lives.push(life);
    program = await start(world, life);
    const interrupted = program.runner.markInterrupted();
    if (!life.isAlive) continue;
    if (begun === null) begun = await begin(scenario, program, { abortAt: fate.abortAt, hosts });
    else {
      const [cut] = interrupted;
      if (cut === undefined) break;
      const { background } = begun;
      const wentBack = isOnItsWayBack(cut, program) || fate.recoveries[recovered - 1] === 'roll-back';
      const untrue = untrueOfInterrupted(cut, program.writer.fleet, background, wentBack);
      problems.push(...untrue.map((words) => `cut short: ${words}`));
      const how = fate.recoveries[recovered] ?? fate.recoveries.at(-1) ?? 'resume';
      recovered += 1;
      const refused = await recover(cut, how, { program, life, hosts });
      if (!life.isAlive) continue;
      if (refused !== null) {
        problems.push(refused);
        break;
      }
    }
    const ended = await orKilled(life, program.runner.finished(begun.id));
    if (ended === 'hangs') problems.push('it hangs');
    if (ended !== 'was killed') break;
  }
  await hosts.settled();
  problems.push(...program.log.lines.filter((line) => line.startsWith('error')).map(firstLine));
  problems.push(...hosts.violations);
  const now = await hosts.truth();
  const run = program.store.run(begun.id)?.run ?? null;
  const wasTroubled =
    fate.lateDriverCommand !== undefined || fate.lives.some(({ trouble }) => trouble !== undefined);
  if (run?.status === 'failed' && !wasTroubled)
    problems.push(`it failed although every command worked: ${run.leftovers[0]?.what ?? run.error?.message}`);
  const guests = await lookAtGuests(hosts);
  problems.push(...wrongGuests(run === null ? [] : [run], begun.background.before, guestsBefore, guests));
  problems.push(...untrueAtTheEnd(run, now, begun.background, program));
  if (undone !== null) problems.push(...untrueOfUndone(program.store.run(undone)?.run ?? null, run));
  return {
    status: run?.status ?? 'not begun',
    problems: [...new Set(problems)],
    lives: lives.map(({ moments }) => moments),
    driverCommands: hosts.drivers.sent,
    run,
    guests,
    downtimes: hosts.downtimes,
  };
}

/** A run that nothing disturbs, but an abort where one is asked for. */
export function undisturbed(scenario: TwinScenario, fate: Pick<Fate, 'abortAt'> = {}): Promise<Outcome> {
  return liveThrough(scenario, { ...fate, lives: [], recoveries: [] });
}

async function start({ hosts, folder, programs }: World, life: Life): Promise<Program> {
  const started = await orKilled(life, startKillableProgram(hosts, folder, life, programs.length));
  if (typeof started === 'string') throw new Error(`the program ${started} at its start`);
  programs.push(started);
  return started;
}

/** Asks for a recovery; answers why there is none, null where it goes on or its program is dead. */
async function recover(
  cut: ProcedureRun,
  how: WayOn,
  { program, life, hosts }: { readonly program: Program; readonly life: Life; readonly hosts: LivingHosts },
): Promise<string | null> {
  const answer = await orKilled(life, program.runner.recover(cut.id, how));
  if (answer === 'was killed') return null;
  if (answer === 'hangs') return `${how} is not answered`;
  if (answer.ok) return null;
  const { pointOfNoReturn } = cut.plan;
  const atPoint = pointOfNoReturn === null ? undefined : cut.steps[pointOfNoReturn]?.status;
  const isPast = atPoint === 'done' || atPoint === 'running' || atPoint === 'failed';
  // What is past its point of no return has only one way.
  return how === 'roll-back' && isPast
    ? recover(cut, 'resume', { program, life, hosts })
    : `${how} is refused: ${answer.error.message}`;
}

/** Whether the journal says that it was being taken back. */
function isOnItsWayBack({ id, steps }: ProcedureRun, { store }: Program): boolean {
  return (
    steps.some(({ status }) => status === 'undone') ||
    store.journal(id).some(({ event }) => event === 'aborting' || event === 'step-failed')
  );
}

/** Runs a scenario to its end, so that its undo can meet its fate; answers the id of the run. */
async function runUndisturbed(scenario: TwinScenario, world: World): Promise<string> {
  const program = await start(world, new Life());
  const started = await program.runner.start(scenario.intent(program.writer.fleet));
  if (!started.ok) throw new Error(`${scenario.name}: ${started.error.message}`);
  const run = await program.runner.finished(started.value.id);
  if (run?.status !== 'done') throw new Error(`${scenario.name}: ${run?.error?.message}`);
  return run.id;
}

/** What is untrue of a run whose undo met a fate. */
function untrueOfUndone(undone: ProcedureRun | null, undo: ProcedureRun | null): string[] {
  if (undone === null) return ['what was undone is not in the history'];
  const by = undo?.status === 'done' ? undo.id : null;
  return undone.undoneBy === by
    ? []
    : [`what was undone is called ${undone.undoneBy === null ? 'not undone' : 'undone'}`];
}

function untrueAtTheEnd(
  run: ProcedureRun | null,
  now: Fleet,
  background: Background,
  { writer }: Program,
): string[] {
  const shown = differences(
    JSON.parse(JSON.stringify(now.controllers)),
    JSON.parse(JSON.stringify(writer.fleet.controllers)),
  ).map(({ id, fields }) => `shown otherwise than it is: ${id}: ${fields}`);
  if (run !== null) return [...untrueOfEnded(run, now, background), ...shown];
  const changed = differences(background.before.controllers, now.controllers);
  return [...changed.map(({ id, fields }) => `changed without a record: ${id}: ${fields}`), ...shown];
}

interface Begun {
  readonly id: string;
  readonly background: Background;
}

async function begin(
  scenario: TwinScenario,
  { runner, writer, listeners }: Program,
  { abortAt, hosts }: { readonly abortAt: number | undefined; readonly hosts: LivingHosts },
): Promise<Begun> {
  const before = writer.fleet;
  const change: Change =
    scenario.isUndone === true ? { kind: 'undo' } : { kind: 'intent', intent: scenario.intent(before) };
  const proposal = runner.propose(change);
  if (!proposal.ok)
    throw new Error(`${scenario.name}: ${proposal.error.message} ${proposal.error.details?.join('\n')}`);
  let aborted = false;
  listeners.add((run) => {
    if (abortAt === undefined || aborted || run.steps[abortAt]?.status !== 'running') return;
    aborted = true;
    queueMicrotask(() => runner.abort(run.id));
  });
  const started = change.kind === 'undo' ? await runner.undo(undefined) : await runner.start(change.intent);
  // Also of a program that died at this very write, which answers as if it lived.
  if (!started.ok) throw new Error(`${scenario.name}: ${started.error.message}`);
  const predicted = predictedBy(proposal.value, before);
  return { id: started.value.id, background: { before, predicted, downtimes: hosts.downtimes } };
}

function predictedBy({ steps }: Plan, before: Fleet): Fleet {
  return steps.reduce((fleet, { step }) => definitionOf(step).predict(step, fleet), before);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
