import { describe, expect, it } from 'vitest';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';
import { sendTo, startReviewed } from '../test-support/start-reviewed.ts';
import { createGuestViewHandlers } from './guest-view-handlers.ts';
import { createMigrationHandlers } from './migration-handlers.ts';
import { createProcedureHandlers } from './procedure-handlers.ts';

const machine = 'hv-a:db-primary';
function handlersOf({ writer, connection, timeout }: MigrationWorld) {
  return {
    ...createMigrationHandlers({ fleet: () => writer.fleet, readTimes: () => writer.readTimes }),
    ...createGuestViewHandlers({ surroundings: () => ({ fleet: writer.fleet, connection, timeout }) }),
  };
}

describe('the migration handlers', () => {
  it('offer destinations, propose and check, and show what the guest sees', async () => {
    const world = await openMigrationWorld();
    const handlers = handlersOf(world);
    const destinations = await handlers['migration:destinations']({ virtualMachineId: machine });
    expect(destinations).toMatchObject({
      ok: true,
      value: {
        destinations: [
          { hostId: 'hv-a', eligible: false },
          { hostId: 'hv-b', eligible: true },
        ],
      },
    });
    const proposal = await handlers['migration:propose']({
      virtualMachineId: machine,
      destinationHostId: 'hv-b',
    });
    expect(proposal.ok && proposal.value.devices.length).toBe(2);
    const check = await handlers['migration:check']({ request: world.requestFor() });
    expect(check.ok && check.value.compatibility.errors).toBe(0);
    const [device] = world.writer.fleet.virtualMachines[machine]!.deviceIds;
    const view = await handlers['guest:view']({ controllerId: device! });
    if (!view.ok) throw new Error(view.error.message);
    expect(Buffer.from(view.value.bytes, 'base64')).toHaveLength(4096);
    const field = (key: string) => view.value.fields.find((candidate) => candidate.key === key);
    expect(field('subnqn')).toMatchObject({ guest: 'nqn.2026-11.io.berth:my_v_nqn_1', differs: true });
    expect(field('cntlid')).toMatchObject({ guest: '20 (0x14)', physical: '65 (0x41)', differs: true });
    expect(field('vid')).toMatchObject({ differs: false });
  });

  it('start only what nobody has left unread', async () => {
    const world = await openMigrationWorld();
    const { writer, runner } = world;
    const handlers = createProcedureHandlers(world);
    const request = world.requestFor({ options: { downtimeBudgetMilliseconds: 1 } });
    const refused = await startReviewed(sendTo(handlers), { kind: 'migrate', request });
    expect(refused).toMatchObject({ ok: false, error: { code: 'refused', field: 'acknowledged' } });
    expect(runner.running()).toEqual([]);
    const acknowledged = checkCompatibility(writer.fleet, request)
      .checks.filter((check) => check.verdict === 'warning')
      .map((check) => check.id);
    const started = await startReviewed(sendTo(handlers), {
      kind: 'migrate',
      request: { ...request, acknowledged },
    });
    const run = started.ok ? await runner.finished(started.value.id) : null;
    expect(run?.status).toBe('done');
    expect(run?.migration?.acknowledged).toEqual(acknowledged);
  });

  it('refuse what is not there, with the reason', async () => {
    const world = await openMigrationWorld();
    const handlers = handlersOf(world);
    for (const id of ['hv-a:nobody', '__proto__']) {
      const answer = await handlers['migration:destinations']({ virtualMachineId: id });
      expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
    }
    const offline = Object.values(world.writer.fleet.controllers).find(
      (controller) => controller.role === 'secondary' && !controller.online && controller.pciAddress !== null,
    );
    expect(await handlers['guest:view']({ controllerId: offline!.id })).toMatchObject({
      ok: false,
      error: { code: 'refused' },
    });
    expect(await handlers['guest:view']({ controllerId: 'nothing' })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });
});
