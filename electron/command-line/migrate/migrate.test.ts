import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { twoHosts } from '#backend/hosts/simulated/built-in/two-hosts.ts';
import { busyFleet } from '#backend/kill-test/testing/small-fleet.ts';
import { runCommandLine } from '../testing/run-command-line.ts';

async function berth(args: readonly string[], isTerminal = true) {
  const bars: string[] = [];
  const progress = (text: string) => void bars.push(text);
  const answer = await runCommandLine(args, '', { progress, isTerminal });
  const lines = () =>
    answer.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { ...answer, bars, lines };
}

const toB = ['two-hosts', '--vm', 'db-primary', '--to', 'hv-b'] as const;

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'berth-migrate-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('berth check', () => {
  it('says which hosts could take a virtual machine', async () => {
    const { code, out } = await berth(['check', 'two-hosts', '--vm', 'db-primary']);
    expect([code, out]).toEqual([0, 'db-primary on hv-a\n  hv-b: could take it\n']);
  });

  it('says what is expected of a migration, and answers by its exit code', async () => {
    const { code, out } = await berth(['check', ...toB]);
    expect(code).toBe(0);
    expect(out).toMatch(/^db-primary: hv-a to hv-b: it can move\n {2}\d+ checks passed, 0 warnings\n/);
    expect(out).toMatch(
      /Forecast: downtime \d+ ms of 300 ms \(quiesce .*\)\n {2}2 rounds while the guest goes on/,
    );
    const stopped = await berth(['check', ...toB, '--policy', 'stop-and-copy', '--json']);
    expect(JSON.parse(stopped.out)).toMatchObject({ movable: true, to: 'hv-b', forecast: { rounds: [] } });
  });

  it('lists what failed first, each with its fix', async () => {
    const file = path.join(folder(), 'fleet.json');
    const fleet = twoHosts.build();
    for (const host of fleet.hosts) if (host.name === 'hv-b') host.iommu = '';
    writeFileSync(file, JSON.stringify(fleet));
    const { code, out } = await berth(['check', file, '--vm', 'db-primary', '--to', 'hv-b']);
    expect(code).toBe(1);
    const [first, second, third] = out.split('\n');
    expect(first).toMatch(/it cannot move, \d+ checks? failed$/);
    expect(second).toMatch(/^ {2}failed: /);
    expect(third).toMatch(/^ {4}\S/);
    const all = await berth(['check', file, '--vm', 'db-primary']);
    expect([all.code, all.out]).toEqual([1, expect.stringMatching(/hv-b: cannot take it\n {4}- /)]);
  });

  it('says the rule, what was read where and when, and what makes it pass', async () => {
    const { code, out } = await berth(['check', ...toB, '--downtime', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/\n {4}rule: The forecast stays within the budget\./);
    expect(out).toMatch(/\n {4}source: budget 1 ms, Forecast of this migration, 20\d\d-/);
    expect(out).toMatch(/\n {4}To fix it: Raise the downtime budget to \d+ ms\n/);
    const { checks, remedies } = JSON.parse(
      (await berth(['check', ...toB, '--downtime', '1', '--json'])).out,
    );
    const warning = checks.find(({ verdict }: { verdict: string }) => verdict === 'warning');
    expect(warning.readings[0]).toMatchObject({ side: 'source', value: 'budget 1 ms' });
    expect(remedies).toContainEqual(expect.objectContaining({ checkId: warning.id }));
  });

  it('says what would make a host able to take it, with the lines that do it', async () => {
    const file = path.join(folder(), 'fleet.json');
    const fleet = twoHosts.build();
    const primary = fleet.subsystems
      .flatMap(({ controllers }) => controllers)
      .find((one) => one.role === 'primary' && one.host === 'hv-b' && one.address === '0000:01:00.0');
    if (primary?.role !== 'primary' || primary.sriov === undefined) throw new Error('no such primary');
    primary.sriov.numVfs = 5;
    const [used] = primary.secondaries;
    for (const vfn of [1, 2, 3, 4])
      primary.secondaries.push({
        ...used!,
        ...{ vfn, vq: 2, vi: 1, driver: 'nvme', driverOverride: null, deviceInstance: 20 + vfn },
      });
    writeFileSync(file, JSON.stringify(fleet));
    const { code, out } = await berth(['check', file, '--vm', 'db-primary']);
    expect(code).toBe(1);
    expect(out).toMatch(/hv-b: cannot take it\n {4}- .*\n {4}It could after this:\n {6}\S/);
    expect(out).toMatch(/\n {8}(?:echo|nvme) /);
  });

  it.each([
    [['check', 'two-hosts'], '--vm'],
    [['check', 'two-hosts', '--vm', 'nobody'], '--vm'],
    [['check', 'two-hosts', '--vm', 'web-07', '--to', 'nowhere'], '--to'],
    [['check', ...toB, '--policy', 'post-copy'], '--policy'],
    [['check', ...toB, '--downtime=-1'], '--downtime'],
    [['check', ...toB, '--downtime', '3e9'], '--downtime'],
    [['check', ...toB, '--throttle', '100'], '--throttle'],
    [['migrate', ...toB, '--when-not-converging', 'ask'], '--when-not-converging'],
    [['migrate', ...toB, '--fault', 'berth link --down'], '--fault'],
    [['migrate', 'two-hosts', '--vm', 'db-primary'], '--to'],
  ])('says what is wrong with %j', async (args, option) => {
    const { code, err, out } = await berth(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(option);
    expect(err).toMatch(/\n {2}(Choose|Give|It has)/);
  });
});

