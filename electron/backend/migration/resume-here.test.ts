import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary, functionAddress } from '#shared/fleet/selectors.ts';
import { suspendController } from '#shared/nvme/commands/migration/migration-send.ts';
import { auditOwnership } from '#shared/ownership/audit.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail } from '#shared/result.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

const source = 'hv-a:db-primary';
const destination = 'hv-b:db-primary';
const intentFor = (virtualMachineId: string): Intent & { kind: 'resume-machine' } => ({
  ...{ kind: 'resume-machine', virtualMachineId },
});

/** From the first resume at the destination on nothing works any more, not even a way back: the guest stands still on both sides. */
async function stopOnBothSides(): Promise<MigrationWorld> {
  const world = await openMigrationWorld();
  const machines = world.connection('hv-b')?.virtualMachines;
  if (machines === undefined) throw new Error('hv-b is missing');
  const resume = machines.resume.bind(machines);
  let isBroken = false;
  // Every command and call that changes something is struck, however often it is tried.
  Object.defineProperty(world.faults, 'armed', { get: () => isBroken, set: () => undefined });
  machines.resume = async (name) => {
    isBroken = true;
    return fail('device-status', `hv-b cannot resume ${name} now`);
  };
  expect(world.requestFor().devices.length).toBeGreaterThan(1);
  expect(await world.migrate()).toMatchObject({ status: 'failed' });
  isBroken = false;
  machines.resume = resume;
  const fleet = await world.writer.reread(['hv-a', 'hv-b']);
  expect(stateOf(fleet, source)).toBe('paused');
  expect(stateOf(fleet, destination)).toBe('incoming');
  return world;
}

const stateOf = (fleet: Fleet, id: string) => fleet.virtualMachines[id]?.state;
const audit = (world: MigrationWorld) =>
  auditOwnership(
    world.writer.fleet,
    world.store.runs(100).map((stored) => stored.run),
  );

/** Reviews the procedure, agrees to what it warns of, and lets it run. */
async function resumeReviewed(world: MigrationWorld, virtualMachineId: string): Promise<ProcedureRun> {
  const intent = intentFor(virtualMachineId);
  const proposal = world.runner.propose({ kind: 'intent', intent });
  if (!proposal.ok) throw new Error(proposal.error.details?.join(' '));
  const { digest, fleetRevision, warnings = [] } = proposal.value;
  const reviewed = { digest, fleetRevision };
  expect(warnings.length).toBeGreaterThan(0);
  expect(await world.runner.startReviewed({ kind: 'intent', intent }, reviewed)).toMatchObject({
    ...{ ok: false, error: { code: 'refused', field: 'agreed.warnings' } },
  });
  const agreed = { guests: [], warnings: warnings.map(({ id }) => id) };
  const started = await world.runner.startReviewed({ kind: 'intent', intent }, reviewed, agreed);
  if (!started.ok || started.value.outcome !== 'started') throw new Error('it has not started');
  const ended = await world.runner.finished(started.value.run.id);
  if (ended === null) throw new Error('the run is gone');
  return ended;
}

/** Runs, and each of its functions works and answers it. */
async function expectWorking(world: MigrationWorld, id: string): Promise<void> {
  const fleet = await world.writer.reread(['hv-a', 'hv-b']);
  const machine = fleet.virtualMachines[id];
  expect(machine?.state).toBe('running');
  expect(machine?.deviceIds.length).toBeGreaterThan(1);
  for (const deviceId of machine?.deviceIds ?? []) {
    const secondary = findSecondary(fleet, deviceId);
    expect(secondary).toMatchObject({ vfioState: 'RUNNING', online: true });
    expect(secondary?.suspended).toBeUndefined();
    expect(await world.guest(fleet, deviceId)).toBeDefined();
  }
}

/** Takes the first procedure that the audit offers, again and again; answers what was found on the way. */
async function followWaysOut(world: MigrationWorld): Promise<string[]> {
  const met: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const [finding] = audit(world);
    if (finding === undefined) return met;
    met.push(finding.kind);
    const way = finding.waysOut.find(({ kind }) => kind === 'change');
    if (way?.kind !== 'change') throw new Error(`${finding.title} has no procedure as its way out`);
    expect(await world.run(way.intent), way.words).toMatchObject({ status: 'done' });
  }
  throw new Error(`no end: ${met.join()}`);
}

