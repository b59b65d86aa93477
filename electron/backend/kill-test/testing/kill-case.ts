import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { type DataFolder, folderInMemory, folderOnDisk } from './data-folder.ts';
import { differences } from './fleet-essence.ts';
import { type Guest, lookAtGuests } from './guests.ts';
import { Life, type LifePlan, type Moment, never } from './life.ts';
import { type LivingHosts, openLivingHosts } from './living-hosts.ts';
import { openProgram, type Program } from './program.ts';
import { type Background, untrueOfEnded, untrueOfInterrupted } from './untrue-words.ts';

/** A procedure on a fleet. */
export interface KillScenario {
  readonly name: string;
  /** A late step at which an abort still takes it back; left out: it has too few. */
  readonly abortAt?: number;
  /** The database is a file; left out: in memory, which takes a third of the time. */
  readonly onDisk?: true;
  fleet(): FleetFile;
  /** What is asked for, on the fleet as it was read. */
  intent(fleet: Fleet): Intent;
}

export type Recovery = 'resume' | 'roll-back';

/** What happens to a run of a scenario. */
export interface Fate {
  /** The run is aborted when this step begins. */
  readonly abortAt?: number;
  /** The Migration Send of this number that a driver sends arrives after the driver has given it up; left out: none. */
  readonly lateDriverCommand?: number;
  /** How each life of the program goes: the first one starts the procedure, each further one recovers it. */
  readonly lives: readonly LifePlan[];
  /** What is asked for in each life after the first, when there is something to recover; the last one goes on. */
  readonly recoveries: readonly Recovery[];
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
}

/** Milliseconds of simulated time after which a procedure counts as hanging: two hours. */
const hangingMilliseconds = 2 * 3_600_000;
/** Milliseconds until the program is started again, where nothing is in flight that must arrive later. */
const deadMilliseconds = 3000;
/** More lives than any fate needs: whoever meets this goes in circles. */
const mostLives = 8;

