import { inTurns } from '#backend/in-turns.ts';
import { createMigrationQueue } from '#backend/migration/batch/migration-queue.ts';
import { systemClock } from '#backend/system-clock.ts';
import { systemRandom } from '#backend/system-random.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import {
  countMembers,
  type MigrationBatch,
  mostMembers,
  type NewBatch,
} from '#shared/migration/batch/batch.ts';
import {
  machinesToEvacuate,
  type Placement,
  placeMachines,
  type Wish,
} from '#shared/migration/batch/placement.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../../command-line-io.ts';
import { openFleetFile } from '../../open-source.ts';
import { refuse } from '../../print-error.ts';
import { inject } from '../inject.ts';
import type { MigrateRequest } from '../migrate.ts';
import { findHost, findMachine, migrationOptions, wholeNumberOption } from '../migration-request.ts';
import { type HeadlessProgram, openHeadlessProgram } from '../open-program.ts';
import { runFollower } from '../print-run.ts';
import { createLog } from '../quiet-log.ts';

/** How many are under way at the same time where nobody says it. */
const usualAtOnce = 4;

/**
 * `berth migrate SOURCE --vm A --vm B --to HOST` and `--evacuate HOST`: several in one go. 0: all of them arrived (with --dry-run:
 * all could), 1: one did not.
 */
export async function migrateSeveral(request: MigrateRequest, io: CommandLineIo): Promise<ExitCode> {
  const file = await openFleetFile({ sources: [request.source], snapshot: request.snapshot, io });
  if (!file.ok) return refuse(io, file.error);
  const listeners = new Set<(run: ProcedureRun) => void>();
  const opened = await openHeadlessProgram(file.value, {
    log: createLog(io),
    onRun: (run) => {
      for (const listener of listeners) listener(run);
    },
  });
  if (!opened.ok) return refuse(io, opened.error);
  const program = opened.value;
  try {
    const asked = await askedFor(program.writer.fleet, request);
    if (!asked.ok) return refuse(io, asked.error);
    const { placements, options, atOnce, title } = asked.value;
    const isJson = request.json || io.isTerminal !== true;
    io.out(isJson ? placementLines(placements) : placementText(program.writer.fleet, placements));
    const isWhole = placements.every(({ request: placed }) => placed !== null);
    if (request.dryRun) return isWhole ? exitCodes.success : exitCodes.refused;
    const batch = batchOf(placements, request, { options, title, atOnce });
    if (!batch.ok) return refuse(io, batch.error);
    for (const fault of request.faults) {
      const injected = await inject(program, fault);
      if (!injected.ok) return refuse(io, injected.error);
    }
    const ended = await moveAll(program, batch.value, { listeners, io, isJson });
    if (!ended.ok) return refuse(io, ended.error);
    const { done } = countMembers([ended.value]);
    return isWhole && done === ended.value.members.length ? exitCodes.success : exitCodes.refused;
  } finally {
    await program.close();
  }
}

interface Asked {
  readonly placements: readonly Placement[];
  readonly options: MigrationOptions;
  readonly atOnce: number;
  readonly title: string;
}

async function askedFor(fleet: Fleet, request: MigrateRequest): Promise<Result<Asked>> {
  const { report, evacuate, vms, to } = request;
  if (report !== undefined)
    return fail('invalid-request', 'A report is about one migration', {
      object: report,
      field: '--report',
      fix: 'Leave it out, or move one virtual machine.',
    });
  if (evacuate !== undefined && vms.length > 0)
    return fail('invalid-request', 'A host is evacuated with all that it has', {
      object: vms.join(', '),
      field: '--vm',
      fix: 'Give --vm or --evacuate.',
    });
  const options = migrationOptions(request);
  if (!options.ok) return options;
  const atOnce = wholeNumberOption('--at-once', request.atOnce ?? String(usualAtOnce), 1, mostMembers);
  if (!atOnce.ok) return atOnce;
  const destination = to === undefined && evacuate !== undefined ? null : findHost(fleet, request, '--to');
  if (destination !== null && !destination.ok) return destination;
  const wishes = wishesOf(fleet, request);
  if (!wishes.ok) return wishes;
  const places = placeMachines(
    fleet,
    wishes.value.map((wish) =>
      destination === null ? wish : { ...wish, destinationHostId: destination.value.id },
    ),
    { options: options.value, closed: evacuate === undefined ? [] : [evacuate] },
  );
  return succeed({
    ...{ placements: await inTurns(places), options: options.value, atOnce: atOnce.value },
    title:
      evacuate === undefined ? `Move ${countWords(vms.length, 'virtual machine')}` : `Evacuate ${evacuate}`,
  });
}

function wishesOf(fleet: Fleet, request: MigrateRequest): Result<readonly Wish[]> {
  if (request.evacuate !== undefined) {
    const host = findHost(fleet, request, '--evacuate');
    return host.ok ? succeed(machinesToEvacuate(fleet, host.value.id)) : host;
  }
  const wishes: Wish[] = [];
  for (const vm of new Set(request.vms)) {
    const machine = findMachine(fleet, { ...request, vm });
    if (!machine.ok) return machine;
    wishes.push({ virtualMachineId: machine.value.id });
  }
  return succeed(wishes);
}

