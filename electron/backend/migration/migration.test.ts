import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { renderHtml } from '#shared/report/render-html.ts';
import { runReport } from '#shared/report/run-report.ts';
import { fail, succeed } from '#shared/result.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

const machine = 'hv-a:db-primary';
const story = (run: ProcedureRun) =>
  JSON.stringify(
    [
      run.status,
      run.error,
      run.leftovers,
      run.steps.flatMap((step, index) =>
        step.error === null ? [] : [`${index} ${run.plan.steps[index]?.words}: ${step.error.message}`],
      ),
    ],
    null,
    1,
  );

/** Where the guest runs, and whether two controllers could answer as the same one. */
function assertOneOwner(fleet: Fleet): void {
  const running = Object.values(fleet.virtualMachines).filter(
    (candidate) => candidate.name === 'db-primary' && candidate.state === 'running',
  );
  expect(running.length).toBeLessThanOrEqual(1);
}

describe('a migration between two simulated hypervisors', () => {
  it('moves db-primary with both controllers, and proves it', async () => {
    const world = await openMigrationWorld();
    const start = world.writer.fleet;
    const sources = start.virtualMachines[machine]!.deviceIds;
    expect(sources).toHaveLength(2);
    const before = await Promise.all(sources.map((id) => world.guest(start, id)));
    world.listeners.add(() => assertOneOwner(world.writer.fleet));
    const run = await world.migrate();
    expect(run.status, story(run)).toBe('done');
    const end = await world.writer.reread(['hv-a', 'hv-b']);
    expect(end.virtualMachines[machine]).toBeUndefined();
    const moved = end.virtualMachines['hv-b:db-primary']!;
    expect(moved.state).toBe('running');
    const after = await Promise.all(moved.deviceIds.map((id) => world.guest(end, id)));
    expect(after).toEqual(before);
    for (const id of sources)
      expect(findSecondary(end, id)).toMatchObject({
        online: false,
        nvq: 0,
        nvi: 0,
        driver: null,
        virtualSubsystemId: null,
        virtualMachineId: null,
        attachedNamespaces: [],
      });
    const facts = run.migration!;
    expect(facts.proof.filter((line) => !line.equal)).toEqual([]);
    expect(facts.proof.length).toBeGreaterThan(10);
    for (const device of facts.devices) {
      expect(device.stateBytes).toBeGreaterThan(100);
      expect(device.destinationStateSha256).toBe(device.sourceStateSha256);
      expect([device.sourceState, device.destinationState]).toEqual([null, 'RUNNING']);
    }
    const parts = facts.downtimePhases.reduce((sum, part) => sum + part.milliseconds, 0);
    expect(facts.downtimePhases.map((part) => part.phase)).toEqual([
      'quiesce',
      'memory',
      'device state',
      'load, resume',
    ]);
    expect(facts.downtimeMilliseconds).toBeCloseTo(parts, 6);
    expect(facts.memorySentBytes).toBe(facts.memoryBytes);
    expect(facts.memoryLeft.at(0)?.bytes).toBe(facts.memoryBytes);
    expect(facts.memoryLeft.at(-1)?.bytes).toBe(0);
    const html = renderHtml(runReport(run, end, { programVersion: '0.1.0', at: run.startedAt }));
    expect(html).toContain('Nothing is left on hv-a');
  });

  it('can go back: the source controllers are reusable at once', async () => {
    const world = await openMigrationWorld();
    expect((await world.migrate()).status).toBe('done');
    await world.writer.reread(['hv-a', 'hv-b']);
    const request = world.requestFor({ virtualMachineId: 'hv-b:db-primary', destinationHostId: 'hv-a' });
    expect(request.devices).toHaveLength(2);
    const run = await world.run({ kind: 'migrate', request });
    expect(run.status, story(run)).toBe('done');
    expect(world.writer.fleet.virtualMachines[machine]?.state).toBe('running');
  });
});

/** How many steps there are, and from where there is no way back. */
function shapeOf({ writer, requestFor }: MigrationWorld) {
  const plan = planMigration(writer.fleet, requestFor());
  if (!plan.ok) throw new Error(plan.error.message);
  const steps = plan.value.steps.map(({ step }) => step);
  const firstResume = steps.findIndex((step) => step.kind === 'migration-proof') + 1;
  const together = plan.value.steps.slice(0, firstResume).filter(({ withNext }) => withNext === true).length;
  return { count: steps.length, noReturn: plan.value.pointOfNoReturn!, firstResume, together };
}

