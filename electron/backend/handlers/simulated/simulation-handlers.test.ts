import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInPool } from '#shared/fleet/selectors.ts';
import { requestContract } from '#shared/ipc/contract.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { systemClock } from '../../system-clock.ts';
import { ended, openSimulatedBackend, sending } from '../../test-support/simulated-backend.ts';
import { sendTo, startReviewed } from '../../test-support/start-reviewed.ts';

describe('the clock of a simulated fleet', () => {
  it('as fast as possible gives the same trace with the same times, twice', async () => {
    const traces: CommandTraceEntry[][] = [];
    const runs: ProcedureRun[] = [];
    for (let round = 0; round < 2; round += 1) {
      const backend = await openSimulatedBackend();
      await backend.openWith({ mode: 'as-fast-as-possible', microseconds: 0 });
      const { entries: before } = await backend.ask('trace:recent', { limit: 2000 });
      const run = await backend.until((await backend.migrate()).id, ended);
      expect(run.status).toBe('done');
      const { entries } = await backend.ask('trace:recent', { limit: 2000 });
      traces.push(entries.slice(before.length).map((entry) => ({ ...entry, sequence: 0 })));
      runs.push(run);
      await backend.close();
    }
    const [first, second] = traces;
    expect(first?.length).toBeGreaterThan(50);
    expect(first?.every(({ simulatedTime }) => simulatedTime)).toBe(true);
    expect(first).toEqual(second);
    const [one, two] = runs;
    expect(one?.migration?.downtimeMilliseconds).toBeGreaterThan(2500);
    expect(one?.migration).toMatchObject({
      downtimeMilliseconds: two?.migration?.downtimeMilliseconds,
      memoryLeft: two?.migration?.memoryLeft,
    });
    expect(one?.steps.map(({ durationMicroseconds }) => durationMicroseconds)).toEqual(
      two?.steps.map(({ durationMicroseconds }) => durationMicroseconds),
    );
  });

  it('paused holds a migration, steps it, lets it be aborted, and reading goes on meanwhile', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    const start = await backend.fleet();
    const { id } = await backend.migrate();
    const held = await backend.stepUntil(id, sending);
    await systemClock.sleep(150);
    expect((await backend.until(id, sending)).migration?.memorySentBytes).toBe(
      held.migration?.memorySentBytes,
    );
    const { clock } = await backend.ask('simulation:clock', {});
    expect(clock).toMatchObject({ mode: 'paused', waiting: 1 });
    expect(clock?.next?.what).toContain('db-primary');
    const { ended: awaited } = await backend.ask('simulation:step', {});
    expect(awaited?.what).toContain('db-primary');
    const stepped = await backend.until(id, (run) => (run.migration?.memorySentBytes ?? 0) > 0);
    const sent = stepped.migration?.memorySentBytes ?? 0;
    await backend.ask('simulation:step', { milliseconds: 400 });
    const later = await backend.until(id, (run) => (run.migration?.memorySentBytes ?? 0) > sent);
    expect((later.migration?.memorySentBytes ?? 0) / sent).toBeGreaterThan(5);
    await backend.ask('procedure:abort', { runId: id });
    await systemClock.sleep(150);
    // What takes it back are commands as well.
    expect((await backend.ask('history:get', { runId: id })).status).toBe('aborting');
    const run = await backend.stepUntil(id, ended);
    expect(run).toMatchObject({ status: 'rolled-back', leftovers: [] });
    expect(await backend.fleet()).toEqual(start);
    expect((await backend.ask('simulation:clock', {})).clock?.mode).toBe('paused');
  });

  it('paused no command of an assignment is sent, and a step sends exactly one', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    const start = await backend.fleet();
    const free = Object.values(start.controllers).find(
      (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null && isInPool(one),
    );
    const virtualSubsystemId = Object.keys(start.virtualSubsystems).find((id) => id.startsWith('hv-a')) ?? '';
    const intent: Intent = {
      kind: 'assign',
      secondaryIds: [free?.id ?? ''],
      target: { kind: 'virtual-subsystem', virtualSubsystemId },
    };
    const started = await startReviewed(sendTo(backend.backend.handlers), intent);
    if (!started.ok) throw new Error(started.error.message);
    const { id } = started.value;
    await systemClock.sleep(150);
    const held = await backend.ask('history:get', { runId: id });
    expect(held.steps.map(({ status }) => status)).toEqual([
      'running',
      ...held.steps.slice(1).map(() => 'waiting'),
    ]);
    expect(await backend.fleet()).toEqual(start);
    const { clock } = await backend.ask('simulation:clock', {});
    expect(clock?.next?.what).toBe('Virtualization Management to hv-a nvme1');
    for (let done = 1; done < held.steps.length; done += 1) {
      await backend.ask('simulation:step', {});
      const run = await backend.until(id, ({ steps }) => steps[done]?.status === 'running');
      expect(run.steps.filter(({ status }) => status === 'done')).toHaveLength(done);
    }
    await backend.ask('simulation:step', {});
    const run = await backend.until(id, ended);
    expect(run.status).toBe('done');
    expect(run.simulatedTime?.endedAt).toBe(run.simulatedTime?.startedAt);
  });

  it('paused a look that a fault delays waits for a step, and is not given up by the time of the machine', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    const fleet = await backend.fleet();
    const owned = Object.values(fleet.controllers).find(
      (one) => one.role === 'secondary' && one.virtualMachineId === 'hv-a:db-primary',
    );
    const view = { controllerId: owned?.id ?? '' };
    const seen = await backend.ask('guest:view', view);
    await backend.ask('simulation:add-fault', {
      subsystemId: owned?.subsystemId ?? '',
      controllerId: null,
      fault: { opcode: 0x06, occurrence: 1, count: 1, effect: { kind: 'delay', milliseconds: 3000 } },
    });
    let answered = false;
    const reading = backend.ask('guest:view', view).then((answer) => {
      answered = true;
      return answer;
    });
    await systemClock.sleep(150);
    const { clock } = await backend.ask('simulation:clock', {});
    // Its delay and its timeout: both go by the clock that stands still.
    expect([answered, clock?.waiting]).toEqual([false, 2]);
    expect(clock?.next?.what).toContain('that a fault delays');
    await backend.ask('simulation:step', {});
    expect(await reading).toEqual(seen);
  });

  it('a paused clock does not keep the program from closing, and the next one goes on with it', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    const { id } = await backend.migrate();
    await backend.stepUntil(id, sending);
    await backend.close();
    const next = await openSimulatedBackend(backend.dataDir);
    const { clock } = await next.ask('simulation:clock', {});
    expect(clock?.mode).toBe('paused');
    expect(clock?.milliseconds).toBeGreaterThan(0);
    expect((await next.ask('history:get', { runId: id })).status).toBe('interrupted');
  });

  it('tells of changes, and not of time that passes by itself', async () => {
    const backend = await openSimulatedBackend();
    const told = () => backend.events.filter(({ channel }) => channel === 'simulation:clock-changed').length;
    await systemClock.sleep(250);
    expect(told()).toBe(0);
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    await systemClock.sleep(250);
    expect(told()).toBe(1);
  });

  it('a recording has none, and says why', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('fleet:open', { kind: 'path', path: path.resolve('e2e/captures/02-sriov-4vf') });
    const { capability, clock } = await backend.ask('simulation:clock', {});
    expect(clock).toBeNull();
    expect(capability).toMatchObject({ available: false });
    const error = await backend.refusal('simulation:step', {});
    expect(error.code).toBe('not-supported');
    expect(error.message).toContain('not simulated');
  });
});

