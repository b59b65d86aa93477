import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import {
  defaultPreCopyOptions,
  type PreCopyOptions,
  type SwitchOverDecision,
} from '#shared/migration/pre-copy/options.ts';
import type { PreCopyState } from '#shared/migration/pre-copy/round.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { requestFor } from '../test-support/migration-request.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

type Workload = NonNullable<FleetFile['hosts'][number]['virtualMachines'][number]['workload']>;

const story = ({ status, error, steps, plan }: ProcedureRun) =>
  JSON.stringify(
    [
      status,
      error,
      steps.flatMap((step, index) => (step.error ? [plan.steps[index]?.words, step.error.message] : [])),
    ],
    null,
    1,
  );

/** The built-in fleet in which db-primary has something to do. */
function busyHosts(workload: Partial<Workload> = {}): FleetFile {
  const file = twoHosts.build();
  for (const machine of file.hosts[0]?.virtualMachines ?? [])
    if (machine.name === 'db-primary') {
      machine.memoryBytes = 2 ** 30;
      machine.workload = {
        phases: [{ seconds: 60, pagesPerSecond: 40_000, hotBytes: 2 ** 27, hotShare: 0.8 }],
        ...{ readsPerSecond: 2000, writesPerSecond: 1000, blocksPerCommand: 2 },
        ...workload,
      };
    }
  // 10 Gbit/s: less memory at a slower link behaves the same and is simulated faster.
  for (const host of file.hosts) host.linkBytesPerSecond = 1_250_000_000;
  return file;
}

const preCopy = (options: Partial<PreCopyOptions> = {}) => ({
  preCopy: { ...defaultPreCopyOptions, ...options },
  downtimeBudgetMilliseconds: 300,
});

/** Says once, when the copying is in this state, what a person would say. */
function decideWhen(world: MigrationWorld, state: PreCopyState, decision: SwitchOverDecision): void {
  let said = false;
  world.listeners.add((run) => {
    if (said || run.migration?.preCopy?.state !== state) return;
    said = true;
    queueMicrotask(() =>
      expect(world.runner.decide(run.id, decision)).toEqual({ ok: true, value: undefined }),
    );
  });
}

/** Writes more than the link of the built-in fleet takes away, all over the memory, until it is throttled hard. */
const writesTooMuch = {
  phases: [{ seconds: 60, pagesPerSecond: 500_000, hotBytes: 2 ** 27, hotShare: 0 }],
};

