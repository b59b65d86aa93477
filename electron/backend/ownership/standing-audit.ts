import type { EventChannel } from '#shared/ipc/channels.ts';
import { auditOwnership } from '#shared/ownership/audit.ts';
import type { OwnershipFinding } from '#shared/ownership/finding.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import type { Emit } from '../event-hub.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import type { Log } from '../ports.ts';
import type { Store } from '../store/store.ts';

/** Records that are looked at: what older ones left is the history's to tell. */
const recentRuns = 30;
/** Changes come in bursts; people see no difference, and a fleet of ten thousand functions takes some milliseconds. */
const pauseMilliseconds = 250;

/** The audit of ownership as it stands: made anew whenever the fleet has changed or a procedure has ended. */
export interface StandingAudit {
  /** As of now. */
  findings(): OwnershipFinding[];
  /** To be told of every change of the fleet. */
  heard(channel: EventChannel): void;
  /** To be told of every change of a run. */
  heardRun(run: ProcedureRun): void;
  close(): void;
}

/**
 * `records`, newest first, with what was heard of one. Reading them all again at each end would stop everything else for
 * as long as their steps are many. One that is not among them and does not run is older, or of another source.
 */
function withRun(records: readonly ProcedureRun[], run: ProcedureRun): readonly ProcedureRun[] {
  if (records.some(({ id }) => id === run.id))
    return records.map((known) => (known.id === run.id ? run : known));
  return isActive(run) ? [run, ...records].slice(0, recentRuns) : records;
}

export function createStandingAudit(deps: {
  readonly writer: Pick<FleetWriter, 'fleet'>;
  readonly store: Pick<Store, 'runs'>;
  readonly sourceKey: () => string;
  /** Runs under way, in their newest state. */
  readonly underWay: () => readonly ProcedureRun[];
  readonly emit: Emit;
  readonly log: Log;
}): StandingAudit {
  let records: readonly ProcedureRun[] | null = null;
  let told = '[]';
  let timer: ReturnType<typeof setTimeout> | null = null;

  const findings = () => {
    const source = deps.sourceKey();
    records ??= deps.store.runs(recentRuns).flatMap(({ run, source: own }) => (own === source ? [run] : []));
    const newest = new Map(deps.underWay().map((run) => [run.id, run]));
    const runs = records.map((run) => newest.get(run.id) ?? run);
    const unknown = [...newest.values()].filter(({ id }) => !runs.some((run) => run.id === id));
    return auditOwnership(deps.writer.fleet, [...unknown, ...runs]);
  };
  const look = () => {
    timer = null;
    const found = findings();
    const text = JSON.stringify(found);
    if (text === told) return;
    if (told === '[]') for (const { title } of found) deps.log.warn(`audit of ownership: ${title}`);
    told = text;
    deps.emit('ownership:changed', { findings: found });
  };
  const lookSoon = () => {
    timer ??= setTimeout(look, pauseMilliseconds);
  };
  return {
    findings,
    heard(channel) {
      if (channel === 'fleet:replaced') records = null;
      if (channel === 'fleet:replaced' || channel === 'fleet:change') lookSoon();
    },
    heardRun(run) {
      records &&= withRun(records, run);
      lookSoon();
    },
    close() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
