import { describe, expect, it } from 'vitest';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { defaultPreCopyOptions, type PreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { openMigrationWorld } from '../test-support/migration-world.ts';

type Workload = NonNullable<FleetFile['hosts'][number]['virtualMachines'][number]['workload']>;

const story = ({ status, error, steps, plan }: ProcedureRun) =>
  JSON.stringify(
    [status, error, steps.flatMap((step, index) => (step.error ? [plan.steps[index]?.words, step.error.message] : []))],
    null,
    1,
  );

/** The built-in fleet in which db-primary has something to do. */
function busyHosts(workload: Partial<Workload> = {}): FleetFile {
  const file = twoHosts.build();
  for (const machine of file.hosts[0]?.virtualMachines ?? [])
    if (machine.name === 'db-primary')
      machine.workload = {
        phases: [{ seconds: 60, pagesPerSecond: 60_000, hotBytes: 2 ** 30, hotShare: 0.8 }],
        ...{ readsPerSecond: 2000, writesPerSecond: 1000, blocksPerCommand: 2 },
        ...workload,
      };
  return file;
}

const preCopy = (options: Partial<PreCopyOptions> = {}) => ({
  preCopy: { ...defaultPreCopyOptions, ...options },
  downtimeBudgetMilliseconds: 300,
});

describe('a migration that copies while its guest goes on', () => {
  it('stops the guest for what its last round left, and everything is there', async () => {
    const world = await openMigrationWorld(busyHosts());
    const run = await world.migrate(preCopy());
    expect(run.status, story(run)).toBe('done');
    const facts = run.migration!;
    expect(facts.proof.filter(({ equal }) => !equal)).toEqual([]);
    console.log(JSON.stringify(facts.preCopy, null, 1), facts.downtimeMilliseconds, facts.downtimePhases);
    console.log(run.plan.steps.map(({ phase, words }, i) => `${phase}: ${words} — ${run.steps[i]?.readBack}`).join('\n'));
    expect(facts.downtimeMilliseconds).toBeLessThan(300);
  });
});
