import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../migration/evidence/evidence.ts';
import { defaultPreCopyOptions } from '../migration/pre-copy/options.ts';
import type { PreCopyFacts } from '../migration/pre-copy/round.ts';
import type { MigrationRehearsal } from '../migration/rehearsal/rehearsal-result.ts';
import { waitingStep } from '../procedure/procedure.ts';
import type { Step } from '../procedure/step.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { finishedMigration } from '../test-support/migration-run.ts';
import { numRuns } from '../test-support/property-runs.ts';
import { bytesWords, durationWords, periodWords } from './format.ts';
import { escapeText, markup } from './markup.ts';
import { renderHtml } from './render-html.ts';
import { type Report, reportSchema } from './report-schema.ts';
import { runReport } from './run-report.ts';
import { topologyReport } from './topology-report.ts';

const context = { programVersion: '0.1.0', at: Date.UTC(2026, 10, 23, 15, 0, 0) };

function migration() {
  const fleet = migrationFleet();
  return runReport(finishedMigration(fleet), fleet, context);
}

/** One that copied while its guest went on, over a link of 100 Gb/s. */
function copiedMigration() {
  const known = migrationFleet();
  const hosts = Object.fromEntries(
    Object.entries(known.hosts).map(([id, host]) => [id, { ...host, linkBytesPerSecond: 12.5e9 }]),
  );
  const fleet = { ...known, hosts };
  const run = finishedMigration(known);
  const { migration, plan } = run;
  const [first] = plan.steps;
  if (migration === null || first === undefined) throw new Error('no migration');
  const step: Step = {
    ...{ kind: 'vm-pre-copy', virtualMachineId: 'hv-a:db-primary', destinationHostId: 'hv-b' },
    ...{ options: defaultPreCopyOptions, earlyState: [], queues: [8, 8], downtimeBudgetMilliseconds: 1000 },
  };
  const copying = { ...plan, steps: [...plan.steps, { ...first, step }] };
  const round = {
    ...{ number: 1, startedMilliseconds: 0, milliseconds: 90, sentBytes: 2 ** 30, deviceBytes: 0 },
    ...{ leftBytes: 5e8, bytesPerSecond: 12e9, dirtyBytesPerSecond: 1e9, throttlePercent: 0 },
    ...{ downtimeForecastMilliseconds: 120, allowedMilliseconds: 250, startedOver: false },
  };
  const rounds = [
    round,
    {
      ...{ ...round, number: 2, startedMilliseconds: 90, throttlePercent: 35 },
      downtimeForecastMilliseconds: 90,
    },
  ];
  const preCopy: PreCopyFacts = {
    ...{ state: 'switching-over', rounds, roundSentBytes: 0, roundBytes: 5e8, totalSentBytes: 2 ** 31 },
    reason: 'a person said so',
  };
  const sha256 = 'd'.repeat(64);
  const stage = { stage: 'loaded', reads: [], more: null, compared: [], sha256 } as const;
  const evidence: Evidence = {
    ...{ format: 'berth-evidence', version: 1, sha256 },
    stages: [{ ...stage, reads: [], compared: [] }],
  };
  const steps = [...run.steps, run.steps[0] ?? waitingStep];
  return { fleet, run: { ...run, plan: copying, steps, migration: { ...migration, preCopy, evidence } } };
}

const digest = '0123456789abcdef';

/** One whose devices share a namespace that was copied: once in full, then what was left of it. */
function migrationWithUserData(arrived = digest) {
  const { fleet, run } = copiedMigration();
  const { migration, ...others } = run;
  const { preCopy } = migration;
  const userData = migration.devices.map(({ sourceId }, index) => ({
    ...{ sourceId, nsid: 2, destinationNsid: 3, bytes: 2 ** 31, sentBytes: index * 2 ** 20 },
    ...{ checksum: digest, arrived },
  }));
  const queues = [
    { sourceId: 'x', identifier: 1, address: '0x0', slots: 64, head: 0, phase: 1 as const },
  ].map((queue) => ({ ...queue, isBegun: true, mostWaiting: 3, brokeOff: 2, pending: [] }));
  const facts = { totalBytes: 2 ** 31, sentBytes: 3 * 2 ** 30, leftBytes: 2 ** 20, queues };
  const rounds = preCopy.rounds.map((round) => ({
    ...{ ...round, userDataSentBytes: 2 ** 30, userDataLeftBytes: 7 * 2 ** 20 },
  }));
  return runReport(
    { ...others, migration: { ...migration, userData, preCopy: { ...preCopy, rounds, userData: facts } } },
    fleet,
    context,
  );
}