/** The batch of what a host takes. Errors: `refused`: nothing moves, or warnings are not accepted. */
function batchOf(
  placements: readonly Placement[],
  { acceptWarnings }: MigrateRequest,
  { title, atOnce }: Pick<Asked, 'title' | 'atOnce' | 'options'>,
): Result<NewBatch> {
  const placed = placements.flatMap(({ request, warnings }) =>
    request === null ? [] : [{ request, warnings }],
  );
  if (placed.length === 0)
    return fail('refused', 'None of them can move', {
      object: title,
      fix: placements[0]?.refused?.fix ?? 'Choose virtual machines that can move.',
      details: placements.map(({ refused }) => refused?.cause ?? ''),
    });
  const warnings = placed.flatMap((one) => one.warnings);
  if (warnings.length > 0 && !acceptWarnings)
    return fail('refused', `${warnings.length} warnings of the checks are not accepted`, {
      object: title,
      field: '--accept-warnings',
      fix: 'Read them, and give --accept-warnings.',
      details: warnings.map(({ title: what, evidence, fix }) => `${what}: ${evidence}. ${fix}.`),
    });
  return succeed({
    ...{ title, limits: { atOnce, perHost: atOnce }, whenOneFails: 'go-on' },
    members: placed.map(({ request, warnings: of }) => ({
      request: { ...request, acknowledged: of.map(({ id }) => id) },
      agreed: nothingAgreed,
    })),
  });
}

/** Starts them, follows each under its name, and answers the batch when everything has ended. */
async function moveAll(
  { writer, runner, store }: HeadlessProgram,
  asked: NewBatch,
  {
    listeners,
    io,
    isJson,
  }: {
    readonly listeners: Set<(run: ProcedureRun) => void>;
    readonly io: CommandLineIo;
    readonly isJson: boolean;
  },
): Promise<Result<MigrationBatch>> {
  const runs = new Map<string, { newest: ProcedureRun; readonly follower: ReturnType<typeof runFollower> }>();
  const { progress: _, ...quiet } = io;
  const queue = createMigrationQueue({
    ...{ store, runner, clock: systemClock, random: systemRandom, log: createLog(io) },
    tell: () => undefined,
    source: () => writer.fleet.source.name,
    fleet: () => writer.fleet,
  });
  listeners.add((run) => {
    const vm = machineOf(run);
    const known = runs.get(run.id) ?? { newest: run, follower: runFollower(quiet, isJson, { vm }) };
    known.newest = run;
    runs.set(run.id, known);
    known.follower.follow(run);
    const all = [...runs.values()];
    const share = all.reduce((sum, { newest }) => sum + newest.progress, 0) / asked.members.length;
    io.progress?.(
      `${Math.round(share * 100)} %  ${countWords(runner.running().length, 'migration')} under way`,
    );
    queue.runChanged(run);
  });
  const begun = queue.begin(asked);
  if (!begun.ok) return begun;
  const batch = (await queue.finished(begun.value.id)) ?? begun.value;
  queue.close();
  io.progress?.('');
  for (const { id, name, state, runId, reasons } of batch.members) {
    const run = runs.get(runId ?? '');
    if (run !== undefined) run.follower.end(run.newest);
    if (isJson) io.out(`${JSON.stringify({ vm: name, event: 'member', member: id, state, reasons })}\n`);
    else if (run === undefined) io.out(`${name}: ${state}\n${reasons.map((why) => `  ${why}\n`).join('')}`);
  }
  const counts = countMembers([batch]);
  io.out(
    isJson
      ? `${JSON.stringify({ event: 'batch', title: batch.title, ...counts })}\n`
      : `${batch.title}: ${counts.done} of ${countWords(batch.members.length, 'virtual machine')} arrived\n`,
  );
  return succeed(batch);
}

function machineOf({ plan: { intent } }: ProcedureRun): string {
  return intent.kind === 'migrate' ? machineParts(intent.request.virtualMachineId).name : '';
}

function placementLines(placements: readonly Placement[]): string {
  return placements
    .map(({ virtualMachineId, request, refused, warnings, passed }) => {
      const vm = machineParts(virtualMachineId).name;
      const to = request?.destinationHostId ?? null;
      return `${JSON.stringify({ vm, event: 'placement', to, devices: request?.devices ?? [], passed, warnings, refused })}\n`;
    })
    .join('');
}

function placementText(fleet: Fleet, placements: readonly Placement[]): string {
  return placements
    .map(({ virtualMachineId, request, refused, warnings }) => {
      const { name } = machineParts(virtualMachineId);
      if (refused !== null) return `${name}: refused: ${refused.cause}\n    ${refused.fix}\n`;
      const to = fleet.hosts[request?.destinationHostId ?? '']?.name ?? '';
      const lines = warnings.map(({ title, evidence }) => `    warning: ${title}: ${evidence}\n`);
      return `${name}: to ${to}\n${lines.join('')}`;
    })
    .join('');
}
