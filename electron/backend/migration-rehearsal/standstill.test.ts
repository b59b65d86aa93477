import { describe, expect, it } from 'vitest';
import { preCopyMigrations } from '../kill-test/testing/scenarios.ts';
import type { Moment } from './life.ts';
import { liveThrough, undisturbed } from './live-through.ts';

const scenario = preCopyMigrations[0]!;

const name = 'db-primary';

/** Kills the program at moments from when the guest is asked to stop until it runs again, and lets it go on or back. */
async function killedWhileItStood(how: 'resume' | 'roll-back') {
  const { lives } = await undisturbed(scenario);
  const [moments = []] = lives;
  const first = moments.findIndex(({ what }) => what === 'hv-a pause db-primary');
  const last = moments.findLastIndex(({ what }) => what === 'hv-b resume db-primary');
  const place = (at: Moment['at'], what: string) =>
    moments.findIndex((moment) => moment.at === at && moment.what === what);
  const kills = [
    place('after effect', 'hv-a pause db-primary'),
    first + Math.floor((last - first) / 2),
    ...(how === 'resume' ? [place('after effect', 'hv-b resume db-primary')] : []),
  ];
  const outcomes = [];
  for (const index of kills)
    outcomes.push(await liveThrough(scenario, { lives: [{ killAt: index + 1 }], recoveries: [how] }));
  return outcomes;
}

describe('how long a guest stood still when the program was killed meanwhile', { timeout: 60_000 }, () => {
  it('is at most what the journal tells, when it goes on', async () => {
    for (const { status, problems, run, downtimes } of await killedWhileItStood('resume')) {
      expect([status, problems]).toEqual(['done', []]);
      const { downtimeMilliseconds, standstillAtMostMilliseconds: atMost = 0 } = run?.migration ?? {};
      const stood = downtimes.get(name) ?? Number.NaN;
      expect(downtimeMilliseconds).toBeNull();
      expect(atMost).toBeGreaterThanOrEqual(Math.floor(stood));
      // The reading of everything after the start, and no more, comes on top.
      expect(atMost).toBeLessThan(stood + 10_000);
    }
  });

  it('likewise when it is taken back', async () => {
    for (const { status, problems, run, downtimes } of await killedWhileItStood('roll-back')) {
      expect([status, problems]).toEqual(['rolled-back', []]);
      const { standstillAtMostMilliseconds: atMost = 0 } = run?.migration ?? {};
      expect(atMost).toBeGreaterThanOrEqual(Math.floor(downtimes.get(name) ?? Number.NaN));
    }
  });

  it('is measured when nothing came between', async () => {
    const { run } = await undisturbed(scenario);
    expect(run?.migration?.downtimeMilliseconds).not.toBeNull();
    expect(run?.migration?.standstillAtMostMilliseconds).toBeUndefined();
  });
});
