import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { resumeController, suspendController } from '#shared/nvme/commands/migration/migration-send.ts';
import { auditOwnership } from '#shared/ownership/audit.ts';
import type { OwnershipFinding } from '#shared/ownership/finding.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { discoverFleet } from '../fleet/discovery.ts';
import { builtInFleets } from '../hosts/simulated/built-in/built-in-fleets.ts';
import { openSource } from '../sources/open-source.ts';
import { openLab } from '../test-support/procedure-lab.ts';
import { ended, openSimulatedBackend, sending } from '../test-support/simulated-backend.ts';
import { recoverReviewed, sendTo, startReviewed } from '../test-support/start-reviewed.ts';
import { createTestClock } from '../test-support/test-clock.ts';

const primaryId = 'hv-a/0000:41:00.0';
const kinds = (findings: readonly OwnershipFinding[] | undefined) => findings?.map(({ kind }) => kind);

/** CNTLID of a function that a running guest has. */
function guestFunction(fleet: Fleet): number {
  const found = Object.values(fleet.controllers).find(
    (one) => one.role === 'secondary' && one.primaryId === primaryId && one.virtualMachineId !== null,
  );
  if (found === undefined) throw new Error('no guest has a function');
  return found.cntlid;
}

async function carriedOut(
  { backend, until }: Awaited<ReturnType<typeof openSimulatedBackend>>,
  intent: Intent,
): Promise<ProcedureRun> {
  const started = await startReviewed(sendTo(backend.handlers), intent);
  if (!started.ok) throw new Error(`${started.error.message} ${started.error.details?.join(' ')}`);
  return until(started.value.id, ended);
}

describe('the audit of ownership on simulated devices', () => {
  it.each(builtInFleets.map(({ name }) => name))('finds %s in order', async (name) => {
    const opened = await openSource(
      { kind: 'built-in', name },
      { clock: createTestClock(), trace: (queue) => queue },
    );
    if (!opened.ok) throw new Error(opened.error.message);
    const { fleet } = await discoverFleet(opened.value.connections, opened.value.source);
    expect(Object.keys(fleet.controllers).length).toBeGreaterThan(0);
    expect(auditOwnership(fleet)).toEqual([]);
  });

  it('tells of guests that lose their drive, again at the next start, until the way out has been taken', async () => {
    const backend = await openSimulatedBackend();
    expect(await backend.ask('ownership:audit', {})).toEqual({ findings: [] });
    await backend.ask('simulation:device-fault', {
      fault: { kind: 'drive-power-loss', controllerId: primaryId },
    });
    const { findings } = await backend.ask('ownership:audit', {});
    expect(kinds(findings)).toEqual(['guest-without-drive', 'guest-without-drive']);
    expect(findings[0]?.waysOut[0]).toMatchObject({ kind: 'show', objectId: primaryId });
    await expect
      .poll(() => backend.events.filter(({ channel }) => channel === 'ownership:changed').at(-1)?.event)
      .toEqual({ findings });
    await backend.close();
    const next = await openSimulatedBackend(backend.dataDir);
    expect(await next.ask('ownership:audit', {})).toEqual({ findings });
    const run = async (intent: Intent) => {
      expect(await carriedOut(next, intent)).toMatchObject({ status: 'done' });
    };
    await run({ kind: 'set-vf-count', primaryIds: [primaryId], count: 32 });
    for (let left = findings.length; left > 0; left -= 1) {
      const { findings: now } = await next.ask('ownership:audit', {});
      expect(kinds(now)).toEqual(Array.from({ length: left }, () => 'guest-without-drive'));
      const [way] = now[0]?.waysOut ?? [];
      if (way?.kind !== 'change') throw new Error(`no change is offered: ${way?.words}`);
      await run(way.intent);
    }
    expect(await next.ask('ownership:audit', {})).toEqual({ findings: [] });
  });

  it('finds a function suspended although its VFIO device is RUNNING, until it is resumed', async () => {
    const lab = await openLab();
    const [host] = lab.connections;
    const cntlid = guestFunction(lab.writer.fleet);
    const queue = host?.adminQueue('0000:41:00.0');
    if (queue?.ok !== true) throw new Error('no queue');
    // As one arrives that its sender has given up on.
    await queue.value.submit(suspendController.encode({ cntlid, stype: 1, dudmq: false }));
    const fleet = await lab.writer.reread(['hv-a']);
    const found = auditOwnership(fleet);
    expect(kinds(found)).toEqual(['function-suspended']);
    expect(found[0]?.objectIds[0]).toBe(`${primaryId}/${cntlid}`);
    expect(found[0]?.waysOut[0]).toMatchObject({ kind: 'change', intent: { kind: 'reset' } });
    await queue.value.submit(resumeController.encode({ cntlid }));
    // Asked about each time, until it no longer is.
    expect(auditOwnership(await lab.writer.refresh([{ hostId: 'hv-a', controllers: [] }]))).toEqual([]);
  });
});

describe('the audit of a run', () => {
  it('is kept with it, however it ended, and is in its report', async () => {
    const backend = await openSimulatedBackend();
    await backend.openWith({ mode: 'as-fast-as-possible', microseconds: 0 });
    const done = await backend.until((await backend.migrate()).id, ended);
    expect(done).toMatchObject({ status: 'done', audit: [] });
    await backend.ask('simulation:device-fault', { fault: { kind: 'host-power-loss', hostId: 'hv-b' } });
    const run = await carriedOut(backend, {
      kind: 'reset',
      controllerIds: ['hv-b/0000:81:00.0'],
      reset: 'controller',
    });
    const found = kinds(run.audit);
    expect(found?.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set(['guest-without-drive']));
    for (const format of ['html', 'json'] as const) {
      const { text } = await backend.ask('report:render', {
        subject: { kind: 'run', runId: run.id },
        format,
      });
      expect(text).toContain(run.audit?.[0]?.title ?? 'nothing');
    }
  });

  it('of one that was interrupted is made at the next start, and offers to recover it first', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('simulation:set-clock', { mode: 'real-time' });
    const { id } = await backend.migrate();
    await backend.until(id, sending);
    // It is meant to be in between.
    expect(await backend.ask('ownership:audit', {})).toEqual({ findings: [] });
    await backend.close();
    const next = await openSimulatedBackend(backend.dataDir);
    const run = await next.ask('history:get', { runId: id });
    expect(run.status).toBe('interrupted');
    const { findings } = await next.ask('ownership:audit', {});
    expect(kinds(findings)).toContain('guest-on-two-hosts');
    expect(kinds(run.audit)).toEqual(kinds(findings));
    for (const { waysOut } of findings) expect(waysOut[0]).toMatchObject({ kind: 'recover', runId: id });
    await next.ask('simulation:set-clock', { mode: 'as-fast-as-possible' });
    expect((await recoverReviewed(sendTo(next.backend.handlers), id, 'roll-back')).ok).toBe(true);
    expect(await next.until(id, ended)).toMatchObject({ status: 'rolled-back', audit: [] });
    expect(await next.ask('ownership:audit', {})).toEqual({ findings: [] });
  });
});
