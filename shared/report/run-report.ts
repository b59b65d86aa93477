import type { Fleet } from '../fleet/schema.ts';
import { controllerFullTitle, hexadecimalId, hostTitle } from '../fleet/selectors.ts';
import { linkOf } from '../migration/downtime.ts';
import { joinLinks, throughput } from '../migration/link-model.ts';
import { forecastInForce } from '../migration/pre-copy/round.ts';
import { termsOfRound } from '../migration/pre-copy/terms-of-round.ts';
import type { MigrationRequest } from '../migration/request.ts';
import { stunOfRound } from '../migration/stun-table.ts';
import type { MigrationFacts, ProcedureRun } from '../procedure/procedure.ts';
import { runMilliseconds } from '../procedure/run/run-time.ts';
import type { Step } from '../procedure/step.ts';
import { valueSetBy } from '../procedure/step-values.ts';
import { type MigrationPart, type ReportContext, type RunReport, reportVersion } from './report-schema.ts';
import { runOutcome } from './run-outcome.ts';

/**
 * The report of a procedure; of a migration with everything that was measured and proven. What it says comes from the
 * run itself; the fleet, which may have moved on, only lends names.
 */
export function runReport(run: ProcedureRun, fleet: Fleet, context: ReportContext): RunReport {
  const migration = run.migration === null ? null : migrationPart(run, run.migration, fleet);
  return {
    kind: 'run',
    format: 'berth-report',
    version: reportVersion,
    programVersion: context.programVersion,
    title: migration === null ? run.plan.title : migrationTitle(run, migration),
    madeAt: isoTime(context.at),
    fleet: {
      name: run.fleetName,
      simulated: run.simulated,
      seed: fleet.source.name === run.fleetName ? fleet.source.seed : null,
    },
    runId: run.id,
    status: run.status,
    startedAt: isoTime(run.startedAt),
    endedAt: run.endedAt === null ? null : isoTime(run.endedAt),
    simulatedTime: run.simulatedTime ?? null,
    injected: run.injected ?? [],
    outcome: runOutcome(run, migration),
    migration,
    steps: run.plan.steps.map((planned, index) => {
      const step = run.steps[index];
      return {
        phase: planned.phase,
        hostId: planned.hostId,
        words: planned.words,
        commandLines: planned.commandLines,
        status: step?.status ?? 'waiting',
        durationMicroseconds: step?.durationMicroseconds ?? null,
        readBack: step?.readBack ?? '',
      };
    }),
    error: run.error,
    leftovers: run.leftovers,
    audit: run.audit ?? null,
    rehearsal: run.plan.rehearsal ?? null,
  };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function migrationTitle(run: ProcedureRun, migration: MigrationPart): string {
  const { virtualMachineName, sourceHost, destinationHost } = migration;
  return run.status === 'done'
    ? `${virtualMachineName} moved from ${sourceHost} to ${destinationHost}`
    : `${virtualMachineName}, migration from ${sourceHost} to ${destinationHost}`;
}

function migrationPart(run: ProcedureRun, facts: MigrationFacts, fleet: Fleet): MigrationPart {
  const steps = run.plan.steps.map((planned) => planned.step);
  const request = run.plan.intent.kind === 'migrate' ? run.plan.intent.request : null;
  return {
    virtualMachineName: facts.virtualMachineName,
    sourceHost: hostTitle(fleet, facts.sourceHostId),
    destinationHost: hostTitle(fleet, facts.destinationHostId),
    memoryBytes: facts.memoryBytes,
    memorySentBytes: facts.memorySentBytes,
    memoryLeft: facts.memoryLeft,
    bytesPerSecond: facts.bytesPerSecond,
    downtimeBudgetMilliseconds: facts.downtimeBudgetMilliseconds,
    downtimeForecastMilliseconds: forecastInForce(facts),
    downtimeMilliseconds: facts.downtimeMilliseconds,
    stoodStillMilliseconds: facts.stoodStillMilliseconds,
    standstillAtMostMilliseconds: facts.standstillAtMostMilliseconds,
    preCopy: facts.preCopy,
    ...(facts.userData === undefined ? {} : { userData: facts.userData }),
    downtimePhases: facts.downtimePhases,
    totalMilliseconds: runMilliseconds(run),
    ...switchOver(run, facts, fleet),
    devices: facts.devices.map((device) => movedDevice(device, steps, request, fleet)),
    checks: (facts.checks ?? []).map((check) => ({
      ...check,
      acknowledged: facts.acknowledged.includes(check.id),
    })),
    proof: facts.proof,
    ...(facts.evidence === undefined ? {} : { evidence: facts.evidence }),
    unproven: facts.unproven ?? [],
  };
}

/** What was foreseen when the guest was stopped, by term and over other links, beside what was measured. */
function switchOver(
  run: ProcedureRun,
  facts: MigrationFacts,
  fleet: Fleet,
): Pick<MigrationPart, 'memoryMilliseconds' | 'downtimeTerms' | 'stun'> {
  const [source, destination] = [fleet.hosts[facts.sourceHostId], fleet.hosts[facts.destinationHostId]];
  const link = joinLinks(linkOf(source), linkOf(destination));
  const rate = throughput(link);
  const memoryMilliseconds = rate > 0 ? (facts.memoryBytes / rate) * 1000 : 0;
  const step = run.plan.steps.map((planned) => planned.step).find((one) => one.kind === 'vm-pre-copy');
  const round = facts.preCopy?.rounds.at(-1);
  if (step === undefined || round === undefined) return { memoryMilliseconds, downtimeTerms: [], stun: [] };
  const { queues } = step;
  const downtimeTerms = termsOfRound(round, { queues, link }).map(({ phase, milliseconds }) => ({
    phase,
    forecastMilliseconds: milliseconds,
    measuredMilliseconds: facts.downtimePhases.find((one) => one.phase === phase)?.milliseconds ?? null,
  }));
  const stun = stunOfRound(round, { queues, link, budget: facts.downtimeBudgetMilliseconds });
  return {
    memoryMilliseconds,
    downtimeTerms,
    stun: stun.map((column) => ({ ...column, terms: [...column.terms] })),
  };
}

function movedDevice(
  device: MigrationFacts['devices'][number],
  steps: readonly Step[],
  request: MigrationRequest | null,
  fleet: Fleet,
): MigrationPart['devices'][number] {
  const { sourceId, destinationId } = device;
  const lastSet = (aspect: string) =>
    steps.flatMap((step) => valueSetBy(step, destinationId, aspect) ?? []).at(-1);
  const numberOf = (aspect: string) => {
    const value = lastSet(aspect);
    return typeof value === 'number' ? value : null;
  };
  const nqn = lastSet('virtual subsystem');
  const mapping = request?.devices.find((candidate) => candidate.sourceId === sourceId);
  return {
    sourceId,
    destinationId,
    name: device.name,
    stateBytes: device.stateBytes,
    sourceStateSha256: device.sourceStateSha256,
    destinationStateSha256: device.destinationStateSha256,
    source: controllerWords(fleet, sourceId),
    destination: controllerWords(fleet, destinationId),
    virtualControllerId: numberOf('virtual controller id'),
    virtualNqn: typeof nqn === 'string' ? nqn : '',
    vq: numberOf('VQ'),
    vi: numberOf('VI'),
    namespaces: mapping?.namespaces.map((pair) => pair.destination) ?? [],
  };
}

function controllerWords(fleet: Fleet, id: string): string {
  const controller = fleet.controllers[id];
  return controller === undefined
    ? id
    : `${controllerFullTitle(fleet, controller)}, ${hexadecimalId(controller.cntlid)}`;
}
