import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyFleetChange } from '#shared/fleet/apply-change.ts';
import type { FleetChange } from '#shared/fleet/change.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { EventChannel, RequestChannel } from '#shared/ipc/channels.ts';
import { eventContract, type RequestOf, type ResponseOf } from '#shared/ipc/contract.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { type BerthError, type Result, succeed } from '#shared/result.ts';
import { createBackend } from './create-backend.ts';
import type { Handlers, ShellChannel } from './handlers/handler.ts';
import { createRouter } from './router.ts';
import { systemClock } from './system-clock.ts';
import { startReviewed, undoReviewed } from './test-support/start-reviewed.ts';
import { createTestLog, createTestRandom } from './test-support/test-clock.ts';

const captures = path.resolve(import.meta.dirname, '../../e2e/captures');
const shellHandlers: Handlers<ShellChannel> = {
  'app:info': async () => succeed({ version: '1', electron: '', dataFolder: '', platform: 'linux' }),
  'app:quit-anyway': async () => succeed({}),
  'app:unsaved': async () => succeed({}),
  'app:name-commands': async () => succeed({}),
  'fleet-file:read': async () => succeed({ file: null }),
  'fleet-file:save': async () => succeed({ path: null }),
  'fleet:choose': async () => succeed({ path: null }),
  'outputs:choose': async () => succeed({ paths: [] }),
  'report:export': async () => succeed({ path: null }),
  'report:reveal': async () => succeed({}),
};

