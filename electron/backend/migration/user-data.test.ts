import { describe, expect, it } from 'vitest';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { openMigrationWorld } from '../test-support/migration-world.ts';
import { twoDrives } from '../test-support/two-drives.ts';

const story = ({ status, error, steps, plan, leftovers }: ProcedureRun) =>
  JSON.stringify(
    [
      status,
      error,
      leftovers,
      steps.flatMap((step, index) => (step.error ? [plan.steps[index]?.words, step.error] : [])),
    ],
    null,
    1,
  );

const preCopy = { preCopy: defaultPreCopyOptions, downtimeBudgetMilliseconds: 300 };

describe('a guest whose namespaces are on another drive at the destination', { timeout: 30_000 }, () => {
  it.each([
    ['while it goes on', preCopy],
    ['after it was stopped', {}],
  ] as const)('finds its data there when it is moved %s', async (_, options) => {
    const world = await openMigrationWorld(twoDrives());
    const run = await world.migrate(options);
    expect(run.status, story(run)).toBe('done');
    const { userData, proof } = run.migration!;
    expect(userData?.length).toBe(2);
    for (const { checksum, arrived } of userData ?? []) expect(arrived).toBe(checksum);
    expect(proof.filter(({ equal }) => !equal)).toEqual([]);
    expect(proof.filter(({ what }) => /user data/.test(what)).length).toBe(2);
    const left = Object.values(world.writer.fleet.controllers).filter(
      (controller) => controller.role === 'secondary' && controller.userDataQueue === true,
    );
    expect(left).toEqual([]);
  });
});