describe('berth migrate', () => {
  it('moves it, shows how far it is, and says what was measured', async () => {
    const report = path.join(folder(), 'report.html');
    const { code, out, bars } = await berth(['migrate', ...toB, '--report', report]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Move db-primary to hv-b: moved, (\d+) of \1 steps done\n/);
    expect(out).toMatch(/stood still for .* \(simulated; budget 300 ms, forecast .*\)\n/);
    expect(out).toMatch(/(\d+) of \1 proofs hold\n$/);
    const shown = bars.map((bar) => Number(/(\d+) %/.exec(bar)?.[1] ?? Number.NaN)).filter(Number.isFinite);
    expect(shown).toEqual([...shown].sort((one, other) => one - other));
    expect(bars.at(-1)).toBe('');
    expect(readFileSync(report, 'utf8')).toContain('The guest is running on');
  });

  it('says how much user data was sent, and shows how far that is while the guest stands still', async () => {
    const local = ['migrate', 'zoo', '--vm', 'local', '--to', 'zoo-b'];
    const { code, out } = await berth(local);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /\n {2}2(\.\d+)? GiB sent for 2 GiB of user data, .* of it while the guest stood still: the digests of 1 namespace are equal\n/,
      ),
    ]);
    const stopped = await berth([...local, '--policy', 'stop-and-copy', '--accept-warnings']);
    expect(stopped.out).toMatch(/2 GiB sent for 2 GiB of user data, 2 GiB of it while the guest stood still/);
    const shown = stopped.bars.flatMap(
      (bar) => /the user data of local .*, (\S+ \S+) of 2 GiB/.exec(bar)?.[1] ?? [],
    );
    expect(new Set(shown).size).toBeGreaterThan(1);
  });

  it('tells each step, round and the end as a line of JSON where nobody looks', async () => {
    const { code, lines } = await berth(['migrate', ...toB], false);
    expect(code).toBe(0);
    const events: { event: string; status?: string; step?: number }[] = lines();
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['step', 'round', 'end']));
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      status: 'done',
      migration: { preCopy: { state: 'switching-over' } },
    });
    const done = events.filter(({ event, status }) => event === 'step' && status === 'done');
    expect(done.map(({ step }) => step)).toEqual(done.map((_, index) => index + 1));
  });

  it('says what it would do, and does nothing', async () => {
    const { code, out } = await berth(['migrate', ...toB, '--dry-run']);
    expect(code).toBe(0);
    expect(out).toContain('-- from here it only goes forward --');
    expect(out).toContain('virsh suspend "db-primary"');
    const { lines } = await berth(['migrate', ...toB, '--dry-run', '--json']);
    expect(lines()).toMatchObject([{ event: 'plan', title: 'Move db-primary to hv-b' }]);
  });

  it.each([
    ['', 'a person said so'],
    ['l', 'a person asked for the next low'],
  ])('is held until somebody says %j', async (answer, reason) => {
    const prompts: string[] = [];
    const file = path.join(folder(), 'fleet.json');
    writeFileSync(file, JSON.stringify(busyFleet()));
    const moved = ['migrate', file, '--vm', 'db-primary', '--to', 'hv-b', '--hold'];
    const { code, out } = await runCommandLine(moved, '', {
      isTerminal: true,
      openTerminal: () => ({
        ask: async (prompt) => {
          prompts.push(prompt);
          return prompts.length === 1 ? 'what?' : answer;
        },
        close: () => undefined,
      }),
    });
    expect(prompts).toHaveLength(2);
    expect(prompts[0]).toMatch(/^Held before the switch-over, about .*: $/);
    expect([code, out]).toEqual([0, expect.stringContaining(reason)]);
  });

  it('is not held where nobody could answer, and taken back at the end of the input', async () => {
    const { code, err } = await berth(['migrate', ...toB, '--hold'], false);
    expect([code, err]).toEqual([1, expect.stringContaining('--hold asks on a terminal')]);
    const ended = await runCommandLine(['migrate', ...toB, '--hold'], '', {
      isTerminal: true,
      openTerminal: () => ({ ask: async () => null, close: () => undefined }),
    });
    expect([ended.code, ended.out]).toEqual([1, expect.stringContaining('everything was undone')]);
    const stopped = await runCommandLine(['migrate', ...toB, '--hold', '--policy', 'stop-and-copy'], '', {
      isTerminal: true,
      openTerminal: () => ({ ask: async () => null, close: () => undefined }),
    });
    expect([stopped.code, stopped.err]).toEqual([2, expect.stringContaining('--policy')]);
  });

  it('rehearses the plan on twins, and answers by its exit code', async () => {
    const file = path.join(folder(), 'fleet.json');
    writeFileSync(file, JSON.stringify(busyFleet()));
    const moved = ['migrate', file, '--vm', 'db-primary', '--to', 'hv-b'];
    const { code, out } = await berth([...moved, '--rehearse', '--fault', 'link-down']);
    expect(code).toBe(0);
    expect(out).toMatch(/on simulated twins: (\d+) of \1 cases passed\n/);
    expect(out).toMatch(/\n {2}M .*54\. Take VF 4 offline/);
    expect(out).toMatch(/\n {2}S .*1\. /);
  }, 60_000);

  it.each([
    [['--fault', 'power-cut'], '--fault'],
    [['--report', 'x.html'], '--report'],
  ])('says what a rehearsal does not take: %j', async (more, field) => {
    const { code, err } = await berth(['migrate', ...toB, '--rehearse', ...more]);
    expect([code, err]).toEqual([2, expect.stringContaining(field)]);
  });

  it('goes back when something fails, and says where', async () => {
    const { code, out } = await berth([
      ...['migrate', ...toB],
      ...['--fault', 'hv-a:berth link --percent 50'],
      ...['--fault', 'hv-a:berth fault /dev/nvme1 --opcode 0x41 --status 0x6 -n 3'],
    ]);
    expect(code).toBe(1);
    expect(out).toContain('not moved, everything was undone');
    expect(out).toContain('It failed at: Open VF 1');
  });

  it('does not begin with warnings that nobody has read', async () => {
    const file = path.join(folder(), 'fleet.json');
    const fleet = twoHosts.build();
    for (const host of fleet.hosts) host.kernel = '6.1.0';
    writeFileSync(file, JSON.stringify(fleet));
    const moved = ['migrate', file, '--vm', 'db-primary', '--to', 'hv-b', '--policy', 'stop-and-copy'];
    const refused = await berth(moved);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--accept-warnings')]);
    expect((await berth([...moved, '--accept-warnings'])).code).toBe(0);
  });
});