/** A backend behind its router, with every response and every event checked against the contract. */
async function openBackend(dataDir = mkdtempSync(path.join(tmpdir(), 'berth-backend-'))) {
  const log = createTestLog();
  const created = await createBackend({
    ...{ dataDir, log, clock: systemClock, random: createTestRandom(3) },
  });
  if (!created.ok) throw new Error(created.error.message);
  const backend = created.value;
  const route = createRouter({ ...backend.handlers, ...shellHandlers }, log, { checkResponses: true });
  const events: { channel: EventChannel; event: unknown }[] = [];
  backend.subscribe((channel, event) => {
    const checked = eventContract[channel].safeParse(event);
    if (!checked.success) throw new Error(`${channel}: ${checked.error.message}`);
    events.push({ channel, event });
  });
  const send = <Channel extends RequestChannel>(channel: Channel, request: RequestOf<Channel>) =>
    route(channel, request) as Promise<Result<ResponseOf<Channel>>>;
  const ask = async <Channel extends RequestChannel>(channel: Channel, request: RequestOf<Channel>) => {
    const answer = await send(channel, request);
    if (!answer.ok) throw new Error(`${channel}: ${answer.error.message}`);
    return answer.value;
  };
  const value = <T>(result: Result<T>): T => {
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  return {
    ...{ backend, log, events, dataDir, route, ask },
    start: async (intent: Intent) => value(await startReviewed(send, intent)),
    undo: async () => value(await undoReviewed(send)),
    refusal: async <Channel extends RequestChannel>(channel: Channel, request: RequestOf<Channel>) => {
      const answer = await send(channel, request);
      if (answer.ok) throw new Error(`${channel} was not refused`);
      return answer.error as BerthError;
    },
    snapshot: async () =>
      JSON.parse((await ask('fleet:snapshot', {})).json) as { revision: number; fleet: Fleet },
    ended: async (runId: string): Promise<ProcedureRun> => {
      for (;;) {
        const run = await ask('history:get', { runId });
        if (run.status !== 'running') return run;
        await systemClock.sleep(2);
      }
    },
  };
}

function freeSecondary(fleet: Fleet): string {
  const free = Object.values(fleet.controllers).find(
    (one) => one.role === 'secondary' && isInPool(one) && one.pciAddress !== null && one.hostId === 'hv-a',
  );
  return free?.id ?? '';
}

const target = {
  kind: 'virtual-subsystem',
  virtualSubsystemId: 'hv-a/0000:41:00.0|nqn.2026-11.io.berth:my_v_nqn_1',
} as const;

describe('the backend as a whole', () => {
  it('opens the built-in fleet first, and a mirror that applies the changes has what a snapshot says', async () => {
    const lab = await openBackend();
    const first = await lab.snapshot();
    expect(first.fleet.source).toMatchObject({ name: 'two-hosts', simulated: true });
    const secondaryId = freeSecondary(first.fleet);
    const intent = { kind: 'assign' as const, secondaryIds: [secondaryId], target };
    const { digest, fleetRevision, guestsCutOff, changes, ...planned } = await lab.ask('procedure:plan', {
      intent,
    });
    expect({ digest, fleetRevision, guestsCutOff, changes }).toEqual({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      fleetRevision: first.revision,
      guestsCutOff: [],
      changes: null,
    });
    const run = await lab.start(intent);
    expect(run.plan).toEqual(planned);
    expect(lab.backend.runningProcedures()).toEqual([planned.title]);
    expect((await lab.ended(run.id)).status).toBe('done');
    let mirror = first;
    for (const { channel, event } of lab.events) {
      if (channel !== 'fleet:change') continue;
      const change = event as FleetChange;
      expect(change.revision).toBe(mirror.revision + 1);
      mirror = { revision: change.revision, fleet: applyFleetChange(mirror.fleet, change) };
    }
    expect(mirror).toEqual(await lab.snapshot());
    expect(lab.log.lines).toEqual([]);
    await lab.backend.close();
  });

  it('finds fleet and history as they were, and can still undo', async () => {
    const lab = await openBackend();
    const { fleet } = await lab.snapshot();
    const secondaryId = freeSecondary(fleet);
    const intent = { kind: 'assign' as const, secondaryIds: [secondaryId], target };
    const run = await lab.ended((await lab.start(intent)).id);
    const before = await lab.snapshot();
    await lab.backend.close();

    const again = await openBackend(lab.dataDir);
    expect((await again.snapshot()).fleet).toEqual(before.fleet);
    expect(await again.ask('history:get', { runId: run.id })).toEqual(run);
    const undo = await again.ended((await again.undo()).id);
    expect([undo.status, undo.undoes]).toEqual(['done', run.id]);
    expect((await again.snapshot()).fleet).toEqual(fleet);
    const { runs } = await again.ask('history:list', { limit: 10 });
    expect(runs.map(({ id, undoneBy }) => [id, undoneBy])).toEqual([
      [undo.id, null],
      [run.id, undo.id],
    ]);
    await again.backend.close();
  });

  it('reads an archive once to say what it is, to list its snapshots and to open it', async () => {
    const lab = await openBackend();
    const folder = mkdtempSync(path.join(tmpdir(), 'berth-read-once-'));
    const archive = path.join(folder, '02-sriov-4vf.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', captures, '02-sriov-4vf']);
    const { size } = statSync(archive);
    const readings = () =>
      lab.events.filter(({ event }) => {
        const { read, size: of } = event as { read?: number; size?: number };
        return of === size && read === size;
      }).length;
    const request = { kind: 'paths' as const, paths: [archive] };
    expect(await lab.ask('outputs:recognise', request)).toEqual({ kind: 'capture' });
    const { snapshots } = await lab.ask('fleet:capture-snapshots', { path: archive });
    const [, snapshot = ''] = snapshots;
    await lab.ask('fleet:open', { kind: 'path', path: archive, snapshot });
    expect([snapshots.length > 1, readings()]).toEqual([true, 1]);
    // What was opened is not kept beside the fleet.
    await lab.ask('outputs:recognise', request);
    expect(readings()).toBe(2);
    await lab.ask('fleet:open', { kind: 'built-in', name: 'two-hosts' });
    await lab.ask('fleet:capture-snapshots', { path: archive });
    expect(readings()).toBe(3);
    await lab.backend.close();
    rmSync(folder, { recursive: true });
  });

  it('opens a capture read-only and says what to do instead, then its twin, on which changes work', async () => {
    const lab = await openBackend();
    const capture = path.join(captures, '02-sriov-4vf');
    const { snapshots } = await lab.ask('fleet:capture-snapshots', { path: capture });
    expect(snapshots.length).toBeGreaterThan(1);
    const opened = await lab.ask('fleet:open', { kind: 'path', path: capture });
    expect(opened.source).toMatchObject({ kind: 'capture', simulated: false, name: '02-sriov-4vf' });
    const { fleet } = await lab.snapshot();
    const primary = Object.values(fleet.controllers).find((one) => one.role === 'primary');
    const intent = { kind: 'set-vf-count' as const, primaryIds: [primary?.id ?? ''], count: 2 };
    const refusal = await lab.refusal('procedure:plan', { intent });
    expect(refusal.message).toContain('simulated twin');

    await lab.ask('fleet:open', { kind: 'path', path: capture, as: 'twin' });
    const twin = (await lab.snapshot()).fleet;
    expect(twin.source.label).toBe('Simulated twin of 02-sriov-4vf · 00-boot');
    const twinPrimary = Object.values(twin.controllers).find((one) => one.role === 'primary');
    const run = await lab.start({ ...intent, primaryIds: [twinPrimary?.id ?? ''] });
    expect((await lab.ended(run.id)).error).toBeNull();
    const { recent } = await lab.ask('fleet:sources', {});
    expect(recent.map((source) => source.title)).toEqual([
      'Simulated twin of 02-sriov-4vf · 00-boot',
      'Capture 02-sriov-4vf · 00-boot',
    ]);
    const stranger = await lab.ask('history:list', { limit: 1 });
    await lab.ask('fleet:open', { kind: 'built-in', name: 'two-hosts' });
    const elsewhere = await lab.refusal('procedure:plan-undo', { runId: stranger.runs[0]?.id ?? '' });
    expect(elsewhere).toMatchObject({ code: 'conflict', fix: 'Open 02-sriov-4vf first.' });
    await lab.backend.close();
  });

  it('refuses foreign folders and files by name and field, and keeps what is open', async () => {
    const lab = await openBackend();
    const folder = mkdtempSync(path.join(tmpdir(), 'berth-foreign-'));
    const before = await lab.snapshot();
    expect((await lab.refusal('fleet:open', { kind: 'path', path: path.join(folder, 'none') })).code).toBe(
      'not-found',
    );
    writeFileSync(path.join(folder, 'notes.txt'), 'nothing');
    const foreign = await lab.refusal('fleet:open', { kind: 'path', path: folder });
    expect(foreign.object).toBe(folder);
    const file = path.join(folder, 'fleet.json');
    writeFileSync(file, '{"format":"berth-fleet","version":1,"name":"x","hosts":[{"name":7}]}');
    const wrong = await lab.refusal('fleet:open', { kind: 'path', path: file });
    expect(wrong).toMatchObject({ code: 'invalid-file', object: 'fleet.json', field: 'hosts[0].name' });
    expect((await lab.refusal('fleet:open', { kind: 'built-in', name: 'nope' })).fix).toContain('two-hosts');
    expect(await lab.snapshot()).toEqual(before);
    await lab.backend.close();
  });

  it('pushes commands in batches and keeps them for later', async () => {
    const lab = await openBackend();
    const { fleet } = await lab.snapshot();
    const intent = { kind: 'assign' as const, secondaryIds: [freeSecondary(fleet)], target };
    await lab.ended((await lab.start(intent)).id);
    await systemClock.sleep(80);
    const { entries } = await lab.ask('trace:recent', { limit: 2000 });
    const pushed = lab.events.flatMap(({ channel, event }) =>
      channel === 'trace:entries' ? (event as { entries: typeof entries }).entries : [],
    );
    expect(pushed).toEqual(entries);
    expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, index) => index + 1));
    const assigned = entries.find((entry) => entry.name.includes('Secondary Assign'));
    expect(assigned).toMatchObject({ hostId: 'hv-a', controller: 'nvme1', opcode: 0x1c, side: 'host' });
    await lab.backend.close();
  });

  it('keeps settings, and shows the guest what the virtual subsystem says', async () => {
    const lab = await openBackend();
    expect((await lab.ask('settings:set', { theme: 'dark' })).theme).toBe('dark');
    expect(lab.events.at(-1)?.channel).toBe('settings:changed');
    const { fleet } = await lab.snapshot();
    const member = Object.values(fleet.virtualSubsystems)[0]?.members[0];
    const view = await lab.ask('guest:view', { controllerId: member?.controllerId ?? '' });
    expect(view.fields.find((field) => field.key === 'cntlid')?.differs).toBe(true);
    const report = await lab.ask('report:render', { subject: { kind: 'topology' }, format: 'json' });
    expect(report.text).toContain('two-hosts');
    await lab.backend.close();
    const again = await openBackend(lab.dataDir);
    expect((await again.ask('settings:get', {})).theme).toBe('dark');
    await again.backend.close();
  });

  it('continues a twin although its capture is gone: it lives in the database', async () => {
    const lab = await openBackend();
    const copy = path.join(mkdtempSync(path.join(tmpdir(), 'berth-twin-')), 'capture');
    cpSync(path.join(captures, '02-sriov-4vf'), copy, { recursive: true });
    await lab.ask('fleet:open', { kind: 'path', path: copy, as: 'twin' });
    const before = await lab.snapshot();
    await lab.backend.close();
    rmSync(copy, { recursive: true });
    const again = await openBackend(lab.dataDir);
    expect((await again.snapshot()).fleet).toEqual(before.fleet);
    await again.backend.close();
  });

  it('starts with the built-in fleet and a notice when what was open last is gone', async () => {
    const lab = await openBackend();
    const folder = mkdtempSync(path.join(tmpdir(), 'berth-gone-'));
    const copy = path.join(folder, 'capture');
    cpSync(path.join(captures, '01-plain-drives'), copy, { recursive: true });
    await lab.ask('fleet:open', { kind: 'path', path: copy });
    await lab.backend.close();
    rmSync(copy, { recursive: true });
    const again = await openBackend(lab.dataDir);
    expect((await again.snapshot()).fleet.source.name).toBe('two-hosts');
    const notice = again.events.find(({ channel }) => channel === 'app:notice');
    expect(notice?.event).toMatchObject({ severity: 'warning', code: 'not-found', object: copy });
    await again.backend.close();
  });
});