/** Calls `action` once, right after a step started. */
function whenStepStarts(world: MigrationWorld, index: number, action: (run: ProcedureRun) => void): void {
  let called = false;
  world.listeners.add((run) => {
    if (called || run.steps[index]?.status !== 'running') return;
    called = true;
    queueMicrotask(() => action(run));
  });
}

// Each of these tests migrates once for every step.
describe('a migration that does not get through', { timeout: 60_000 }, () => {
  it('returns the fleet to its start when it is aborted at any step before the point of no return', async () => {
    // One world for all attempts: each starts from where the one before it returned to.
    const world = await openMigrationWorld();
    const { noReturn } = shapeOf(world);
    const start = structuredClone(world.writer.fleet);
    const sources = start.virtualMachines[machine]!.deviceIds;
    const before = await Promise.all(sources.map((id) => world.guest(start, id)));
    for (let index = 0; index < noReturn; index++) {
      world.listeners.clear();
      whenStepStarts(world, index, (run) => expect(world.runner.abort(run.id)).toEqual(succeed(undefined)));
      world.listeners.add(() => assertOneOwner(world.writer.fleet));
      const run = await world.migrate();
      expect(run.status, `aborted at step ${index}: ${story(run)}`).toBe('rolled-back');
      const wayBack = run.migration!.proof.filter(({ stage }) => stage === 'rolled-back');
      expect(wayBack.length).toBeGreaterThan(4);
      expect(wayBack.filter(({ equal }) => !equal)).toEqual([]);
      expect(world.writer.fleet, `aborted at step ${index} ${run.plan.steps[index]?.words}`).toEqual(start);
      expect(await Promise.all(sources.map((id) => world.guest(start, id)))).toEqual(before);
      expect(run.migration?.devices.map((device) => device.sourceState)).toEqual(['RUNNING', 'RUNNING']);
    }
    expect(await world.writer.reread(['hv-a', 'hv-b'])).toEqual(start);
  });

  it('returns the fleet to its start when any step before the first resume fails', async () => {
    const world = await openMigrationWorld();
    const { firstResume, together } = shapeOf(world);
    const start = structuredClone(world.writer.fleet);
    const reached = new Set<number>();
    // The one before it only compares: what is armed then strikes the resume, which is tried again.
    for (let index = 0; index < firstResume - 1; index++) {
      world.listeners.clear();
      whenStepStarts(world, index, () => {
        world.faults.armed = true;
      });
      world.listeners.add(() => assertOneOwner(world.writer.fleet));
      const run = await world.migrate();
      reached.add(run.steps.findIndex((step) => step.status === 'failed'));
      expect(run.status, `failed at step ${index}: ${story(run)}`).toBe('rolled-back');
      expect(world.writer.fleet, `failed at step ${index} ${run.plan.steps[index]?.words}`).toEqual(start);
    }
    expect(await world.writer.reread(['hv-a', 'hv-b'])).toEqual(start);
    // Steps that only move bytes inside the driver cannot be struck; the fault then hits the next one. Of those that run
    // together it hits the first.
    expect(reached.size).toBeGreaterThan(firstResume - together - 6);
  });

  it('names the commands of the hypervisor and of the VFIO driver that a failed roll-back still needs', async () => {
    const world = await openMigrationWorld();
    const plan = planMigration(world.writer.fleet, world.requestFor());
    if (!plan.ok) throw new Error(plan.error.message);
    const sending = plan.value.steps.findIndex(({ step }) => step.kind === 'vm-send-memory');
    const host = world.connection('hv-a');
    if (host === undefined) throw new Error('there is no hv-a');
    const answers = host.vfioDevice.bind(host);
    const broken = async () => fail('device-status', 'broken for this test');
    whenStepStarts(world, sending, (run) => {
      Object.assign(host.virtualMachines, { resume: broken });
      Object.assign(host, {
        vfioDevice: (address: string) => {
          const device = answers(address);
          return device.ok ? succeed({ state: () => device.value.state(), setState: broken }) : device;
        },
      });
      world.runner.abort(run.id);
    });
    const run = await world.migrate();
    expect(run.status, story(run)).toBe('failed');
    const lines = (what: RegExp) =>
      run.leftovers.filter((left) => what.test(left.what)).flatMap((left) => left.commandLines);
    expect(lines(/^Resume the guest db-primary on hv-a: broken/)).toEqual(['virsh resume "db-primary"']);
    const resumes = lines(/^Resume VF \d+ of hv-a.*\(VFIO RUNNING\)/);
    expect(resumes).toHaveLength(2);
    for (const line of resumes)
      expect(line).toMatch(/^nvme lm migration-send \/dev\/nvme\d+ --cntlid=\d+ --sel=1$/);
  });

  it('tries a resume again that fails once, device or guest, and says so', async () => {
    const { noReturn, firstResume } = shapeOf(await openMigrationWorld());
    let repeated = 0;
    for (let index = firstResume; index <= noReturn; index++) {
      const world = await openMigrationWorld();
      whenStepStarts(world, index, () => {
        world.faults.armed = true;
      });
      const run = await world.migrate();
      expect(run.status, `step ${index} ${run.plan.steps[index]?.words}: ${story(run)}`).toBe('done');
      const struck = run.steps.filter(({ readBack }) => readBack.endsWith(', at attempt 2'));
      // What sends nothing cannot be struck; then it is the next command that changes something.
      repeated += struck.length;
      expect(struck.length).toBeLessThanOrEqual(1);
      expect(run.migration?.proof.filter(({ equal }) => !equal)).toEqual([]);
    }
    // The first resume of each device, and that of the guest.
    expect(repeated).toBeGreaterThanOrEqual(3);
  });

  it.each(['device', 'guest'] as const)(
    'goes back to its source when the resume of the %s fails for good: the guest has not run there',
    async (what) => {
      const world = await openMigrationWorld();
      const start = structuredClone(world.writer.fleet);
      const sources = start.virtualMachines[machine]!.deviceIds;
      const before = await Promise.all(sources.map((id) => world.guest(start, id)));
      const host = world.connection('hv-b');
      if (host === undefined) throw new Error('there is no hv-b');
      let attempts = 0;
      const broken = async () => {
        attempts += 1;
        return fail('device-status', 'broken for this test');
      };
      if (what === 'guest') Object.assign(host.virtualMachines, { resume: broken });
      else {
        const answers = host.vfioDevice.bind(host);
        Object.assign(host, {
          vfioDevice: (address: string) => {
            const device = answers(address);
            if (!device.ok) return device;
            const { value } = device;
            return succeed({
              state: () => value.state(),
              readState: () => value.readState(),
              writeState: (bytes: Uint8Array) => value.writeState(bytes),
              setState: (state: Parameters<typeof value.setState>[0]) =>
                state === 'RUNNING_P2P' ? broken() : value.setState(state),
            });
          },
        });
      }
      world.listeners.add(() => assertOneOwner(world.writer.fleet));
      const run = await world.migrate();
      // Each of the two devices is tried as often as the guest.
      expect(attempts).toBe(what === 'guest' ? 3 : 6);
      expect(run.status, story(run)).toBe('rolled-back');
      expect(run.leftovers).toEqual([]);
      expect(await world.writer.reread(['hv-a', 'hv-b'])).toEqual(start);
      expect(await Promise.all(sources.map((id) => world.guest(start, id)))).toEqual(before);
    },
  );

  it('never resumes the source when something fails behind the point of no return', async () => {
    const { count, noReturn } = shapeOf(await openMigrationWorld());
    // Behind the comparison with the running guest, which is tried again like a resume.
    for (let index = noReturn + 2; index < count; index++) {
      const world = await openMigrationWorld();
      whenStepStarts(world, index, () => {
        world.faults.armed = true;
      });
      const run = await world.migrate();
      expect(run.status, `step ${index} ${run.plan.steps[index]?.words}: ${story(run)}`).toBe('failed');
      const end = await world.writer.reread(['hv-a', 'hv-b']);
      expect(end.virtualMachines[machine]?.state).not.toBe('running');
      // Some steps send nothing themselves (RUNNING_P2P to RUNNING); the fault then strikes in a later one.
      const failed = run.steps.findIndex((step) => step.status === 'failed');
      expect(failed).toBeGreaterThanOrEqual(index);
      expect(run.leftovers).toHaveLength(count - failed);
      expect(run.leftovers[0]?.what).toContain(run.plan.steps[failed]?.words);
      const text = renderHtml(runReport(run, end, { programVersion: '0.1.0', at: run.startedAt }));
      expect(text).toContain('What went wrong');
    }
  });
});

describe('a guest whose controllers never answer', () => {
  it('is moved all the same; the proof says what could not be read', async () => {
    const world = await openMigrationWorld();
    world.guests.silent = true;
    const run = await world.migrate();
    expect(run.status, story(run)).toBe('done');
    // What could not be read before the move proves nothing after it: it is no comparison, and it is said.
    const { proof, unproven } = run.migration!;
    expect(proof.filter(({ equal }) => !equal)).toEqual([]);
    expect(proof.filter(({ what }) => what.includes('Identify Controller'))).toEqual([]);
    expect(unproven?.filter((line) => line.includes('could not be read before the move'))).toHaveLength(1);
  });
});