describe('a guest that a migration left standing still on both sides', () => {
  it('is found, and the audit offers to resume it where it is, its source first', async () => {
    const world = await stopOnBothSides();
    const finding = audit(world).find(({ kind }) => kind === 'guest-on-two-hosts');
    expect(finding?.waysOut.slice(0, 2)).toMatchObject([
      { kind: 'change', intent: intentFor(source) },
      { kind: 'change', intent: intentFor(destination) },
    ]);
  });

  it('goes on at its source with its functions, and nothing is left in the end', async () => {
    const world = await stopOnBothSides();
    for (const id of world.writer.fleet.virtualMachines[source]?.deviceIds ?? [])
      expect(['STOP', 'STOP_COPY']).toContain(findSecondary(world.writer.fleet, id)?.vfioState);
    expect(await resumeReviewed(world, source)).toMatchObject({ status: 'done' });
    await expectWorking(world, source);
    // Two of one guest never run.
    const second = world.runner.propose({ kind: 'intent', intent: intentFor(destination) });
    expect(second.ok ? '' : second.error.message).toContain(
      'db-primary runs on hv-a. Resumed on hv-b as well',
    );
    expect(await followWaysOut(world)).toContain('guest-on-two-hosts');
    expect(world.writer.fleet.virtualMachines[destination]).toBeUndefined();
    expect(audit(world)).toEqual([]);
    await expectWorking(world, source);
  });

  it.each(['RUNNING', 'STOP'] as const)(
    'goes on at its destination with functions that are %s, and nothing is left in the end',
    async (state) => {
      const world = await stopOnBothSides();
      for (const id of world.writer.fleet.virtualMachines[destination]?.deviceIds ?? []) {
        const secondary = findSecondary(world.writer.fleet, id);
        const address = secondary === undefined ? null : functionAddress(secondary);
        const device = world.connection('hv-b')?.vfioDevice(address ?? '');
        if (device?.ok !== true) throw new Error(`no VFIO device of ${id}`);
        expect(await device.value.setState(state)).toMatchObject({ ok: true });
      }
      await world.writer.reread(['hv-b']);
      expect(await resumeReviewed(world, destination)).toMatchObject({ status: 'done' });
      await expectWorking(world, destination);
      expect(await followWaysOut(world)).toEqual(['guest-on-two-hosts']);
      expect(world.writer.fleet.virtualMachines[source]).toBeUndefined();
      expect(audit(world)).toEqual([]);
      await expectWorking(world, destination);
    },
  );

  it('stands still again after an undo, and may go on once more', async () => {
    const world = await stopOnBothSides();
    const { id } = await resumeReviewed(world, source);
    const started = await world.runner.undo(id);
    if (!started.ok) throw new Error(started.error.details?.join(' '));
    expect(await world.runner.finished(started.value.id)).toMatchObject({ status: 'done' });
    const back = await world.writer.reread(['hv-a', 'hv-b']);
    expect(stateOf(back, source)).toBe('paused');
    for (const deviceId of back.virtualMachines[source]?.deviceIds ?? [])
      expect(findSecondary(back, deviceId)?.vfioState).toBe('STOP');
    expect(await resumeReviewed(world, source)).toMatchObject({ status: 'done' });
    await expectWorking(world, source);
  });
});

describe('a paused guest one of whose functions was suspended behind the back of its driver', () => {
  it('goes on with that function resumed', async () => {
    const world = await openMigrationWorld();
    const host = world.connection('hv-a');
    const [deviceId = ''] = world.writer.fleet.virtualMachines[source]?.deviceIds ?? [];
    const secondary = findSecondary(world.writer.fleet, deviceId);
    const queue = host?.adminQueue(secondary?.primaryId.replace('hv-a/', '') ?? '');
    if (host === undefined || queue?.ok !== true) throw new Error('no queue');
    await host.virtualMachines.pause('db-primary');
    // As one arrives that its sender has given up on.
    await queue.value.submit(
      suspendController.encode({ cntlid: secondary?.cntlid ?? 0, stype: 1, dudmq: false }),
    );
    const fleet = await world.writer.reread(['hv-a']);
    expect(findSecondary(fleet, deviceId)).toMatchObject({ vfioState: 'RUNNING', suspended: true });
    const resumed = await world.run(intentFor(source));
    expect(resumed).toMatchObject({ status: 'done' });
    await expectWorking(world, source);
  });
});

describe('a guest that waits for a memory which never came', () => {
  it('is not resumed, in plain words, before the hypervisor is asked', async () => {
    const world = await openMigrationWorld();
    const created = await world
      .connection('hv-b')
      ?.virtualMachines.createIncoming({ name: 'late-guest', vcpus: 2, memoryBytes: 2 ** 30 });
    expect(created).toMatchObject({ ok: true });
    await world.writer.reread(['hv-b']);
    const refused = world.runner.propose({ kind: 'intent', intent: intentFor('hv-b:late-guest') });
    expect(refused.ok ? '' : refused.error.message).toBe(
      'The memory of late-guest has not arrived on hv-b: there is no guest to resume there.',
    );
  });
});
