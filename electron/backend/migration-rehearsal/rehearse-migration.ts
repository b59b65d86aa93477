import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { RehearsalFault } from '#shared/migration/rehearsal/fault.ts';
import type {
  MigrationRehearsal,
  RehearsalCell,
  RehearsedGuest,
} from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { planDigest } from '../procedures/plan-digest.ts';
import { withBothHosts } from './both-hosts.ts';
import { type FaultMatrix, faultMatrix, liveMatrixCase, type MatrixResult } from './fault-matrix.ts';
import type { TwinScenario } from './live-through.ts';

/** What is to be rehearsed. */
export interface RehearsalOrder {
  /** The fleet as it is: each cell gets simulated twins of it that nothing has happened to. */
  readonly file: FleetFile;
  readonly request: MigrationRequest;
  /** SHA-256 of what the plan does that was reviewed. */
  readonly planDigest: string;
  readonly faults: readonly RehearsalFault[];
  /** 0-based; null: every step. */
  readonly steps: readonly number[] | null;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Told after each cell, and once before the first. */
export type OnRehearsed = (rehearsal: MigrationRehearsal) => void;

/** Milliseconds between two cells in which everything else has its turn. */
const pauseMilliseconds = 4;
/** Problems of one cell that are kept; what follows is mostly the same thing seen from elsewhere. */
const keptProblems = 5;

/**
 * Runs the plan of a migration on simulated twins of its hosts, in simulated time, once for each step and fault. Ended by
 * `signal` it answers what it has by then. Errors: `conflict` where the plan on the twins is another one, or does not come to
 * its end without any fault; those of the planner.
 */
export async function rehearseMigration(
  order: RehearsalOrder,
  { signal, onRehearsed }: { readonly signal: AbortSignal; readonly onRehearsed: OnRehearsed },
): Promise<Result<MigrationRehearsal>> {
  const twins = await onTwins(order, order);
  if (!twins.ok) return twins;
  const { scenario, matrix } = twins.value;
  const { whole, cases } = matrix;
  const stepsLeft = new Set(cases.map(({ step }) => step));
  let rehearsal: MigrationRehearsal = {
    ...{ planDigest: order.planDigest, at: order.at, seed: order.file.seed, faults: [...order.faults] },
    steps: [...stepsLeft],
    undisturbed: outcomeOf(whole, order.request),
    ...{ cells: [], wanted: cases.length },
  };
  onRehearsed(rehearsal);
  for (const one of cases) {
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    if (signal.aborted) break;
    const lived = await orDefect(async () => succeed(await liveMatrixCase(scenario, one)));
    const { step, fault } = one;
    const cell: RehearsalCell = lived.ok
      ? { step, fault, ...outcomeOf(lived.value, order.request) }
      : { step, fault, ...unknownOutcome, problems: [lived.error.message] };
    rehearsal = { ...rehearsal, cells: [...rehearsal.cells, cell] };
    onRehearsed(rehearsal);
  }
  return succeed(rehearsal);
}

/**
 * Lives one cell through again, for a look at its run: the same twins and seed give the same run. Errors: `not-found` where the
 * step has no such cell, and those above.
 */
export async function rehearsedRun(
  order: RehearsalOrder,
  { step, fault }: { readonly step: number; readonly fault: RehearsalFault },
): Promise<Result<MatrixResult>> {
  const twins = await onTwins(order, { faults: [fault], steps: [step] });
  if (!twins.ok) return twins;
  const { scenario, matrix } = twins.value;
  const [one] = matrix.cases;
  if (one === undefined)
    return fail('not-found', `Step ${step + 1} changes nothing that could go wrong in this way.`, {
      object: scenario.name,
    });
  return orDefect(async () => succeed(await liveMatrixCase(scenario, one)));
}

interface OnTwins {
  readonly scenario: TwinScenario;
  readonly matrix: FaultMatrix;
}

/** Cases on twins of both hosts; of the whole fleet where the plan would be another one on those. */
async function onTwins(
  order: RehearsalOrder,
  chosen: Pick<RehearsalOrder, 'faults' | 'steps'>,
): Promise<Result<OnTwins>> {
  const { file, request } = order;
  const { hostId } = machineParts(request.virtualMachineId);
  const part = await withBothHosts(file, [hostId, request.destinationHostId]);
  const first = await matrixOn(part, order, chosen);
  return first.ok || part === file ? first : matrixOn(file, order, chosen);
}

async function matrixOn(
  file: FleetFile,
  { request, planDigest: reviewed }: RehearsalOrder,
  chosen: Pick<RehearsalOrder, 'faults' | 'steps'>,
): Promise<Result<OnTwins>> {
  const scenario = scenarioOf(file, request);
  const made = await orDefect(() => faultMatrix(scenario, chosen));
  if (!made.ok) return made;
  return digestOf(made.value) === reviewed
    ? succeed({ scenario, matrix: made.value })
    : fail('conflict', 'The plan on the twins is not the one that was reviewed.', {
        object: scenario.name,
        fix: 'Review the plan again: the fleet has changed since.',
      });
}

function scenarioOf(file: FleetFile, request: MigrationRequest): TwinScenario {
  const { name } = machineParts(request.virtualMachineId);
  return {
    name: `The migration of ${name}`,
    fleet: () => file,
    intent: () => ({ kind: 'migrate', request }),
  };
}

function digestOf({ whole: { run } }: FaultMatrix): string {
  return run === null ? '' : planDigest(run.plan);
}

const unknownOutcome = { passed: false, guest: 'unknown', downtimeMilliseconds: null } as const;

type Lived = Pick<MatrixResult, 'problems' | 'run' | 'guests' | 'downtimes'>;

function outcomeOf(lived: Lived, request: MigrationRequest): MigrationRehearsal['undisturbed'] {
  const { problems, run, downtimes } = lived;
  const { name } = machineParts(request.virtualMachineId);
  const guest = whereIsGuest(lived, request);
  const wayOn = guest === 'unknown' ? wayOnOf(run) : '';
  const downtime = guest === 'unknown' ? undefined : downtimes.get(name);
  return {
    passed: problems.length === 0,
    guest,
    ...(wayOn === '' ? {} : { wayOn }),
    downtimeMilliseconds: downtime ?? null,
    ...(problems.length === 0 ? {} : { problems: problems.slice(0, keptProblems) }),
  };
}

/** As both hosts say, whatever the record does. */
function whereIsGuest({ guests }: Lived, request: MigrationRequest): RehearsedGuest {
  const { hostId, name } = machineParts(request.virtualMachineId);
  const running = guests.filter((guest) => guest.name === name && guest.state === 'running');
  const [only] = running;
  if (only === undefined || running.length > 1) return 'unknown';
  if (only.hostId === request.destinationHostId) return 'moved';
  return only.hostId === hostId ? 'at-source' : 'unknown';
}

function wayOnOf(run: ProcedureRun | null): string {
  const [left] = run?.leftovers ?? [];
  if (left !== undefined) return [left.what, ...left.commandLines.slice(0, 1)].join(': ');
  return run?.error?.fix ?? run?.error?.message ?? '';
}

/** A case that breaks off is a defect of this program; it is one cell, and not the end of the rehearsal. */
async function orDefect<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return fail('internal', `The rehearsal broke off: ${message.split('\n')[0]}`, {
      fix: 'Report it with the fleet file.',
    });
  }
}
