import { describe, expect, it } from 'vitest';
import { reportSchema } from '#shared/report/report-schema.ts';
import { fail, succeed } from '#shared/result.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { createReportHandlers } from './report-handlers.ts';

const fleet = migrationFleet();
const run = finishedMigration(fleet);
const handlers = createReportHandlers({
  fleet: () => fleet,
  findRehearsal: () => fail('not-found', 'None.'),
  findRun: (id) => (id === run.id ? succeed(run) : fail('not-found', `No run ${id}.`)),
  clock: { now: () => Date.UTC(2026, 10, 24) },
  programVersion: '0.1.0',
});
const render = handlers['report:render'];

describe('report:render', () => {
  it('gives the migration as HTML and as JSON of the published schema', async () => {
    const subject = { kind: 'run' as const, runId: run.id };
    const html = await render({ subject, format: 'html' });
    const json = await render({ subject, format: 'json' });
    if (!html.ok || !json.ok) throw new Error('not rendered');
    expect(html.value.suggestedName).toBe('berth-db-primary-moved-from-hv-a-to-hv-b-2026-11-23.html');
    expect(html.value.text).toContain('<!doctype html>');
    const report = reportSchema.parse(JSON.parse(json.value.text));
    expect(report).toMatchObject({ kind: 'run', version: 1, runId: 'run-7' });
  });

  it('gives the topology', async () => {
    const answer = await render({ subject: { kind: 'topology' }, format: 'html' });
    expect(answer).toMatchObject({
      ok: true,
      value: { suggestedName: 'berth-topology-of-two-hosts-2026-11-24.html' },
    });
  });

  it('passes on that a run does not exist', async () => {
    const answer = await render({ subject: { kind: 'run', runId: 'nothing' }, format: 'json' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('suggests a name that is only a name, whatever the title', async () => {
    const hostile = { ...run, migration: null, plan: { ...run.plan, title: '../../etc/<passwd>\u0000 ü' } };
    const other = createReportHandlers({
      fleet: () => fleet,
      findRehearsal: () => fail('not-found', 'None.'),
      findRun: () => succeed(hostile),
      clock: { now: () => 0 },
      programVersion: '0.1.0',
    });
    const answer = await other['report:render']({ subject: { kind: 'run', runId: 'x' }, format: 'html' });
    expect(answer).toMatchObject({
      ok: true,
      value: { suggestedName: 'berth-etc-passwd-u-2026-11-23.html' },
    });
  });
});