/** The text of a page as a reader sees it. */
function readable(html: string): string {
  return html
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the report of a migration', () => {
  it('is a valid model that survives JSON', () => {
    const report = migration();
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.migration?.devices[0]).toMatchObject({
      virtualControllerId: 20,
      source: 'VF 1 of hv-a/nvme1, 0x0001',
      destination: 'VF 1 of hv-b/nvme1, 0x0001',
      vq: 8,
      vi: 4,
      namespaces: [1, 2],
    });
  });

  it('says what happened, with the measured figures, the proof and the commands', () => {
    const text = readable(renderHtml(migration()));
    for (const expected of [
      'SIMULATED FLEET · two-hosts · seed 42',
      'db-primary moved from hv-a to hv-b',
      '23 November 2026, 14:22:14 to 14:22:36 UTC',
      'The guest is running on hv-b . It was stopped for 391 ms (budget 1 s, forecast 380 ms). Nothing is left on hv-a. Proofs that hold: 1 of 1.',
      'Downtime 391 ms forecast 380 ms',
      'Memory sent 1 GiB of 1 GiB, 1.00 ×',
      'Device state 8.3 KiB 2 controllers',
      '9f2c41aa9f2c41aa',
      'nvme virtual_subsys_create --dev=/dev/nvme1',
      'not part of the ratified NVM Express Base Specification',
    ])
      expect(text).toContain(expected);
  });

  it('says what was sent of the user data, when, and that both sides have the same', () => {
    const report = migrationWithUserData();
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.migration?.userData?.map(({ sentBytes }) => sentBytes)).toEqual([0, 2 ** 20]);
    const text = readable(renderHtml(report));
    for (const expected of [
      // The namespace counts once.
      'User data sent 3 GiB of 2 GiB',
      'User data that was copied',
      `2 to 3 2 GiB 1 MiB equal ${digest}`,
      '3 GiB sent in 2 rounds while the guest went on; the log of what it changed broke off 2 times, and all was copied again.',
      'User data sent User data left 1 90 ms',
      '1 GiB 7 MiB',
    ])
      expect(text).toContain(expected);
    const other = 'f'.repeat(16);
    expect(readable(renderHtml(migrationWithUserData(other)))).toContain(`different ${digest} and ${other}`);
    expect(readable(renderHtml(migration()))).not.toContain('User data');
  });

  it('draws the rounds, and sets what was forecast beside what was measured and beside other links', () => {
    const { fleet, run } = copiedMigration();
    const report = runReport(run, fleet, context);
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const html = renderHtml(report);
    expect(html).not.toContain('<script');
    const [, chart = ''] = /<svg viewBox="-56[^>]*>([\s\S]*?)<\/svg>/.exec(html) ?? [];
    expect(chart.match(/<path/g)?.length).toBeGreaterThan(5);
    expect(chart.match(/<rect/g)).toHaveLength(1);
    for (const expected of [
      'budget 1 s',
      'the guest was throttled, by 35 % at most',
      '100, this link',
      'Evidence of 1 stage, SHA-256',
    ])
      expect(readable(html)).toContain(expected);
    expect(readable(html)).toMatch(/ memory \d\S* ms 370 ms \+\d+ ms /);
    const terms =
      report.migration?.downtimeTerms.map(({ forecastMilliseconds }) => forecastMilliseconds) ?? [];
    expect(terms.reduce((sum, each) => sum + each, 0)).toBeCloseTo(90, 5);
    const [own] = report.migration?.stun.filter(({ isThisLink }) => isThisLink) ?? [];
    expect(own?.totalMilliseconds).toBeCloseTo(90, 5);
    const totals = report.migration?.stun.map(({ totalMilliseconds }) => totalMilliseconds) ?? [];
    expect(totals).toEqual([...totals].sort((one, other) => other - one));
  });

  it('says how long a guest can have stood still at most when the program was killed meanwhile', () => {
    const { fleet, run } = copiedMigration();
    const migration = { ...run.migration, downtimeMilliseconds: null, standstillAtMostMilliseconds: 5210 };
    const moved = readable(renderHtml(runReport({ ...run, migration }, fleet, context)));
    expect(moved).toContain('It stood still for at most 5.2 s , while Berth did not run');
    expect(moved).toContain('Downtime at most 5.2 s');
    const back = runReport({ ...run, status: 'rolled-back', migration }, fleet, context);
    expect(readable(renderHtml(back))).toContain('It stood still for at most 5.2 s');
  });

  it('has what was seen on simulated twins before the start', () => {
    const { fleet, run } = copiedMigration();
    const rehearsal: MigrationRehearsal = {
      ...{ planDigest: 'c'.repeat(64), at: context.at, seed: 42, steps: [0, 4], wanted: 3 },
      faults: ['link-down', 'refused-once'],
      undisturbed: { passed: true, guest: 'moved', downtimeMilliseconds: 40 },
      cells: [
        { step: 0, fault: 'link-down', passed: true, guest: 'at-source', downtimeMilliseconds: null },
        { step: 4, fault: 'link-down', passed: true, guest: 'moved', downtimeMilliseconds: 41 },
        {
          ...{ step: 4, fault: 'refused-once', passed: false, guest: 'unknown', downtimeMilliseconds: null },
          ...{ wayOn: 'Start <it>', problems: ['it runs nowhere'] },
        },
      ],
    };
    const report = runReport({ ...run, plan: { ...run.plan, rehearsal } }, fleet, context);
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const text = readable(renderHtml(report));
    expect(text).toContain('on simulated twins 2 of 3 cases passed');
    expect(text).toContain('M 41 ms ✕ ?');
    expect(text).toContain(
      'refused once: failed; guest not known; way on: Start &lt;it&gt;; it runs nowhere',
    );
  });

  it('labels only a simulated fleet as simulated', () => {
    const fleet = migrationFleet();
    const real = runReport({ ...finishedMigration(fleet), simulated: false }, fleet, context);
    expect(renderHtml(real)).not.toContain('SIMULATED');
  });

  it('does not claim a success that the run does not show', () => {
    const fleet = migrationFleet();
    const run = finishedMigration(fleet);
    const facts = run.migration!;
    const words = (report: typeof run) =>
      runReport(report, fleet, context)
        .outcome.words.map((word) => word.text)
        .join('');
    const unequal = [{ what: 'Identify', source: 'a', destination: 'b', equal: false }];
    const doubtful = { ...run, migration: { ...facts, proof: unequal } };
    expect(runReport(doubtful, fleet, context).outcome.tone).toBe('warning');
    expect(words(doubtful)).toContain('Proofs that hold: 0 of 1');
    const proofIndex = run.plan.steps.findIndex(
      ({ step }) => step.kind === 'migration-proof' && step.stage === 'running',
    );
    const stopped: typeof run = {
      ...run,
      status: 'failed',
      steps: run.steps.map((step, index) => (index === proofIndex ? { ...step, status: 'failed' } : step)),
      migration: { ...facts, proof: [{ ...unequal[0]!, stage: 'running' }], unproven: ['Nobody sees this.'] },
    };
    expect(words(stopped)).toContain('Its source on hv-a was left as it is.');
    expect(words(stopped)).not.toContain('clean-up');
    const html = renderHtml(runReport(stopped, fleet, context));
    expect(html).toContain('Guest running, before the source was given up');
    expect(html).toContain('Nobody sees this.');
    const late = { ...run, migration: { ...facts, downtimeMilliseconds: 1200 } };
    expect(runReport(late, fleet, context).outcome.tone).toBe('warning');
    expect(words(late)).toContain('budget 1 s, exceeded');
    const back = { ...run, status: 'rolled-back' as const };
    expect(words(back)).toContain('The guest stays on hv-a');
    const leftovers = [{ what: 'VF 1 is still online', commandLines: ['nvme virt-mgmt'] }];
    const failed = { ...run, status: 'failed' as const, leftovers };
    expect(words(failed)).toContain('but the clean-up on hv-a failed. Left over: VF 1 is still online.');
    const kept = structuredClone(run);
    if (kept.plan.intent.kind === 'migrate') kept.plan.intent.request.options.releaseSource = false;
    expect(words(kept)).not.toContain('Nothing is left');
  });

  it('keeps its names when the fleet has moved on', () => {
    const fleet = migrationFleet();
    const run = finishedMigration(fleet);
    const empty = { ...fleet, controllers: {}, virtualMachines: {}, hosts: {} };
    const report = runReport(run, empty, context);
    expect(report.title).toBe('db-primary moved from hv-a to hv-b');
    expect(report.migration?.devices[0]?.source).toBe('hv-a/0000:41:00.0/1');
  });
});