/** Lives one fate through, and says all that was untrue or lost. */
export async function liveThrough(scenario: KillScenario, fate: Fate): Promise<Outcome> {
  const hosts = openLivingHosts(scenario.fleet(), fate.lateDriverCommand);
  const folder = scenario.onDisk === true ? folderOnDisk() : folderInMemory();
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

async function live(scenario: KillScenario, fate: Fate, world: World): Promise<Outcome> {
  const { hosts, folder, programs } = world;
  const guestsBefore = await lookAtGuests(hosts);
  const problems: string[] = [];
  const lives: Life[] = [];
  let background: Background | null = null;
  let recovered = 0;
  let program: Program;
  for (;;) {
    const number = lives.length;
    if (number >= mostLives) throw new Error(`${scenario.name}: more than ${mostLives} lives`);
    if (number > 0 && !lives.some((life) => life.leftInFlight)) await hosts.clock.advance(deadMilliseconds);
    const life = new Life(fate.lives[number]);
    lives.push(life);
    const started = await orKilled(life, hosts, openProgram(hosts, folder, life));
    if (typeof started === 'string') throw new Error(`the program ${started} at its start`);
    program = started;
    programs.push(program);
    const interrupted = program.runner.markInterrupted();
    if (!life.isAlive) continue;
    let runId: string;
    if (background === null) {
      const before = program.writer.fleet;
      const begun = await begin(scenario, program, fate);
      background = { before, predicted: predictedBy(begun.plan, before), downtimes: hosts.downtimes };
      runId = begun.id;
    } else {
      const [cut] = interrupted;
      if (cut === undefined) break;
      const wentBack =
        fate.recoveries[recovered - 1] === 'roll-back' ||
        cut.steps.some(({ status }) => status === 'undone') ||
        program.store.journal(cut.id).some(({ event }) => event === 'aborting' || event === 'step-failed');
      const untrue = untrueOfInterrupted(cut, program.writer.fleet, background, wentBack);
      problems.push(...untrue.map((words) => `cut short: ${words}`));
      const how = fate.recoveries[recovered] ?? fate.recoveries.at(-1) ?? 'resume';
      recovered += 1;
      const answer = await orKilled(life, hosts, program.runner.recover(cut.id, how));
      if (answer === 'was killed') continue;
      if (answer === 'hangs') {
        problems.push(`${how} is not answered`);
        break;
      }
      if (!answer.ok) {
        const { pointOfNoReturn } = cut.plan;
        const isPast =
          how === 'roll-back' &&
          pointOfNoReturn !== null &&
          ['done', 'running', 'failed'].includes(cut.steps[pointOfNoReturn]?.status ?? '');
        if (!isPast) {
          problems.push(`${how} is refused: ${answer.error.message}`);
          break;
        }
        // What is past its point of no return has only one way.
        const onward = await orKilled(life, hosts, program.runner.recover(cut.id, 'resume'));
        if (onward === 'was killed') continue;
        if (onward === 'hangs' || !onward.ok) {
          problems.push('neither resume nor roll-back');
          break;
        }
      }
      runId = cut.id;
    }
    const ended = await orKilled(life, hosts, program.runner.finished(runId));
    if (ended === 'hangs') problems.push('it hangs');
    if (ended !== 'was killed') break;
  }
  await hosts.settled();
  if (program.log.lines.some((line) => line.startsWith('error')))
    problems.push(...program.log.lines.filter((line) => line.startsWith('error')).map(firstLine));
  problems.push(...hosts.violations);
  const now = await hosts.truth();
  const run = program.store.runs(1)[0]?.run ?? null;
  const wasTroubled =
    fate.lateDriverCommand !== undefined || fate.lives.some(({ trouble }) => trouble !== undefined);
  if (run?.status === 'failed' && !wasTroubled)
    problems.push(`it failed although every command worked: ${run.leftovers[0]?.what ?? run.error?.message}`);
  problems.push(...wrongGuests(run, guestsBefore, await lookAtGuests(hosts)));
  problems.push(...(background === null ? ['nothing ran'] : untrueAtTheEnd(run, now, background, program)));
  return {
    status: run?.status ?? 'not begun',
    problems: [...new Set(problems)],
    lives: lives.map(({ moments }) => moments),
    driverCommands: hosts.drivers.sent,
    run,
  };
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

/** Whether every guest is where it belongs, whole, and once. */
function wrongGuests(run: ProcedureRun | null, before: readonly Guest[], now: readonly Guest[]): string[] {
  const wrong: string[] = [];
  const moved = run?.plan.intent.kind === 'migrate' && run.status === 'done' ? run.plan.intent.request : null;
  for (const guest of before) {
    const copies = now.filter(({ name }) => name === guest.name);
    const running = copies.filter(({ state }) => state === 'running');
    if (running.length > 1) wrong.push(`${guest.name} runs on both sides`);
    if (!copies.some(({ memory, state }) => memory === guest.memory && state !== 'stopped'))
      wrong.push(`${guest.name} is lost`);
    if (run?.status === 'failed') continue;
    const hostId =
      moved?.virtualMachineId === `${guest.hostId}:${guest.name}` ? moved.destinationHostId : guest.hostId;
    const there = copies.find((copy) => copy.hostId === hostId);
    if (there?.state !== guest.state) wrong.push(`${guest.name} is ${there?.state ?? 'gone'} on ${hostId}`);
    if (there === undefined || there.state !== 'running') continue;
    const same = JSON.stringify(there.devices) === JSON.stringify(guest.devices);
    const isChanged = run?.status === 'done' && run.plan.intent.kind !== 'migrate';
    if (!same && !isChanged) wrong.push(`${guest.name} finds its controllers otherwise than it left them`);
    if (there.devices.includes('does not answer'))
      wrong.push(`a controller of ${guest.name} does not answer`);
  }
  return wrong;
}

async function begin(
  scenario: KillScenario,
  program: Program,
  { abortAt }: Fate,
): Promise<{ id: string; plan: Plan }> {
  const { runner, writer, listeners } = program;
  const intent = scenario.intent(writer.fleet);
  const proposal = runner.propose({ kind: 'intent', intent });
  if (!proposal.ok)
    throw new Error(`${scenario.name}: ${proposal.error.message} ${proposal.error.details?.join('\n')}`);
  let runId = '';
  let aborted = false;
  listeners.add((run) => {
    runId = run.id;
    if (abortAt === undefined || aborted || run.steps[abortAt]?.status !== 'running') return;
    aborted = true;
    queueMicrotask(() => runner.abort(run.id));
  });
  const started = await runner.start(intent);
  // A program that is killed at this write answers as if it lived.
  const id = started.ok ? started.value.id : runId;
  return { id, plan: started.ok ? started.value.plan : proposal.value };
}

function predictedBy({ steps }: Plan, before: Fleet): Fleet {
  return steps.reduce((fleet, { step }) => definitionOf(step).predict(step, fleet), before);
}

/** What comes of it, unless the program is killed or nothing more happens. */
async function orKilled<T>(
  life: Life,
  { clock }: LivingHosts,
  work: Promise<T>,
): Promise<T | 'was killed' | 'hangs'> {
  const over = new AbortController();
  const killed = life.death.then(() => 'was killed' as const);
  const hangs = clock
    .sleep(hangingMilliseconds, { signal: over.signal, what: 'the patience of the test' })
    .then(() => (over.signal.aborted ? never : ('hangs' as const)));
  const first = await Promise.race([work, killed, hangs]);
  over.abort();
  return life.isAlive ? first : 'was killed';
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
