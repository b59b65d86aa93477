import { writeWholeFile } from '#backend/files/write-whole-file.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { forecastMigration } from '#shared/migration/forecast.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { renderHtml } from '#shared/report/render-html.ts';
import { runReport } from '#shared/report/run-report.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { openFleetFile } from '../open-source.ts';
import { refuse } from '../print-error.ts';
import { askWhileHeld } from './ask-while-held.ts';
import { inject } from './inject.ts';
import { findMachine, type MigrationArguments, requestFromArguments } from './migration-request.ts';
import { type HeadlessProgram, openHeadlessProgram } from './open-program.ts';
import { planText, runFollower } from './print-run.ts';
import { createLog } from './quiet-log.ts';
import { rehearseOnTwins } from './rehearse.ts';

export interface MigrateRequest extends MigrationArguments {
  /** Warnings of the checks are taken as read. */
  readonly acceptWarnings: boolean;
  /** Only what would be done. */
  readonly dryRun: boolean;
  /** The plan on simulated twins with faults, and nothing else. */
  readonly rehearse: boolean;
  /** `HOST:LINE`: a line that runs on a host before the migration begins; of a rehearsal, names of its faults. */
  readonly faults: readonly string[];
  /** File for the report, as HTML or, with `.json`, as JSON. */
  readonly report: string | undefined;
  readonly json: boolean;
  /** Every `--vm`; several move in one go. */
  readonly vms: readonly string[];
  /** Host of which everything moves. */
  readonly evacuate: string | undefined;
  /** How many of several are under way at the same time. */
  readonly atOnce: string | undefined;
}

/**
 * `berth migrate SOURCE --vm NAME --to HOST`: moves a virtual machine of a simulated fleet or twin in memory. 0: it moved (with
 * --dry-run: it could; with --rehearse: every case passed), 1: it did not.
 */
export async function runMigrate(request: MigrateRequest, io: CommandLineIo): Promise<ExitCode> {
  const isSeveral = request.vms.length > 1 || request.evacuate !== undefined;
  if (isSeveral && (request.hold || request.rehearse))
    return refuse(io, {
      ...{ code: 'refused', message: 'Only a migration of one virtual machine can be held or rehearsed' },
      ...{ field: request.hold ? '--hold' : '--rehearse', fix: 'Leave it out, or name one --vm.' },
    });
  if (isSeveral) return (await import('./several/migrate-several.ts')).migrateSeveral(request, io);
  const file = await openFleetFile({ sources: [request.source], snapshot: request.snapshot, io });
  if (!file.ok) return refuse(io, file.error);
  if (request.hold && (request.json || io.isTerminal !== true || io.openTerminal === undefined))
    return refuse(io, {
      ...{
        code: 'refused',
        message: '--hold asks on a terminal, and there is none here',
        field: '--hold',
      },
      fix: 'Leave it out, or run it on a terminal without --json.',
    });
  const follower = runFollower(io, request.json || io.isTerminal !== true);
  const held = askWhileHeld(io);
  const onRun = (run: ProcedureRun) => {
    held.follow(run);
    if (!held.isAsking) follower.follow(run);
  };
  const opened = await openHeadlessProgram(file.value, { log: createLog(io), onRun });
  if (!opened.ok) return refuse(io, opened.error);
  const program = opened.value;
  if (request.hold) held.use(program);
  try {
    if (request.rehearse) {
      const passed = await rehearsed(file.value, program, request, io);
      if (!passed.ok) return refuse(io, passed.error);
      return passed.value ? exitCodes.success : exitCodes.refused;
    }
    const moved = await migrate(program, request, io);
    if (!moved.ok) return refuse(io, moved.error);
    if (moved.value === null) return exitCodes.success;
    follower.end(moved.value);
    const written = await writeReport(request, moved.value, program, await io.version());
    if (!written.ok) return refuse(io, written.error);
    return moved.value.status === 'done' ? exitCodes.success : exitCodes.refused;
  } finally {
    held.close();
    await program.close();
  }
}

async function rehearsed(
  file: FleetFile,
  { writer: { fleet } }: HeadlessProgram,
  request: MigrateRequest,
  io: CommandLineIo,
): Promise<Result<boolean>> {
  if (request.report !== undefined || request.dryRun)
    return fail('invalid-request', '--rehearse has no report and no dry run', {
      object: '--rehearse',
      field: request.dryRun ? '--dry-run' : '--report',
      fix: 'Leave it out; with --json everything that was seen is printed.',
    });
  const machine = findMachine(fleet, request);
  if (!machine.ok) return machine;
  const wanted = requestFromArguments(fleet, machine.value, request);
  if (!wanted.ok) return wanted;
  const json = request.json || io.isTerminal !== true;
  return rehearseOnTwins(file, { fleet, request: wanted.value }, { faults: request.faults, json, io });
}

/** The run as it ended; null where it was only planned. */
async function migrate(
  program: HeadlessProgram,
  request: MigrateRequest,
  io: CommandLineIo,
): Promise<Result<ProcedureRun | null>> {
  const { writer, runner } = program;
  const machine = findMachine(writer.fleet, request);
  if (!machine.ok) return machine;
  const wanted = requestFromArguments(writer.fleet, machine.value, request);
  if (!wanted.ok) return wanted;
  const compatibility = checkCompatibility(writer.fleet, wanted.value);
  const warnings = compatibility.checks.filter(({ verdict }) => verdict === 'warning');
  const acknowledged = request.acceptWarnings ? warnings.map(({ id }) => id) : [];
  const given = { ...wanted.value, acknowledged };
  const plan = planMigration(writer.fleet, given, { compatibility });
  if (!plan.ok) return plan;
  if (request.dryRun) {
    const forecast = forecastMigration(writer.fleet, given);
    io.out(
      request.json || io.isTerminal !== true
        ? `${JSON.stringify({ event: 'plan', title: plan.value.title, consequences: plan.value.consequences, steps: plan.value.steps, forecast, warnings })}\n`
        : planText(plan.value, forecast, { warnings, budget: given.options.downtimeBudgetMilliseconds }),
    );
    return succeed(null);
  }
  if (warnings.length > 0 && !request.acceptWarnings)
    return fail('refused', `${warnings.length} warnings of the checks are not accepted`, {
      object: machine.value.name,
      field: '--accept-warnings',
      fix: 'Read them, and give --accept-warnings.',
      details: warnings.map(({ title, evidence, fix }) => `${title}: ${evidence}. ${fix}.`),
    });
  for (const fault of request.faults) {
    const injected = await inject(program, fault);
    if (!injected.ok) return injected;
  }
  const started = await runner.start({ kind: 'migrate', request: given });
  if (!started.ok) return started;
  return succeed(await runner.finished(started.value.id));
}

async function writeReport(
  { report }: MigrateRequest,
  run: ProcedureRun,
  { writer }: HeadlessProgram,
  programVersion: string,
): Promise<Result<void>> {
  if (report === undefined) return succeed(undefined);
  const made = runReport(run, writer.fleet, { programVersion, at: run.endedAt ?? run.startedAt });
  const text = report.endsWith('.json') ? `${JSON.stringify(made, null, 2)}\n` : renderHtml(made);
  return writeWholeFile(report, new TextEncoder().encode(text), 'The report');
}
