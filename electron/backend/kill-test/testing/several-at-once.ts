import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { folderInMemory } from '../../migration-rehearsal/data-folder.ts';
import { differences, foreseenFleet } from '../../migration-rehearsal/fleet-essence.ts';
import { lookAtGuests, wrongGuests } from '../../migration-rehearsal/guests.ts';
import { type Program, startKillableProgram } from '../../migration-rehearsal/killable-program.ts';
import { Life, type Moment, orKilled } from '../../migration-rehearsal/life.ts';
import type { WayOn } from '../../migration-rehearsal/live-through.ts';
import { openLivingHosts } from '../../migration-rehearsal/living-hosts.ts';
import { guestFleet, guestName } from '../../test-support/guest-fleet.ts';
import { requestFor } from '../../test-support/migration-request.ts';

/** The guests that move at the same time, over the same two hosts. */
const guests = [0, 1, 2] as const;

/** Milliseconds until the program is started again. */
const deadMilliseconds = 3000;
const mostLives = 6;

/** What becomes of three migrations under way. */
export interface SeveralFate {
  /** The number of the moment at which the program is killed, in each of its lives; none: it lives on. */
  readonly killAt: readonly number[];
  /** What is asked for of each run that was cut short, the first one with the first of these. */
  readonly recoveries: readonly WayOn[];
}

export interface SeveralOutcome {
  readonly problems: readonly string[];
  readonly statuses: readonly string[];
  readonly lives: readonly (readonly Moment[])[];
}

export function threeGuests(): FleetFile {
  const file = guestFleet({ guests: { 'hv-a': guests.length, 'hv-b': 1 }, spare: 2, resources: 20 });
  // The second one goes on and writes while it is copied; what it holds is not to be compared then.
  for (const machine of file.hosts[0]?.virtualMachines ?? [])
    if (machine.name === guestName('hv-a', 1))
      machine.workload = {
        phases: [{ seconds: 10, pagesPerSecond: 4000, hotBytes: 2 ** 24, hotShare: 0.8 }],
        ...{ readsPerSecond: 200, writesPerSecond: 100, blocksPerCommand: 2 },
      };
  return file;
}

/** Lives three migrations at once through one fate, and says what was lost, given twice or is not as it should be. */
export async function liveThroughSeveral(fate: SeveralFate): Promise<SeveralOutcome> {
  const hosts = openLivingHosts(threeGuests());
  const folder = folderInMemory();
  const programs: Program[] = [];
  try {
    const guestsBefore = await lookAtGuests(hosts);
    const before = await hosts.truth();
    const problems: string[] = [];
    const lives: Life[] = [];
    const ids = new Set<string>();
    let program: Program;
    for (;;) {
      const number = lives.length;
      if (number >= mostLives) throw new Error(`more than ${mostLives} lives`);
      if (number > 0 && !lives.some((life) => life.leftInFlight)) await hosts.clock.advance(deadMilliseconds);
      const killAt = fate.killAt[number];
      const life = new Life(killAt === undefined ? {} : { killAt });
      lives.push(life);
      const started = await orKilled(life, startKillableProgram(hosts, folder, life, number));
      if (typeof started === 'string') throw new Error(`the program ${started} at its start`);
      program = started;
      programs.push(program);
      const cut = program.runner.markInterrupted();
      if (!life.isAlive) continue;
      const begun = number === 0 ? startAll(program, ids) : recoverAll(program, cut, fate, problems);
      const ended = await orKilled(
        life,
        begun.then(() => Promise.all([...ids].map((id) => program.runner.finished(id)))),
      );
      if (ended === 'hangs') problems.push('they hang');
      if (ended !== 'was killed') break;
    }
    await hosts.settled();
    const now = await hosts.truth();
    const runs = program.store.runs(100).map(({ run }) => run);
    problems.push(...program.log.lines.filter((line) => line.startsWith('error')), ...hosts.violations);
    problems.push(...wrongGuests(runs, before, guestsBefore, await lookAtGuests(hosts)));
    problems.push(...wrongRuns(runs, before, now));
    return {
      problems: [...new Set(problems)],
      statuses: runs.map(({ status }) => status),
      lives: lives.map(({ moments }) => moments),
    };
  } finally {
    for (const { store } of programs) store.close();
    folder.remove();
  }
}

async function startAll({ runner }: Program, ids: Set<string>): Promise<void> {
  for (const guest of guests) {
    const virtualMachineId = `hv-a:${guestName('hv-a', guest)}`;
    const options = guest === 1 ? { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300 } : {};
    const request = requestFor(runner.migrationFleet(), { virtualMachineId, options });
    const started = await runner.start({ kind: 'migrate', request });
    if (!started.ok) throw new Error(`${started.error.message} ${started.error.details?.join('\n')}`);
    ids.add(started.value.id);
  }
}

async function recoverAll(
  { runner }: Program,
  cut: readonly ProcedureRun[],
  { recoveries }: SeveralFate,
  problems: string[],
): Promise<void> {
  for (const [index, run] of cut.entries()) {
    const how = recoveries[index % recoveries.length] ?? 'resume';
    const answer = await runner.recover(run.id, how);
    if (answer.ok) continue;
    // What is past its point of no return has only one way.
    const forward = how === 'roll-back' ? await runner.recover(run.id, 'resume') : answer;
    if (!forward.ok) problems.push(`${how} of ${run.plan.title} is refused: ${forward.error.message}`);
  }
}

/** Every run has ended, and the fleet is as those that are done foresaw it. */
function wrongRuns(runs: readonly ProcedureRun[], before: Fleet, now: Fleet): string[] {
  const wrong = runs.flatMap(({ status, plan, error, leftovers }) =>
    status === 'done' || status === 'rolled-back'
      ? leftovers.map(({ what }) => `${plan.title} is ${status} and leaves: ${what}`)
      : [`${plan.title} is ${status}: ${leftovers[0]?.what ?? error?.message ?? ''}`],
  );
  const predicted = runs
    .filter(({ status }) => status === 'done')
    .flatMap(({ plan }) => plan.steps)
    .reduce((fleet, { step }) => definitionOf(step).predict(step, fleet), before);
  return [
    ...wrong,
    ...differences(foreseenFleet(predicted), foreseenFleet(now)).map(
      ({ id, fields }) => `not as foreseen: ${id}: ${fields}`,
    ),
  ];
}