describe('faults from the window', () => {
  const anyStatus = { kind: 'status', status: 0x4006 } as const;

  it('wait, count, can be removed, and are refused with object, field and fix', async () => {
    const backend = await openSimulatedBackend();
    const fleet = await backend.fleet();
    const primary = fleet.controllers['hv-a/0000:41:00.0'];
    if (primary === undefined) throw new Error('no primary');
    const { subsystemId } = primary;
    const fault = { opcode: 0x1c, occurrence: 2, count: 1, effect: anyStatus };
    const added = await backend.ask('simulation:add-fault', { subsystemId, controllerId: primary.id, fault });
    expect(await backend.ask('simulation:faults', {})).toEqual({
      faults: [{ ...fault, cntlid: primary.cntlid, number: added.number, seen: 0, subsystemId }],
      injected: [],
    });
    const clear = { subsystemId, number: added.number };
    await backend.ask('simulation:clear-fault', clear);
    expect(await backend.refusal('simulation:clear-fault', clear)).toMatchObject({
      code: 'not-found',
      field: 'fault',
    });
    const other = Object.values(fleet.controllers).find((one) => one.subsystemId !== subsystemId);
    const wrong = { subsystemId, controllerId: other?.id ?? '', fault };
    expect(await backend.refusal('simulation:add-fault', wrong)).toMatchObject({
      code: 'invalid-request',
      field: 'controller',
    });
    const nowhere = { fault: { kind: 'host-power-loss', hostId: 'hv-x' } } as const;
    expect(await backend.refusal('simulation:device-fault', nowhere)).toMatchObject({
      object: 'hv-x',
      field: 'host',
    });
    const success = { ...fault, effect: { kind: 'status', status: 0x4000 } as const };
    expect(
      requestContract['simulation:add-fault'].request.safeParse({
        subsystemId,
        controllerId: null,
        fault: success,
      }).success,
    ).toBe(false);
  });

  it('faults show in the fleet at once and are kept', async () => {
    const backend = await openSimulatedBackend();
    const fault = { kind: 'host-power-loss', hostId: 'hv-a' } as const;
    expect((await backend.ask('simulation:device-fault', { fault })).words).toBe('Power loss of host hv-a');
    const fleet = await backend.fleet();
    expect(fleet.virtualMachines['hv-a:db-primary']?.state).toBe('stopped');
    const { injected } = await backend.ask('simulation:faults', {});
    expect(injected).toMatchObject([{ words: 'Power loss of host hv-a' }]);
    await backend.close();
    const next = await openSimulatedBackend(backend.dataDir);
    expect((await next.fleet()).virtualMachines['hv-a:db-primary']?.state).toBe('stopped');
  });
});
