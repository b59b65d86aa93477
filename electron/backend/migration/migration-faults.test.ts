import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { DeviceFault } from '#shared/simulation/device-faults.ts';
import { ended, openSimulatedBackend, sending } from '../test-support/simulated-backend.ts';

const source = 'hv-a:db-primary';
const destination = 'hv-b:db-primary';
const fast = { mode: 'as-fast-as-possible', microseconds: 0 } as const;

/** Lets something happen while the guest's memory is on its way, and answers how the migration ended. */
async function migrateThrough(fault: DeviceFault | ((fleet: Fleet) => DeviceFault)) {
  const backend = await openSimulatedBackend();
  await backend.openWith({ mode: 'paused', microseconds: 0 });
  const start = await backend.fleet();
  const { id } = await backend.migrate();
  await backend.stepUntil(id, sending);
  await backend.ask('simulation:device-fault', { fault: typeof fault === 'function' ? fault(start) : fault });
  await backend.ask('simulation:set-clock', { mode: 'as-fast-as-possible' });
  const run = await backend.until(id, ended);
  expect(run.injected?.length).toBeGreaterThan(0);
  const { text } = await backend.ask('report:render', {
    subject: { kind: 'run', runId: id },
    format: 'html',
  });
  expect(text).toContain('Fault injected');
  return { run, start, end: await backend.fleet() };
}

/** What must hold whatever went wrong: one guest runs or none, and what is left is told. */
function expectHonest(run: ProcedureRun, start: Fleet, end: Fleet): void {
  const states = [end.virtualMachines[source]?.state, end.virtualMachines[destination]?.state];
  const story = JSON.stringify([run.status, run.error, run.leftovers, states]);
  expect(states.filter((state) => state === 'running').length, story).toBeLessThanOrEqual(1);
  if (run.status === 'done')
    expect(
      run.migration?.proof.filter(({ equal }) => !equal),
      story,
    ).toEqual([]);
  else expect(run.error, story).not.toBeNull();
  if (run.status === 'rolled-back') {
    expect(run.leftovers, story).toEqual([]);
    expect(end, story).toEqual(start);
  }
  if (run.status === 'failed') expect(run.leftovers.length, story).toBeGreaterThan(0);
}

describe('a migration under faults', () => {
  it('a link that stays down ends it as it began; one that flaps only makes it longer', async () => {
    const down = await migrateThrough({ kind: 'link', hostId: 'hv-a', state: { kind: 'down' } });
    expectHonest(down.run, down.start, down.end);
    expect(down.run.status).toBe('rolled-back');
    expect(down.run.error?.message).toContain('link of hv-a is down');
    expect(down.end.virtualMachines[source]?.state).toBe('running');
    const state = { kind: 'flapping', upMilliseconds: 100, downMilliseconds: 400 } as const;
    const flapping = await migrateThrough({ kind: 'link', hostId: 'hv-a', state });
    expectHonest(flapping.run, flapping.start, flapping.end);
    expect(flapping.run.status).toBe('done');
    expect(flapping.run.migration?.downtimeMilliseconds).toBeGreaterThan(8000);
  });

  it('power loss of the destination leaves the guest where it was, and says what is left there', async () => {
    const { run, start, end } = await migrateThrough({ kind: 'host-power-loss', hostId: 'hv-b' });
    expectHonest(run, start, end);
    expect(['rolled-back', 'failed']).toContain(run.status);
    expect(end.virtualMachines[source]?.state).toBe('running');
    // Its virtual functions went with the power: no line may name one of them.
    expect(end.controllers['hv-b/0000:01:00.0']).toMatchObject({ numVfs: 0 });
    expect(run.leftovers.length).toBeGreaterThan(0);
    for (const { what, commandLines } of run.leftovers) {
      expect(what).toContain('everything it held no longer exist');
      expect(commandLines).toEqual([]);
    }
  });

  it('power loss of the source is no success', async () => {
    const { run, start, end } = await migrateThrough({ kind: 'host-power-loss', hostId: 'hv-a' });
    expectHonest(run, start, end);
    expect(run.status).toBe('failed');
    expect(end.virtualMachines[destination]?.state).not.toBe('running');
  });

  it('a function level reset of the source function does not lose the guest', async () => {
    const { run, start, end } = await migrateThrough((fleet) => {
      const moved = Object.values(fleet.controllers).find(
        (one) => one.role === 'secondary' && one.virtualMachineId === source,
      );
      return { kind: 'function-reset', controllerId: moved?.id ?? '' };
    });
    expectHonest(run, start, end);
    const runs = [end.virtualMachines[source]?.state, end.virtualMachines[destination]?.state];
    expect(runs.filter((state) => state === 'running')).toHaveLength(1);
  });

  it.each(['hv-a', 'hv-b'])(
    'a status on any Migration Send of %s ends it as it began or tells the rest',
    // One migration for every Migration Send that it makes.
    { timeout: 60_000 },
    async (host) => {
      const endings = new Set<string>();
      for (let occurrence = 1; ; occurrence += 1) {
        const backend = await openSimulatedBackend();
        await backend.openWith(fast);
        const start = await backend.fleet();
        const primary = Object.values(start.controllers).find(
          (one) => one.role === 'primary' && one.hostId === host && one.migration.available,
        );
        await backend.ask('simulation:add-fault', {
          subsystemId: primary?.subsystemId ?? '',
          controllerId: null,
          fault: {
            opcode: adminOpcodes.migrationSend,
            occurrence,
            count: 1,
            effect: { kind: 'status', status: 0x4006 },
          },
        });
        const run = await backend.until((await backend.migrate()).id, ended);
        const end = await backend.fleet();
        await backend.close();
        expectHonest(run, start, end);
        if (run.injected === undefined) break;
        expect(run.injected[0]?.words).toContain('Migration Send');
        // Only a resume is tried again; it then says so.
        const again = run.steps.filter(({ readBack }) => readBack.includes('at attempt 2'));
        expect(run.status === 'done').toBe(again.length === 1);
        endings.add(run.status);
      }
      expect(endings.has('rolled-back')).toBe(true);
      expect(endings.has('done')).toBe(true);
    },
  );
});
