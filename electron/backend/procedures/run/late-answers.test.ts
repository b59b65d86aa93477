import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary, isInPool } from '#shared/fleet/selectors.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import {
  resumeController,
  suspendController,
  suspendTypes,
} from '#shared/nvme/commands/migration/migration-send.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  resourceTypes,
  virtualizationActions,
  virtualizationManagement,
} from '#shared/nvme/commands/virtualization-management.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { requestFor } from '../../test-support/migration-request.ts';
import { type Lab, openLab } from '../../test-support/procedure-lab.ts';
import { runToEnd } from '../../test-support/run-to-end.ts';
import { createTestRandom } from '../../test-support/test-clock.ts';
import { createProcedureRunner } from '../runner.ts';

/** The patience of the lab is 1 s for an answer and 1 s more for a late one. */
const withinPatience = 1_500;
const beyondPatience = 40_000;

const primaryId = 'hv-a/0000:41:00.0';

function assignFree(fleet: Fleet): Extract<Intent, { kind: 'assign' }> {
  const [free] = Object.values(fleet.controllers).filter(
    (one) =>
      one.role === 'secondary' && one.primaryId === primaryId && isInPool(one) && one.pciAddress !== null,
  );
  const virtualSubsystemId = `${primaryId}|nqn.2026-11.io.berth:my_v_nqn_1`;
  return {
    kind: 'assign',
    secondaryIds: [free?.id ?? ''],
    target: { kind: 'virtual-subsystem', virtualSubsystemId },
  };
}

const migration = (fleet: Fleet): Intent => ({ kind: 'migrate', request: requestFor(fleet) });

/** The queues of a secondary are taken from the pool. */
function takesQueues(command: AdminCommand): boolean {
  if (command.opcode !== adminOpcodes.virtualizationManagement) return false;
  const { act, rt, nr } = virtualizationManagement.decode(command);
  return act === 8 && rt === resourceTypes.virtualQueue.value && nr > 0;
}

function givesQueuesBack(command: AdminCommand): boolean {
  if (command.opcode !== adminOpcodes.virtualizationManagement) return false;
  const { act, rt, nr } = virtualizationManagement.decode(command);
  return act === 8 && rt === resourceTypes.virtualQueue.value && nr === 0;
}

function takesOffline(command: AdminCommand): boolean {
  if (command.opcode !== adminOpcodes.virtualizationManagement) return false;
  return virtualizationManagement.decode(command).act === virtualizationActions.secondaryOffline.value;
}

function detaches({ opcode, cdw10 }: AdminCommand): boolean {
  return opcode === adminOpcodes.namespaceAttachment && (cdw10 & 0xf) === 1;
}

/** Suspends (not only warns) a function of the guest at its source. */
function suspendsSource({ writer: { fleet } }: Lab): (command: AdminCommand) => boolean {
  const sources = (fleet.virtualMachines['hv-a:db-primary']?.deviceIds ?? []).map(
    (id) => fleet.controllers[id]?.cntlid,
  );
  const like = suspendController.encode({ cntlid: 0, stype: suspendTypes.suspend.value });
  return (command) => {
    if (command.opcode !== like.opcode || (command.cdw10 & 0xff) !== (like.cdw10 & 0xff)) return false;
    const { cntlid, stype } = suspendController.decode(command);
    return sources.includes(cntlid) && stype === suspendTypes.suspend.value;
  };
}

function resumes(command: AdminCommand): boolean {
  const like = resumeController.encode({ cntlid: 0 });
  return command.opcode === like.opcode && (command.cdw10 & 0xff) === (like.cdw10 & 0xff);
}

/** Each command of a kind is handed over late, or only the first one. */
function late(lab: Lab, matches: (command: AdminCommand) => boolean, milliseconds: number, most = 1): void {
  let left = most;
  lab.interfere = (command) => {
    if (!matches(command) || left === 0) return 'pass';
    left -= 1;
    return { late: milliseconds };
  };
}