describe('the report of the topology', () => {
  it('lists every host, controller, virtual subsystem and namespace', () => {
    const fleet = migrationFleet();
    const report = topologyReport(fleet, context);
    expect(reportSchema.parse(report)).toEqual(report);
    const text = readable(renderHtml(report));
    for (const name of [
      ...Object.values(fleet.hosts).map((host) => `Host ${host.name}`),
      ...Object.values(fleet.virtualSubsystems).map((subsystem) => subsystem.nqn),
      ...Object.values(fleet.controllers).flatMap((controller) => controller.pciAddress ?? []),
      'db-primary running 1 GiB',
      'VQ: 64 flexible, secondaries 16, primary 0, free 48',
    ])
      expect(text).toContain(name);
  });

  it('shows its tables as tables, in the style of tables', () => {
    const html = renderHtml(topologyReport(migrationFleet(), context));
    expect(html.match(/<table>/g)?.length).toBeGreaterThan(1);
    expect(html.match(/<table>/g)).toHaveLength(html.match(/<\/table>/g)?.length ?? 0);
    expect(html).toContain('\ntable{border-collapse');
  });
});

describe('nothing in a report becomes markup', () => {
  const kept = new Set([
    'kind',
    'tone',
    'status',
    'verdict',
    'format',
    'startedAt',
    'endedAt',
    'madeAt',
    'role',
    'group',
  ]);
  const reports: Report[] = [migration(), migrationWithUserData(), topologyReport(migrationFleet(), context)];

  /** Puts a text in front of every text of the model; equal texts stay equal, empty ones empty. */
  function infect(value: unknown, hostile: string, key = ''): unknown {
    if (typeof value === 'string') return kept.has(key) || value === '' ? value : hostile + value;
    if (Array.isArray(value)) return value.map((item) => infect(item, hostile, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, infect(item, hostile, name)]),
    );
  }

  /** What decides the structure of a page: its angle brackets and quotes. */
  const skeleton = (html: string) => html.replace(/[^<>"'`]/g, '');

  it('whatever the names are', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        '</style><style>*{display:none}',
        '</pre></td></table>',
        "' onload='x",
        '<!--',
        ']]>',
        '&lt;b&gt;',
        '`',
        '\n',
      ),
    );
    fc.assert(
      fc.property(hostile, fc.nat(reports.length - 1), (text, which) => {
        const report = reports[which]!;
        const infected = infect(report, text) as Report;
        expect(skeleton(renderHtml(infected))).toBe(skeleton(renderHtml(report)));
      }),
      { numRuns: numRuns(50, 1500) },
    );
  });

  it('shows control and direction characters instead of obeying them', () => {
    expect(escapeText('a\u0000b\u001b[31m\u202egpj.exe')).toBe('a␀b␛[31m[U+202E]gpj.exe');
    expect(markup`<b>${'<i>'}</b>`.text).toBe('<b>&lt;i&gt;</b>');
  });

  it('fetches nothing', () => {
    for (const report of reports) {
      const html = renderHtml(report);
      expect(html).toContain('default-src &#39;none&#39;');
      expect(html).not.toMatch(
        /<(script|link|img|iframe|object|embed|base|form)\b|\bsrc=|\bhref=|url\(|@import|@font-face/i,
      );
    }
  });
});

describe('figures in words', () => {
  it('rounds to what a person reads', () => {
    expect([0, 512, 1024, 8499, 42_000_000_000].map(bytesWords)).toEqual([
      '0 B',
      '512 B',
      '1 KiB',
      '8.3 KiB',
      '39.1 GiB',
    ]);
    expect([0.25, 6.04, 138.4, 22_400, 200_000].map(durationWords)).toEqual([
      '250 µs',
      '6 ms',
      '138 ms',
      '22.4 s',
      '3 min 20 s',
    ]);
    expect(periodWords('2026-11-23T23:59:59.000Z', '2026-11-24T00:00:01.000Z')).toBe(
      '23 November 2026, 23:59:59 to 24 November 2026, 00:00:01 UTC',
    );
  });
});
