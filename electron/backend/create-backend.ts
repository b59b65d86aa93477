import { shortenError } from '#shared/bounds/shorten.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { ClockMode } from '#shared/simulation/clock-state.ts';
import type { Backend } from './backend.ts';
import { createEventHub, type Emit } from './event-hub.ts';
import { createFleetWriter } from './fleet/fleet-writer.ts';
import { createBatchHandlers } from './handlers/batch-handlers.ts';
import { createDraftHandlers } from './handlers/draft-handlers.ts';
import { createFleetFileHandlers } from './handlers/fleet-file-handlers.ts';
import { createFleetHandlers } from './handlers/fleet-handlers.ts';
import { createGuestViewHandlers } from './handlers/guest-view-handlers.ts';
import { createMigrationHandlers } from './handlers/migration-handlers.ts';
import { createOwnershipHandlers } from './handlers/ownership-handlers.ts';
import { createProcedureHandlers } from './handlers/procedure-handlers.ts';
import { createReportHandlers } from './handlers/report-handlers.ts';
import { createSettingsHandlers } from './handlers/settings-handlers.ts';
import { createMigrationRehearsalHandlers } from './handlers/simulated/migration-rehearsal-handlers.ts';
import { createRehearsalHandlers } from './handlers/simulated/rehearsal-handlers.ts';
import { createSimulationHandlers } from './handlers/simulated/simulation-handlers.ts';
import { createTerminalHandlers } from './handlers/simulated/terminal-handlers.ts';
import { createTraceHandlers } from './handlers/trace-handlers.ts';
import { createVirtualSubsystemHandlers } from './handlers/virtual-subsystem-handlers.ts';
import { whenReady } from './handlers/when-ready.ts';
import { KeptArchive } from './hosts/capture/storage/kept-archive.ts';
import type { Reading } from './hosts/capture/storage/open-storage.ts';
import { createQueueTracer } from './hosts/traced-admin-queue.ts';
import { createBatchPublisher } from './migration/batch/batch-publisher.ts';
import { createMigrationQueue } from './migration/batch/migration-queue.ts';
import { createMigrationObserver } from './migration/migration-observer.ts';
import { createMigrationRehearsals } from './migration-rehearsal/migration-rehearsals.ts';
import { createStandingAudit } from './ownership/standing-audit.ts';
import type { Clock, Log, Random } from './ports.ts';
import { createRecoveries } from './procedures/recovery/recoveries.ts';
import { createRunPublisher } from './procedures/run-publisher.ts';
import { createProcedureRunner, type ProcedureRunner } from './procedures/runner.ts';
import { createRehearsals } from './rehearsal/rehearsals.ts';
import { watchSimulation } from './simulation/watch-simulation.ts';
import { createPastedTexts } from './sources/pasted-texts.ts';
import { nowAndThen } from './sources/reading-progress.ts';
import { createSourceManager } from './sources/source-manager.ts';
import type { OpenDatabase } from './store/database.ts';
import { openStore } from './store/open-store.ts';
import type { Tell } from './store/set-aside.ts';
import { createTerminals } from './terminal/terminals.ts';
import { createTraceBuffer } from './trace/trace-buffer.ts';
import { createDrafts } from './virtual-subsystem/drafts.ts';

export interface BackendDependencies {
  /** Folder for the database; made when it is missing. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** For reports. */
  readonly programVersion?: string;
  /** How the database is opened; tests hand in one that meets a full disk. */
  readonly openDatabase?: OpenDatabase;
}

/** Longer than any command of a healthy device takes, shorter than a person's patience. */
const commandTimeoutMilliseconds = 10_000;

const nothingOpen: FleetSource = {
  kind: 'simulated',
  name: '',
  label: '',
  simulated: true,
  readOnly: null,
  seed: null,
};

/**
 * The whole backend, wired. Resolves as soon as the database is open; the last source opens in the background, and
 * requests that need the fleet wait for it, so that the window comes first.
 */
