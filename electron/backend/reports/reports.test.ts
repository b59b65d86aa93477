import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { reportSchema } from '#shared/report/report-schema.ts';
import { fail, succeed } from '#shared/result.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { writeReport } from '../files/write-file.ts';
import { createReportHandlers } from '../handlers/report-handlers.ts';

const fleet = migrationFleet();
const run = finishedMigration(fleet);
const handlers = createReportHandlers({
  fleet: () => fleet,
  findRun: (id) => (id === run.id ? succeed(run) : fail('not-found', `No run ${id}.`)),
  clock: { now: () => Date.UTC(2026, 10, 24) },
  programVersion: '0.1.0',
});
const render = handlers['report:render'];
const folders: string[] = [];
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'berth-report-'));
  folders.push(made);
  return made;
};

afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true });
});

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

describe('writeReport', () => {
  it('replaces an older file and leaves nothing else behind', async () => {
    const place = await folder();
    const path = join(place, 'report.html');
    await writeFile(path, 'old');
    expect(await writeReport(path, 'new ü')).toEqual(succeed(undefined));
    expect(await readFile(path, 'utf8')).toBe('new ü');
    expect(await readdir(place)).toEqual(['report.html']);
  });

  it('says why it could not, and keeps what was there', async () => {
    const place = await folder();
    const missing = await writeReport(join(place, 'no', 'report.html'), 'text');
    expect(missing).toMatchObject({ ok: false, error: { code: 'storage' } });
    expect(missing.ok || missing.error.message).toContain('the folder does not exist');
    const asFolder = await writeReport(place, 'text');
    expect(asFolder.ok).toBe(false);
    expect(await readdir(place)).toEqual([]);
  });

  it('leaves no temporary file in a folder that cannot take the report', async () => {
    const place = await folder();
    await writeFile(join(place, 'keep'), '');
    const target = join(place, 'keep', 'report.html');
    expect((await writeReport(target, 'text')).ok).toBe(false);
    expect(await readdir(place)).toEqual(['keep']);
  });
});
