import type { Compatibility } from '#shared/migration/checks/check.ts';
import type { MigrationRehearsal } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { NvmeCliGeneration } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Result } from '#shared/result.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import type { Clock, Log, Random } from '../ports.ts';
import type { FleetState } from '../sources/fleet-state.ts';
import type { Store } from '../store/store.ts';
import type { RunObserver } from './run/run-observer.ts';

/** What the runner works on; it is exchanged as a whole when another source is opened. */
export interface RunnerSource {
  /** Key under which the store keeps the source and its runs. */
  readonly key: string;
  readonly connections: readonly HostConnection[];
  /** The time of these hosts, simulated or not: steps are measured with it. */
  readonly clock: Clock;
  /** Of a simulated fleet, to keep with every step; null for anything real or recorded. */
  readonly state: FleetState | null;
}

/** Tells a run in its newest state. */
export type EmitRun = (channel: 'run:changed', run: ProcedureRun) => void;

export interface RunnerDependencies {
  readonly writer: FleetWriter;
  readonly store: Store;
  /** The machine's: for what people look up by day and hour. */
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told every change of every run. */
  readonly emit: EmitRun;
  source(): RunnerSource;
  /** What is being opened in place of the source just now; null: nothing. */
  opening(): string | null;
  /** Why nothing may start on these hosts although no procedure runs there; null: nothing is in the way. */
  occupied(hostIds: ReadonlySet<string>): Result<never> | null;
  /**
   * Watches runs of this plan; null for everything but a migration. `compatibility`: the checks that were made for the
   * plan; null for a run that is resumed.
   */
  observerFor(plan: Plan, compatibility: Compatibility | null): RunObserver | null;
  /** How long one admin command may take, milliseconds. */
  readonly timeoutMilliseconds: number;
  /** The spelling of command lines that people get, as they have it set. */
  nvmeCli(): NvmeCliGeneration;
  /** What was seen when a plan was rehearsed, by its digest: it is journalled with it. Left out: nothing ever is. */
  rehearsed?(digest: string): MigrationRehearsal | null;
}