/** The record of a run once it says this. */
async function said(lab: Lab, run: ProcedureRun, status: ProcedureRun['status']): Promise<ProcedureRun> {
  await expect.poll(() => lab.runner.find(run.id)?.status, { timeout: 8_000 }).toBe(status);
  const found = lab.runner.find(run.id);
  if (found === null) throw new Error('the run is lost');
  return found;
}

describe('an answer that does not come in time', () => {
  it('is waited for, and is the answer when it comes', async () => {
    const lab = await openLab();
    late(lab, takesQueues, withinPatience);
    const run = await lab.run(assignFree(lab.writer.fleet));
    expect([run.status, run.error, run.leftovers]).toEqual(['done', null, []]);
    const slowest = Math.max(...run.steps.map(({ durationMicroseconds }) => durationMicroseconds ?? 0));
    expect(slowest).toBeGreaterThanOrEqual(withinPatience * 1000);
    expect(await lab.rediscovered()).toEqual(lab.writer.fleet);
  });

  it('leaves the outcome unknown, which is said, and what arrives after the roll-back is taken back', async () => {
    const lab = await openLab();
    const before = await lab.rediscovered();
    late(lab, takesQueues, beyondPatience);
    const run = await lab.run(assignFree(lab.writer.fleet));
    expect([run.status, run.error?.code]).toEqual(['failed', 'device-timeout']);
    expect(run.leftovers).toEqual([
      {
        what: 'Not answered, so it may still take effect: Take 4 VQ resources for VF 1',
        commandLines: ['nvme virt-mgmt /dev/nvme1 --cntlid=1 --rt=0 --act=8 --nr=0'],
      },
    ]);
    const healed = await said(lab, run, 'rolled-back');
    expect(healed.leftovers).toEqual([]);
    // It was looked for before it arrived; what was said of it then is not true any more.
    const taking = run.steps.findIndex(({ error }) => error?.code === 'device-timeout');
    expect(run.steps[taking]?.readBack).toContain('had no effect');
    expect(healed.steps[taking]).toMatchObject({ status: 'failed', isUndone: true, readBack: '' });
    expect(lab.commands.filter(takesQueues)).toHaveLength(1);
    expect(await lab.rediscovered()).toEqual(before);
    expect(lab.writer.fleet).toEqual(before);
    expect(lab.store.run(run.id)?.run).toEqual(healed);
  });

  it('is journalled as undone once, however long the state of the fleet takes to keep', async () => {
    const lab = await openLab();
    late(lab, takesQueues, beyondPatience);
    const run = await lab.run(assignFree(lab.writer.fleet));
    const taking = run.steps.findIndex(({ error }) => error?.code === 'device-timeout');
    lab.beforeKeeping = async () => {
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    const journalled: string[] = [];
    const { saveRun } = lab.store;
    lab.store.saveRun = (stored, lines, state) => {
      for (const { step, event } of [lines].flat()) if (step === taking) journalled.push(event);
      return saveRun(stored, lines, state);
    };
    await said(lab, run, 'rolled-back');
    expect(journalled).toEqual(['rolling-back', 'step-undone']);
  });

  it('is not called undone when it arrives after the roll-back and cannot be taken back', async () => {
    const lab = await openLab();
    late(lab, takesQueues, beyondPatience);
    const isLate = lab.interfere;
    lab.interfere = (command) => (givesQueuesBack(command) ? 'refuse' : isLate(command));
    const run = await lab.run(assignFree(lab.writer.fleet));
    const left = () =>
      lab.runner
        .find(run.id)
        ?.leftovers.map(({ what }) => what)
        .join();
    expect(left()).toContain('may still take effect: Take 4 VQ');
    await expect.poll(left, { timeout: 8_000 }).not.toContain('may still take effect');
    expect(left()).toContain('The controller answered');
    const taking = run.steps.findIndex(({ error }) => error?.code === 'device-timeout');
    expect(lab.runner.find(run.id)?.steps[taking]).toMatchObject({ isUndone: false, readBack: '' });
  });

  it('is taken back after the procedure that has these hosts by then', async () => {
    const lab = await openLab();
    late(lab, takesQueues, beyondPatience);
    const intent = assignFree(lab.writer.fleet);
    const run = await lab.run(intent);
    const other = await lab.run({ kind: 'assign', secondaryIds: [`${primaryId}/2`], target: intent.target });
    expect([run.status, other.status]).toEqual(['failed', 'done']);
    await said(lab, run, 'rolled-back');
    const { controllers } = await lab.rediscovered();
    expect(controllers[`${primaryId}/1`]).toMatchObject({ online: false, nvq: 0, nvi: 0 });
    expect(controllers[`${primaryId}/2`]).toMatchObject({ online: true, nvq: 4, nvi: 2 });
  });

  it('does not touch what another procedure has made of the same object since, and says what it may have done', async () => {
    const lab = await openLab();
    const inUse = `${primaryId}/12`;
    await lab.run({ kind: 'set-namespaces', controllerIds: [inUse], attach: [1], detach: [] });
    late(lab, detaches, beyondPatience);
    const run = await lab.run({ kind: 'set-namespaces', controllerIds: [inUse], attach: [], detach: [1] });
    expect(run.status).toBe('failed');
    const other = await lab.run({ kind: 'set-resources', secondaryIds: [inUse], vq: 2, vi: 1 });
    expect(other.status).toBe('done');
    await expect
      .poll(
        () =>
          lab.runner
            .find(run.id)
            ?.leftovers.map(({ what }) => what)
            .join(),
        { timeout: 8_000 },
      )
      .toContain('another procedure has changed the same objects since: Detach namespace 1');
    expect((await lab.rediscovered()).controllers[inUse]).toMatchObject({ nvq: 2, nvi: 1 });
    expect(await lab.rediscovered()).toEqual(lab.writer.fleet);
  });

  it('is not looked for on a fleet that was opened anew under the same name meanwhile', async () => {
    const lab = await openLab();
    const { writer, clock, log, store, simulation, connections } = lab;
    if (simulation === null) throw new Error('the lab is simulated');
    const open = { key: 'same', connections, clock: simulation.clock, state: null };
    const runner = createProcedureRunner({
      ...{ writer, clock, log, store, random: createTestRandom(7), emit() {} },
      source: () => ({ ...open }),
      opening: () => null,
      occupied: () => null,
      observerFor: () => null,
      timeoutMilliseconds: 1000,
      nvmeCli: () => '2.x',
    });
    late(lab, takesQueues, beyondPatience);
    const run = await runToEnd(runner, assignFree(writer.fleet));
    expect(run.leftovers.map(({ what }) => what).join()).toContain('may still take effect');
    open.connections = [...connections];
    const asked = lab.commands.length;
    await simulation.clock.sleep(2 * beyondPatience, { what: 'the late answer' });
    await expect.poll(() => lab.commands.length).toBe(asked);
    expect([runner.find(run.id), runner.running()]).toEqual([run, []]);
  });

  it('does not keep a program that closes', async () => {
    const lab = await openLab();
    let closing = Promise.resolve();
    lab.interfere = (command) => {
      if (!takesQueues(command)) return 'pass';
      closing = lab.runner.close();
      return { late: Number.MAX_SAFE_INTEGER };
    };
    const started = await lab.runner.start(assignFree(lab.writer.fleet));
    if (!started.ok) throw new Error(started.error.message);
    await lab.runner.finished(started.value.id);
    await closing;
    expect(lab.store.unfinishedRuns().map(({ run }) => run.id)).toEqual([started.value.id]);
  });
});

describe('an answer behind the point of no return that comes when a later step has failed', () => {
  it('makes nothing that is done stand among what is still to do', async () => {
    const lab = await openLab();
    let detached = 0;
    lab.interfere = (command) => {
      if (takesOffline(command)) return 'refuse';
      if (!detaches(command)) return 'pass';
      detached += 1;
      return detached === 1 ? 'lose' : 'pass';
    };
    const run = await lab.run(migration(lab.writer.fleet));
    expect([run.status, run.error?.code, detached]).toEqual(['failed', 'device-status', 2]);
    const late = run.leftovers.filter(({ what }) => what.includes('may still take effect: Detach'));
    expect(late).toHaveLength(1);
    const toDo = run.leftovers.filter((left) => !late.includes(left));
    const left = () => lab.runner.find(run.id)?.leftovers ?? [];
    await expect
      .poll(() => left().some(({ what }) => what.includes('may still')), { timeout: 5_000 })
      .toBe(false);
    expect(left()).toEqual(toDo);
  });
});

describe('a Suspend that arrives after the roll-back', () => {
  it('is not left behind: the guest goes on with a function that works', async () => {
    const lab = await openLab();
    const before = await lab.rediscovered();
    late(lab, suspendsSource(lab), beyondPatience);
    const run = await lab.run(migration(lab.writer.fleet));
    expect([run.status, run.error?.code]).toEqual(['failed', 'device-timeout']);
    const [left] = run.leftovers;
    expect(left?.what).toContain('may still take effect: Suspend');
    // Once it has taken effect, only a Resume takes it back.
    expect(left?.commandLines).toEqual([expect.stringMatching(/^nvme lm migration-send .* --sel=1$/)]);
    expect(lab.writer.fleet.virtualMachines['hv-a:db-primary']?.state).toBe('running');
    const healed = await said(lab, run, 'rolled-back');
    expect(healed.audit).toEqual([]);
    expect(await lab.rediscovered()).toEqual(before);
  });

  it('is taken back although another guest has moved to the same host meanwhile', async () => {
    const lab = await openLab();
    late(lab, suspendsSource(lab), beyondPatience);
    const run = await lab.run(migration(lab.writer.fleet));
    expect(run.leftovers.map(({ what }) => what).join()).toContain('may still take effect: Suspend');
    const request = requestFor(lab.writer.fleet, { virtualMachineId: 'hv-a:web-07' });
    const other = await lab.run({ kind: 'migrate', request });
    expect(other.status).toBe('done');
    const healed = await said(lab, run, 'rolled-back');
    expect([healed.leftovers, healed.audit]).toEqual([[], []]);
    const guest = (await lab.rediscovered()).virtualMachines['hv-a:db-primary'];
    expect(guest?.state).toBe('running');
    expect(guest?.deviceIds.map((id) => findSecondary(lab.writer.fleet, id)?.suspended)).toEqual([
      ...[undefined, undefined],
    ]);
  });
});

describe('a Resume on the way back that arrives late', () => {
  it('is what was wanted, so nothing is left', async () => {
    const lab = await openLab();
    const before = await lab.rediscovered();
    const suspends = suspendsSource(lab);
    let suspended = 0;
    let resumed = 0;
    lab.interfere = (command) => {
      // The second function refuses; the first one, which was stopped already, goes on, but not at once.
      if (suspends(command)) suspended += 1;
      if (suspends(command) && suspended > 1) return 'refuse';
      if (!resumes(command)) return 'pass';
      resumed += 1;
      return resumed === 1 ? { late: beyondPatience } : 'pass';
    };
    const run = await lab.run(migration(lab.writer.fleet));
    const healed = await said(lab, run, 'rolled-back');
    expect(run.leftovers.map(({ what }) => what).join()).toContain('may still take effect');
    expect(resumed).toBeGreaterThan(0);
    expect(healed.leftovers).toEqual([]);
    expect(await lab.rediscovered()).toEqual(before);
  });
});