export async function createBackend(deps: BackendDependencies): Promise<Result<Backend>> {
  const { clock, random, log } = deps;
  const hub = createEventHub(log);
  const notify: Tell = (notice) =>
    hub.emit('app:notice', { ...shortenError(notice), severity: notice.severity });
  const opened = openStore(deps.dataDir, clock, {
    tell: notify,
    ...(deps.openDatabase === undefined ? {} : { open: deps.openDatabase }),
  });
  if (!opened.ok) return opened;
  const { store, notices } = opened.value;
  for (const notice of notices) notify({ ...notice, severity: 'warning' });

  const traceBuffer = createTraceBuffer(hub.emit);
  const trace = createQueueTracer(clock, traceBuffer.sink);
  const emit: Emit = (channel, event) => {
    hub.emit(channel, event);
    audit.heard(channel);
  };
  const runs = createRunPublisher((change) => hub.emit('run:changed', change));
  const writer = createFleetWriter(emit, nothingOpen);
  const onRead = nowAndThen(
    (read, size) => hub.emit('fleet:reading', { read, size }),
    () => clock.microseconds() / 1000,
  );
  const reading: Reading = { onRead, kept: new KeptArchive(clock) };
  let stopWatching: () => void = () => undefined;
  const sources = createSourceManager({
    ...{ clock, log, trace, writer, store, notify },
    ...reading,
    pasted: createPastedTexts(deps.dataDir),
    running: () => [...runner.running().map((run) => run.plan.title), ...queue.underWay()],
    onOpen: (simulation) => {
      queue.sourceOpened();
      terminals.closeAll();
      rehearsals.close();
      migrationRehearsals.close();
      stopWatching();
      if (simulation !== null) stopWatching = watchSimulation(simulation, { clock, emit: hub.emit, runner });
    },
  });
  const connection = (hostId: string) =>
    sources.current().connections.find((candidate) => candidate.id === hostId);
  const source = () => sources.current().key;
  const drafts = createDrafts({
    ...{ store, clock, random, log, emit: hub.emit, source },
    findRun: (runId) => runner.find(runId),
  });
  const keep = async (mode?: ClockMode) =>
    store.readOnlyReason === null ? sources.keep(mode) : succeed(undefined);
  // By the clock of the fleet: nothing is given up because that is paused.
  const timeout = () => ({ timeoutMilliseconds: commandTimeoutMilliseconds, clock: sources.current().clock });
  const runner: ProcedureRunner = createProcedureRunner({
    ...{ writer, store, clock, random, log },
    emit(_, run) {
      runs.changed(run);
      audit.heardRun(run);
      drafts.runChanged(run);
      queue.runChanged(run);
    },
    source: () => sources.current(),
    opening: () => sources.opening(),
    occupied: (hostIds) => terminals.occupied(hostIds),
    observerFor: createMigrationObserver({
      ...{ connection, log, timeout },
    }),
    timeoutMilliseconds: commandTimeoutMilliseconds,
    nvmeCli: () => store.settings().nvmeCli,
    rehearsed: (digest) => migrationRehearsals.of(digest),
  });
  const batches = createBatchPublisher((batch) => hub.emit('batch:changed', batch));
  const queue = createMigrationQueue({
    ...{ store, runner, clock, random, log, source, fleet: () => writer.fleet },
    tell: batches.changed,
  });

  const terminals = createTerminals({
    ...{ writer, log, emit: hub.emit },
    simulation: () => sources.simulation(),
    runner: () => runner,
    opening: () => sources.opening(),
    keep,
    copy: (id) => rehearsals.terminalPlace(id),
  });
  const rehearsals = createRehearsals({ sources, writer, emit: hub.emit });
  const migrationRehearsals = createMigrationRehearsals({
    ...{ sources, clock, emit: hub.emit },
    fleet: () => runner.migrationFleet(),
  });
  const recoveries = createRecoveries({
    ...{ writer, store, runner },
    sourceKey: () => sources.current().key,
    nvmeCli: () => store.settings().nvmeCli,
  });
  const audit = createStandingAudit({
    ...{ writer, store, log, emit: hub.emit },
    sourceKey: () => sources.current().key,
    underWay: () => runner.running(),
  });

  const ready = sources.openLast().then(() => {
    for (const run of runner.markInterrupted())
      notify({
        severity: 'warning',
        code: 'aborted',
        message: `“${run.plan.title}” was interrupted when Berth ended.`,
        object: run.plan.title,
        fix: 'Resume it, roll it back, or dismiss it in the history.',
      });
  });
  ready.catch((cause: unknown) => log.error('the last source could not be opened', cause));

  const fleet = () => writer.fleet;
  const surroundings = () => ({ fleet: writer.fleet, connection, timeout: timeout() });
  const waiting = whenReady(ready, {
    ...createFleetHandlers({ writer, store, sources, reading }),
    ...createFleetFileHandlers({ sources, source: () => writer.fleet.source }),
    ...createProcedureHandlers({ runner, recoveries, store, onStarted: drafts.noteStart }),
    ...createBatchHandlers({ queue, fleet: () => runner.migrationFleet() }),
    ...createOwnershipHandlers(audit),
    ...createDraftHandlers(drafts),
    ...createVirtualSubsystemHandlers({ store, surroundings, source }),
    ...createGuestViewHandlers({ surroundings }),
    ...createTerminalHandlers(terminals),
    ...createRehearsalHandlers(rehearsals),
    ...createMigrationRehearsalHandlers(migrationRehearsals),
    ...createMigrationHandlers({ fleet: () => runner.migrationFleet(), readTimes: () => writer.readTimes }),
    ...createSimulationHandlers({
      writer,
      simulation: () => sources.simulation(),
      keep,
    }),
    ...createReportHandlers({
      fleet,
      clock,
      programVersion: deps.programVersion ?? '',
      findRehearsal: rehearsals.state,
      findRun: (runId) => {
        const run = runner.find(runId);
        return run === null
          ? fail('not-found', `There is no procedure ${runId}.`, { object: runId })
          : succeed(run);
      },
    }),
  });
  return succeed({
    handlers: {
      ...waiting,
      ...createSettingsHandlers({ store, emit: hub.emit }),
      ...createTraceHandlers(traceBuffer),
    },
    subscribe: (listener) => hub.subscribe(listener),
    runningProcedures: () => runner.running().map((run) => run.plan.title),
    async close() {
      await ready.catch(() => undefined);
      terminals.closeAll();
      rehearsals.close();
      migrationRehearsals.close();
      queue.close();
      batches.close();
      await runner.close();
      runs.close();
      stopWatching();
      audit.close();
      await sources.close();
      traceBuffer.close();
      store.close();
    },
  });
}