describe('a migration that copies while its guest goes on', { timeout: 30_000 }, () => {
  it('stops the guest for what its last round left, and everything is there', async () => {
    const world = await openMigrationWorld(busyHosts());
    const before = world.writer.fleet;
    const run = await world.migrate(preCopy());
    expect(run.status, story(run)).toBe('done');
    const { proof, preCopy: copied, downtimeMilliseconds, memoryBytes, memorySentBytes } = run.migration!;
    expect(proof.filter(({ equal }) => !equal)).toEqual([]);
    const last = copied!.rounds.at(-1)!;
    expect(copied).toMatchObject({ state: 'switching-over', roundBytes: last.leftBytes });
    expect(copied!.rounds[0]).toMatchObject({ number: 1, sentBytes: memoryBytes });
    expect(memorySentBytes).toBeGreaterThanOrEqual(copied!.totalSentBytes + last.leftBytes);
    // Within ten in a hundred of what was said before the guest was stopped, or the millisecond that the clock counts by.
    expect(Math.abs(downtimeMilliseconds! - last.downtimeForecastMilliseconds)).toBeLessThan(
      Math.max(1.5, last.downtimeForecastMilliseconds / 10),
    );
    // Nothing of the log stays behind, at either end.
    const machines = Object.values(world.writer.fleet.virtualMachines);
    expect(machines.filter(({ tracksMemory }) => tracksMemory)).toEqual([]);
    expect(machines.length).toBe(Object.keys(before.virtualMachines).length);
  });

  it('moves db-primary as it is within its budget, in a fraction of what stopping it first takes', async () => {
    const stopped = await (await openMigrationWorld()).migrate();
    const run = await (await openMigrationWorld()).migrate(preCopy());
    expect([stopped.status, run.status]).toEqual(['done', 'done']);
    expect(run.migration!.downtimeMilliseconds).toBeLessThanOrEqual(300);
    expect(run.migration!.downtimeMilliseconds! * 20).toBeLessThan(stopped.migration!.downtimeMilliseconds!);
  });

  it('throttles a guest that writes as fast as the link takes it away, and lets it free', async () => {
    const world = await openMigrationWorld(busyHosts(writesTooMuch));
    const run = await world.migrate(preCopy({ largestThrottlePercent: 99 }));
    expect(run.status, story(run)).toBe('done');
    const throttled = run.migration!.preCopy!.rounds.map(({ throttlePercent }) => throttlePercent);
    expect(throttled[0]).toBe(0);
    expect(throttled.at(-1)).toBeGreaterThanOrEqual(20);
    expect(run.migration!.downtimeMilliseconds).toBeLessThanOrEqual(300);
  });

  it('counts with the throttling that it finds, whoever asked for it', async () => {
    const world = await openMigrationWorld(busyHosts());
    const source = world.connection('hv-a')!;
    let slowed: Promise<unknown> | null = null;
    world.listeners.add((run) => {
      const isCopying = run.steps.some(
        ({ status }, index) => status === 'running' && run.plan.steps[index]?.step.kind === 'vm-pre-copy',
      );
      if (isCopying) slowed ??= source.virtualMachines.throttle('db-primary', 0.6);
    });
    const run = await world.migrate(preCopy());
    expect(run.status, story(run)).toBe('done');
    expect(await slowed).toMatchObject({ ok: true });
    expect(run.migration!.preCopy!.rounds[0]).toMatchObject({ throttlePercent: 60 });
    for (const { throttlePercent } of Object.values(world.writer.fleet.virtualMachines))
      expect(throttlePercent).toBe(0);
  });

  it('goes by itself at the next low of what is left, when a person has asked for that', async () => {
    const world = await openMigrationWorld(busyHosts());
    decideWhen(world, 'holding', 'at-next-low');
    const waits: number[] = [];
    world.listeners.add(({ migration }) => {
      const { waitsForLow } = migration?.preCopy ?? {};
      if (waitsForLow !== undefined) waits.push(waitsForLow.roundsLeft);
    });
    const run = await world.migrate(preCopy({ holdBeforeSwitchOver: true }));
    expect(run.status, story(run)).toBe('done');
    const { reason, rounds = [] } = run.migration?.preCopy ?? {};
    expect(reason).toMatch(/^a person asked for the next low/);
    const left = rounds.map(({ leftBytes }) => leftBytes);
    expect(left.at(-1)).toBeLessThanOrEqual(1.05 * Math.min(...left.slice(-32)));
    expect(waits.every((each) => each > 0)).toBe(true);
  });

  it('asks when it does not converge: give up, and everything is as it was', async () => {
    const world = await openMigrationWorld(busyHosts(writesTooMuch));
    const start = structuredClone(world.writer.fleet);
    decideWhen(world, 'not-converging', 'give-up');
    const run = await world.migrate(preCopy({ largestThrottlePercent: 0 }));
    expect(run.status, story(run)).toBe('rolled-back');
    expect(run.error?.message).toMatch(/was not moved: a person gave it up/);
    expect(run.leftovers).toEqual([]);
    expect(steady(world.writer.fleet)).toEqual(steady(start));
  });

  it('asks when it does not converge: finish it, and the guest stands for longer than the budget', async () => {
    const world = await openMigrationWorld(busyHosts(writesTooMuch));
    decideWhen(world, 'not-converging', 'switch-over');
    const run = await world.migrate(preCopy({ largestThrottlePercent: 0 }));
    expect(run.status, story(run)).toBe('done');
    expect(run.migration!.downtimeMilliseconds).toBeGreaterThan(300);
    expect(run.migration!.preCopy!.reason).toBe('a person said so');
  });

  it.each(['finish', 'give-up'] as const)(
    'does not ask where the options say %s',
    async (whenNotConverging) => {
      const world = await openMigrationWorld(busyHosts(writesTooMuch));
      const run = await world.migrate(preCopy({ largestThrottlePercent: 0, whenNotConverging }));
      expect(run.status, story(run)).toBe(whenNotConverging === 'finish' ? 'done' : 'rolled-back');
    },
  );

  it('holds until somebody says go', async () => {
    const world = await openMigrationWorld(busyHosts());
    let held = 0;
    world.listeners.add((run) => {
      const { state, rounds = [] } = run.migration?.preCopy ?? {};
      if (state !== 'holding' || rounds.length < 8 || held++ > 0) return;
      queueMicrotask(() => expect(world.runner.decide(run.id, 'switch-over').ok).toBe(true));
    });
    const run = await world.migrate(preCopy({ holdBeforeSwitchOver: true }));
    expect(run.status, story(run)).toBe('done');
    expect(run.migration!.preCopy!.rounds.length).toBeGreaterThanOrEqual(8);
    expect(world.runner.decide(run.id, 'switch-over')).toMatchObject({ ok: false });
  });

  it('goes back from every step before the point of no return', { timeout: 120_000 }, async () => {
    const world = await openMigrationWorld(busyHosts());
    const start = structuredClone(world.writer.fleet);
    const { steps, pointOfNoReturn } = planOf(world);
    const first = steps.findIndex(({ step }) => step.kind === 'vm-track-memory');
    const [pause = 0, send = 0] = ['vm-pause', 'vm-send-memory'].map((kind) =>
      steps.findIndex(({ step }) => step.kind === kind),
    );
    for (let index = first; index < pointOfNoReturn!; index++) {
      world.listeners.clear();
      let aborted = false;
      world.listeners.add((run) => {
        if (aborted || run.steps[index]?.status !== 'running') return;
        aborted = true;
        queueMicrotask(() => expect(world.runner.abort(run.id).ok).toBe(true));
      });
      const run = await world.migrate(preCopy());
      expect(run.status, `aborted at step ${index}: ${story(run)}`).toBe('rolled-back');
      expect(run.leftovers).toEqual([]);
      // Only the memory takes time here; a step under way is finished before the way back begins.
      const stoodStill = run.migration!.stoodStillMilliseconds;
      if (index < pause) expect(stoodStill).toBeUndefined();
      else if (index > send) expect(stoodStill, `aborted at step ${index}`).toBeGreaterThan(0);
      else expect(stoodStill, `aborted at step ${index}`).toBeDefined();
      expect(steady(world.writer.fleet), `aborted at step ${index} ${steps[index]?.words}`).toEqual(
        steady(start),
      );
    }
  });

  it('says in the plan what cannot be copied while the guest goes on, and stops it first', async () => {
    const world = await openMigrationWorld(withoutDmaLogging());
    const run = await world.migrate(preCopy());
    expect(run.status, story(run)).toBe('done');
    expect(run.plan.steps.map(({ step }) => step.kind)).not.toContain('vm-pre-copy');
    expect(run.migration!.preCopy).toBeUndefined();
  });
});

/** What a guest at work changes by itself is left out. */
function steady(fleet: Fleet): unknown {
  const virtualMachines = Object.values(fleet.virtualMachines).map((machine) => ({
    ...machine,
    dirtyBytesPerSecond: 0,
  }));
  return { ...fleet, virtualMachines };
}

function planOf(world: MigrationWorld) {
  const plan = planMigration(world.writer.fleet, requestFor(world.writer.fleet, { options: preCopy() }));
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}

/** A kernel from before VFIO's DMA logging (Linux 6.1). */
function withoutDmaLogging(): FleetFile {
  const file = busyHosts();
  for (const host of file.hosts) host.kernel = '6.0.0';
  return file;
}
