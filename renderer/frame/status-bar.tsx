import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { countWords } from '#shared/count-words.ts';
import { controllerFailure, failedObjects, hostFailure } from '#shared/fleet/failures.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { countFleet } from '#shared/fleet/selectors.ts';
import { forecastInForce } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { useOverlayState } from '../commands/held-keys.ts';
import { useClock, waitsForPausedClock } from '../fleet-mirror/clock-store.ts';
import { type FleetMirror, useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useOwnership } from '../fleet-mirror/ownership-store.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { goNow, waitsForPerson } from '../migration/decision-notices.ts';
import { goTo, select, showRun, useNavigation } from '../navigation.ts';
import { ProgressBar } from '../ui/content/small.tsx';
import { formatMemory } from '../ui/format.ts';
import { keepClear } from '../ui/overlays/keep-clear.ts';
import { useThrottled } from '../ui/use-throttled.ts';
import styles from './frame.module.css';
import { ProblemsDialog } from './problems-dialog.tsx';
import { SeveralMigrations, shownAlone } from './several-migrations.tsx';

/** The mark differs too: colour alone says nothing to everybody. */
const connections: Record<FleetMirror['status'], { words: string; className: string; mark: string }> = {
  loading: { words: 'loading the fleet', className: 'mute', mark: '○' },
  ready: { words: 'backend ready', className: 'ok', mark: '●' },
  stale: { words: 'catching up', className: 'warn', mark: '◐' },
  failed: { words: 'fleet cannot be read', className: 'bad', mark: '✕' },
};

/** Connection, revision, running work with its real progress, errors and warnings. */
export function StatusBar() {
  const status = useFleetMirror((state) => state.status);
  const revision = useFleetMirror((state) => state.revision);
  const active = useRuns(useShallow(shownAlone));
  const { words, className, mark } = connections[status];
  return (
    <footer ref={keepClear} className={styles.status}>
      <span className={styles.statusItem}>
        <span className={className} aria-hidden>
          {mark}
        </span>
        {words}
      </span>
      <span className={styles.statusItem}>
        revision {revision.toLocaleString('en-US').replaceAll(',', ' ')}
      </span>
      <Failures />
      <SeveralMigrations />
      {active.map((run) => (
        <RunningWork key={run.id} run={run} />
      ))}
      <Problems />
    </footer>
  );
}

/** `2 hosts: lost power`, `1 controller: fatal status`: what failed in the same way is counted together. */
function failureKinds(fleet: Fleet): { readonly words: string; readonly ids: readonly string[] }[] {
  const { machines, hosts, controllers } = failedObjects(fleet);
  const kinds = new Map<string, string[]>();
  const note = (kind: string, id: string) => kinds.set(kind, [...(kinds.get(kind) ?? []), id]);
  for (const id of hosts) {
    const host = fleet.hosts[id];
    if (host !== undefined) note(`host|${hostFailure(fleet, host)}`, id);
  }
  for (const id of controllers) note(`controller|${controllerFailure(fleet.controllers[id] ?? {})}`, id);
  return [
    ...(machines.length === 0
      ? []
      : [{ words: `${countWords(machines.length, 'guest')}: drive lost or dead`, ids: machines }]),
    ...[...kinds].map(([kind, ids]) => {
      const [what = '', how = ''] = kind.split('|');
      return { words: `${countWords(ids.length, what)}: ${how}`, ids };
    }),
  ];
}

/** What has died or lost something, counted; a click selects it in the topology. */
function Failures() {
  const fleet = useThrottled(
    useFleetMirror((state) => state.fleet),
    500,
  );
  const kinds = useMemo(() => (fleet === null ? [] : failureKinds(fleet)), [fleet]);
  return kinds.map(({ ids, words }) =>
    ids.length === 0 ? null : (
      <button
        key={words}
        type="button"
        className={`${styles.statusItem} ${styles.statusButton}`}
        title={`${words}: select in the topology`}
        onClick={() => {
          goTo('topology');
          useNavigation.setState({ filter: 'all', search: '' });
          select(ids);
        }}
      >
        <span className="bad">
          <span aria-hidden>▼ </span>
          {words}
        </span>
      </button>
    ),
  );
}

/** How far the memory is copied; in rounds what is left counts, for more may be sent than there is. */
function copiedWords({ preCopy, memorySentBytes, memoryBytes }: MigrationFacts): string {
  const last = preCopy?.rounds.at(-1);
  if (preCopy === undefined || last === undefined)
    return `${formatMemory(memorySentBytes)} of ${formatMemory(memoryBytes)}`;
  const waits = {
    holding: ' · held',
    'not-converging': ' · not converging',
    copying: '',
    'switching-over': '',
  };
  return `round ${last.number}${waits[preCopy.state]} · ${formatMemory(last.leftBytes)} left`;
}

/** One run with its step and its progress; a click shows all of it. */
function RunningWork({ run }: { readonly run: ProcedureRun }) {
  const index = run.steps.findIndex((step) => step.status === 'running');
  const step = run.plan.steps[index];
  const facts = run.migration;
  const isPaused = useClock(waitsForPausedClock);
  const moved =
    facts === null || facts.memorySentBytes === 0
      ? ''
      : ` · ${copiedWords(facts)} · downtime forecast ${Math.round(forecastInForce(facts))} ms of ${facts.downtimeBudgetMilliseconds} ms`;
  return (
    <>
      <button
        type="button"
        className={`${styles.statusItem} ${styles.statusButton}`}
        onClick={() => showRun(run.id, facts !== null)}
      >
        {run.plan.title}
      </button>
      <ProgressBar value={run.progress} label={run.plan.title} tone="warning" />
      {/* One that does not converge would stand still for longer than it may: that is said where it is decided. */}
      {waitsForPerson(run) !== 'holding' ? null : (
        <button
          type="button"
          className={`${styles.statusItem} ${styles.statusButton}`}
          title="Stops the guest after this round, and moves it"
          aria-label={`Go now: ${run.plan.title}`}
          onClick={() => void goNow(run.id)}
        >
          <span className="warn">Go now</span>
        </button>
      )}
      <span className={styles.statusText}>
        {isPaused ? <span className="warn">paused: simulated clock · </span> : null}
        {run.status === 'aborting' ? 'rolling back · ' : ''}
        {step === undefined ? '' : step.words}
        {moved}
      </span>
    </>
  );
}

/** Counts that open the list of what failed and what could not be read. */
function Problems() {
  const fleet = useThrottled(
    useFleetMirror((state) => state.fleet),
    500,
  );
  const warnings = useMemo(() => (fleet === null ? 0 : countFleet(fleet).problems), [fleet]);
  const failedRuns = useRuns(
    (state) => Object.values(state.runs).filter(({ status }) => status === 'failed').length,
  );
  const errors = failedRuns + useOwnership((state) => state.findings.length);
  const [open, setOpen] = useOverlayState<true>();
  return (
    <>
      <button
        type="button"
        className={`${styles.statusEnd} ${styles.statusButton}`}
        title="What failed, what is not where it should be, and what could not be read"
        onClick={() => setOpen(true)}
      >
        <span className={errors > 0 ? 'bad' : undefined}>{countWords(errors, 'error')}</span>
        {' · '}
        <span className={warnings > 0 ? 'warn' : undefined}>{countWords(warnings, 'warning')}</span>
      </button>
      {open ? <ProblemsDialog onClose={() => setOpen(null)} /> : null}
    </>
  );
}
