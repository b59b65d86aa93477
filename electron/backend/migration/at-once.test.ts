import { describe, expect, it } from 'vitest';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { guestFleet, guestName } from '../test-support/guest-fleet.ts';
import { requestFor, type UnusualRequest } from '../test-support/migration-request.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

const story = (run: ProcedureRun | null) =>
  JSON.stringify([run?.status, run?.error, run?.leftovers, run?.audit], null, 1);

function moving(world: MigrationWorld, host: string, guest: number, unusual: UnusualRequest = {}): Intent {
  const virtualMachineId = `${host}:${guestName(host, guest)}`;
  return {
    kind: 'migrate',
    request: requestFor(world.runner.migrationFleet(), { virtualMachineId, ...unusual }),
  };
}

async function start(world: MigrationWorld, intent: Intent): Promise<string> {
  const started = await world.runner.start(intent);
  if (!started.ok) throw new Error(`${started.error.message} ${started.error.details?.join('\n')}`);
  return started.value.id;
}

describe('several migrations at once', () => {
  it('move over the same hosts, and give nothing twice', async () => {
    const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 3, 'hv-b': 1 }, resources: 24 }));
    const ids: string[] = [];
    for (const guest of [0, 1, 2]) ids.push(await start(world, moving(world, 'hv-a', guest)));
    expect(world.runner.running()).toHaveLength(3);
    for (const id of ids) {
      const run = await world.runner.finished(id);
      expect(run?.status, story(run)).toBe('done');
      expect(run?.audit).toEqual([]);
      expect(run?.migration?.proof.filter(({ equal }) => !equal)).toEqual([]);
    }
    const fleet = await world.writer.reread(['hv-a', 'hv-b']);
    const machines = Object.values(fleet.virtualMachines);
    expect(machines.map(({ hostId, state }) => `${hostId} ${state}`)).toEqual(
      machines.map(() => 'hv-b running'),
    );
    expect(new Set(machines.flatMap(({ deviceIds }) => deviceIds)).size).toBe(4);
  });

  it('move in both directions over the same hosts', async () => {
    const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 1, 'hv-b': 1 } }));
    const there = await start(world, moving(world, 'hv-a', 0));
    const back = await start(world, moving(world, 'hv-b', 0, { destinationHostId: 'hv-a' }));
    expect((await world.runner.finished(there))?.status).toBe('done');
    expect((await world.runner.finished(back))?.status).toBe('done');
  });

  it('are planned with what those under way may still take: the third does not fit', async () => {
    // The pools of hv-b have 8 VQ and 8 VI; each guest holds 4 VQ and 2 VI.
    const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 3, 'hv-b': 1 }, resources: 12 }));
    const ids = [await start(world, moving(world, 'hv-a', 0)), await start(world, moving(world, 'hv-a', 1))];
    const third = await world.runner.start(moving(world, 'hv-a', 2));
    expect(third.ok ? null : third.error.details).toEqual([
      expect.stringMatching(/^Free VQ resources: needs 4 VQ, free 0 of 12/),
    ]);
    for (const id of ids) expect((await world.runner.finished(id))?.status).toBe('done');
  });

  it('count what one of them would hold again after its way back', async () => {
    const file = guestFleet({ guests: { 'hv-a': 2, 'hv-b': 1 }, resources: 24 });
    const [, second] = file.subsystems[0]!.controllers;
    // A free function of hv-b holds so much that both guests fit only if it gives some of it back.
    if (second?.role === 'primary')
      second.secondaries.push({
        ...second.secondaries[0]!,
        vfn: 2,
        vq: 14,
        vi: 2,
        driver: null,
        driverOverride: null,
        online: false,
      });
    const world = await openMigrationWorld(file);
    const holder = Object.values(world.writer.fleet.controllers).find(
      (one) => one.role === 'secondary' && one.hostId === 'hv-b' && one.vfn === 2,
    )!;
    expect(holder).toMatchObject({ nvq: 14, online: false });
    const onto = (guest: number): Intent => {
      const intent = moving(world, 'hv-a', guest);
      if (intent.kind === 'migrate' && guest === 0) intent.request.devices[0]!.destinationId = holder.id;
      return intent;
    };
    const first = await start(world, onto(0));
    const meanwhile = world.runner.migrationFleet().controllers[holder.id];
    expect(meanwhile).toMatchObject({ nvq: 14, virtualMachineId: 'hv-b:a-00' });
    world.runner.abort(first);
    expect((await world.runner.finished(first))?.status).toBe('rolled-back');
    expect(world.writer.fleet.controllers[holder.id]).toMatchObject({ nvq: 14 });
  });

  it('keep everything else off their hosts', async () => {
    const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 2, 'hv-b': 1 } }));
    const id = await start(world, moving(world, 'hv-a', 0));
    const free = Object.values(world.writer.fleet.controllers).find(
      (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.virtualMachineId === null,
    )!;
    const other = await world.runner.start({
      ...{ kind: 'set-resources', secondaryIds: [free.id], vq: 2, vi: 1 },
    });
    expect(other.ok ? null : other.error).toMatchObject({ code: 'busy', object: 'hv-a' });
    await world.runner.finished(id);
  });

  it('one that fails or is aborted goes back while the others arrive', async () => {
    const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 3, 'hv-b': 1 } }));
    const ids: string[] = [];
    for (const guest of [0, 1, 2]) ids.push(await start(world, moving(world, 'hv-a', guest)));
    let aborted = false;
    world.listeners.add((run) => {
      if (aborted || run.id !== ids[1] || run.steps[8]?.status !== 'running') return;
      aborted = true;
      queueMicrotask(() => world.runner.abort(run.id));
    });
    const runs = [];
    for (const id of ids) runs.push(await world.runner.finished(id));
    expect(runs.map((run) => run?.status)).toEqual(['done', 'rolled-back', 'done']);
    expect(world.writer.fleet.virtualMachines['hv-a:a-01']?.state).toBe('running');
    expect(runs[1]?.audit).toEqual([]);
  });
});
