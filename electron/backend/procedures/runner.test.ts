import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { virtualizationManagement } from '#shared/nvme/commands/virtualization-management.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { fail } from '#shared/result.ts';
import { openDatabase } from '../store/database.ts';
import { requestFor } from '../test-support/migration-request.ts';
import { openLab } from '../test-support/procedure-lab.ts';

const nqn = 'nqn.2026-11.io.berth:my_v_nqn_1';
const primaryId = 'hv-a/0000:41:00.0';
const virtualSubsystemId = `${primaryId}|${nqn}`;

function assignFree(fleet: Fleet, count = 1): Extract<Intent, { kind: 'assign' }> {
  const free = Object.values(fleet.controllers).filter(
    (one) =>
      one.role === 'secondary' && one.primaryId === primaryId && isInPool(one) && one.pciAddress !== null,
  );
  const secondaryIds = free.slice(0, count).map((one) => one.id);
  return { kind: 'assign', secondaryIds, target: { kind: 'virtual-subsystem', virtualSubsystemId } };
}

const isVirtualization = (opcode: number) => opcode === adminOpcodes.virtualizationManagement;

describe('a procedure that succeeds', () => {
  it('configures the secondary in the order of the specification and reads every effect back', async () => {
    const lab = await openLab();
    const intent = assignFree(lab.writer.fleet);
    const run = await lab.run(intent);
    expect(run.status).toBe('done');
    expect(run.plan.steps.map((planned) => planned.step.kind)).toEqual([
      'secondary-assign',
      'secondary-assign',
      'function-level-reset',
      'secondary-online',
      'virtual-subsystem-add',
    ]);
    expect(run.steps.every((step) => step.status === 'done' && step.readBack !== '')).toBe(true);
    const [id = ''] = intent.secondaryIds;
    expect(lab.writer.fleet.controllers[id]).toMatchObject({
      online: true,
      nvq: 4,
      nvi: 2,
      virtualSubsystemId,
      virtualControllerId: 22,
    });
  });

  it('is on disk before its first command is sent, and each step before its own', async () => {
    const lab = await openLab();
    const journalled: string[] = [];
    lab.interfere = (command) => {
      if (isVirtualization(command.opcode)) {
        const [stored] = lab.store.runs(1);
        const last = lab.store.journal(stored?.run.id ?? '').at(-1);
        journalled.push(`${last?.event} ${last?.step} act ${virtualizationManagement.decode(command).act}`);
      }
      return 'pass';
    };
    await lab.run(assignFree(lab.writer.fleet));
    expect(journalled).toEqual(['step-started 0 act 8', 'step-started 1 act 8', 'step-started 3 act 9']);
  });

  it('lets everybody else have their turn at every step, however fast the hosts answer', async () => {
    const lab = await openLab();
    let turns = 0;
    let next = setImmediate(function count() {
      turns += 1;
      next = setImmediate(count);
    });
    const run = await lab.run(assignFree(lab.writer.fleet, 3));
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(run.steps.length);
  });

  it('pushes its state on every change, and progress never runs backwards', async () => {
    const lab = await openLab();
    await lab.run(assignFree(lab.writer.fleet, 3));
    const pushed = lab.events.filter(({ channel }) => channel === 'run:changed');
    const progress = pushed.map(({ event }) => (event as { progress: number }).progress);
    expect(progress).toEqual([...progress].sort((left, right) => left - right));
    expect(progress.at(-1)).toBe(1);
  });
});

describe('a procedure that fails', () => {
  it('takes back what it did when the device refuses a step', async () => {
    const lab = await openLab();
    const before = await lab.rediscovered();
    const isOnline = (command: Parameters<typeof virtualizationManagement.decode>[0]) =>
      isVirtualization(command.opcode) && virtualizationManagement.decode(command).act === 9;
    lab.interfere = (command) => (isOnline(command) ? 'refuse' : 'pass');
    const run = await lab.run(assignFree(lab.writer.fleet, 2));
    expect(run.status).toBe('rolled-back');
    expect(run.error).toMatchObject({ code: 'device-status', object: 'hv-a/nvme1' });
    expect(run.error?.message).toContain('Internal Error (0x4006)');
    // While it goes back it says so: it is not past its point of no return.
    const pushed = lab.events.flatMap(({ channel, event }) => (channel === 'run:changed' ? [event] : []));
    expect(pushed).toContainEqual(expect.objectContaining({ status: 'aborting', rollingBack: true }));
    expect(run.leftovers).toEqual([]);
    expect(new Set(run.steps.map((step) => step.status))).toEqual(new Set(['undone', 'failed', 'skipped']));
    expect(await lab.rediscovered()).toEqual(before);
    expect(lab.writer.fleet).toEqual(before);
  });

  it('also takes back a step whose completion was lost although it took effect', async () => {
    const lab = await openLab();
    const before = await lab.rediscovered();
    lab.interfere = (command) =>
      isVirtualization(command.opcode) && virtualizationManagement.decode(command).act === 9
        ? 'lose'
        : 'pass';
    const run = await lab.run(assignFree(lab.writer.fleet));
    expect([run.status, run.error?.code]).toEqual(['rolled-back', 'device-timeout']);
    expect(await lab.rediscovered()).toEqual(before);
  });

  it('tells what could not be taken back, with the lines that clean it up', async () => {
    const lab = await openLab();
    let online = false;
    lab.interfere = (command) => {
      if (!isVirtualization(command.opcode)) return 'pass';
      online ||= virtualizationManagement.decode(command).act === 9;
      return online ? 'refuse' : 'pass';
    };
    const run = await lab.run(assignFree(lab.writer.fleet));
    expect(run.status).toBe('failed');
    expect(run.leftovers.map((left) => left.commandLines)).toEqual([
      ['nvme virt-mgmt /dev/nvme1 --cntlid=1 --rt=0 --act=8 --nr=0'],
      ['nvme virt-mgmt /dev/nvme1 --cntlid=1 --rt=1 --act=8 --nr=0'],
    ]);
    expect(run.undoable).toBe(false);
  });

  it('notices an effect that is missing although the command succeeded', async () => {
    const lab = await openLab();
    const intent = assignFree(lab.writer.fleet);
    const [id = ''] = intent.secondaryIds;
    let sabotage = true;
    lab.interfere = (command) => {
      // Somebody else takes the resources away while the primary is read back.
      if (sabotage && command.opcode === adminOpcodes.identify && lab.runner.running().length > 0) {
        sabotage = false;
        const cntlid = lab.writer.fleet.controllers[id]?.cntlid ?? 0;
        const queue = lab.connections.find((host) => host.id === 'hv-a')?.adminQueue('0000:41:00.0');
        if (queue?.ok)
          void queue.value.submit({ ...command, opcode: 0x1c, cdw10: cntlid * 0x10000 + 7, readLength: 0 });
      }
      return 'pass';
    };
    const run = await lab.run(intent);
    expect([run.status, run.error?.code]).toEqual(['rolled-back', 'effect-missing']);
  });
});

describe('abort', () => {
  it('stops before the next step and returns to the start', async () => {
    const lab = await openLab();
    const before = await lab.rediscovered();
    const started = await lab.runner.start(assignFree(lab.writer.fleet, 3));
    if (!started.ok) throw new Error('refused');
    lab.interfere = (command) => {
      if (isVirtualization(command.opcode)) lab.runner.abort(started.value.id);
      return 'pass';
    };
    const run = await lab.runner.finished(started.value.id);
    expect([run?.status, run?.error?.code]).toEqual(['rolled-back', 'aborted']);
    expect(await lab.rediscovered()).toEqual(before);
    expect(lab.runner.abort(started.value.id).ok).toBe(false);
  });
});

describe('busy', () => {
  it('runs one procedure per host at a time', async () => {
    const lab = await openLab();
    const intent = assignFree(lab.writer.fleet, 2);
    const [first = '', second = ''] = intent.secondaryIds;
    const one = await lab.runner.start({ ...intent, secondaryIds: [first] });
    const two = await lab.runner.start({ ...intent, secondaryIds: [second] });
    expect(one.ok).toBe(true);
    expect(two.ok ? null : two.error).toMatchObject({ code: 'busy', object: 'hv-a' });
    if (one.ok) await lab.runner.finished(one.value.id);
    expect((await lab.runner.start({ ...intent, secondaryIds: [second] })).ok).toBe(true);
    await lab.runner.close();
  });
});

describe('undo', () => {
  it('is refused, with the reason, when the fleet moved on', async () => {
    const lab = await openLab();
    const intent = assignFree(lab.writer.fleet);
    const [id = ''] = intent.secondaryIds;
    const run = await lab.run(intent);
    await lab.run({ kind: 'assign', secondaryIds: [id], target: { kind: 'pool' } });
    const undone = await lab.runner.undo(run.id);
    expect(undone.ok).toBe(false);
    if (undone.ok) return;
    expect(undone.error.code).toBe('refused');
    expect(undone.error.details?.join(' ')).toContain('The fleet has changed');
  });

  it('takes the last one first, each once, and never an undo itself', async () => {
    const lab = await openLab();
    const start = lab.writer.fleet;
    const first = await lab.run(assignFree(lab.writer.fleet));
    const second = await lab.run(assignFree(lab.writer.fleet));
    expect((await lab.undo()).undoes).toBe(second.id);
    expect((await lab.undo()).undoes).toBe(first.id);
    expect(lab.writer.fleet).toEqual(start);
    const nothing = await lab.runner.undo(undefined);
    expect(nothing.ok ? null : nothing.error.code).toBe('not-found');
    const twice = await lab.runner.undo(first.id);
    expect(twice.ok ? null : twice.error.message).toContain('already been undone');
  });

  it('refuses what cannot be undone', async () => {
    const lab = await openLab();
    const run = await lab.run({ kind: 'reset', controllerIds: [primaryId], reset: 'function' });
    expect([run.status, run.undoable]).toEqual(['done', false]);
    expect(run.plan.consequences.join(' ')).toContain('db-primary loses the drive');
    expect((await lab.runner.undo(run.id)).ok).toBe(false);
  });
});

describe('a step that cannot be undone', () => {
  it('is said to have been done, perhaps, when it failed and nothing can tell', async () => {
    const lab = await openLab();
    const pci = lab.connections.find(({ id }) => id === 'hv-a')?.pci;
    if (pci === undefined) throw new Error('there is no hv-a');
    Object.assign(pci, { functionLevelReset: async () => fail('device-status', 'refused by this test') });
    const run = await lab.run({ kind: 'reset', controllerIds: [primaryId], reset: 'function' });
    expect(run.status).toBe('failed');
    expect(run.leftovers.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^May have been done, and cannot be undone: /),
    ]);
  });
});

describe('a procedure that was cut short', () => {
  /** Starts a run, ends the program after its second step, and opens everything again. */
  async function interrupted() {
    const lab = await openLab();
    const before = await lab.rediscovered();
    const intent = assignFree(lab.writer.fleet, 2);
    let sent = 0;
    let closing: Promise<void> = Promise.resolve();
    lab.interfere = (command) => {
      if (isVirtualization(command.opcode)) sent += 1;
      if (sent === 2) closing = lab.runner.close();
      return 'pass';
    };
    const started = await lab.runner.start(intent);
    if (!started.ok) throw new Error('refused');
    await lab.runner.finished(started.value.id);
    await closing;
    lab.store.close();
    const again = await openLab('two-hosts', lab.dataDir);
    const [run] = again.runner.markInterrupted();
    expect(run).toMatchObject({ id: started.value.id, status: 'interrupted', abortable: false });
    expect(run?.steps.map((step) => step.status).slice(0, 3)).toEqual(['done', 'done', 'waiting']);
    const recover = async (how: 'resume' | 'roll-back' | 'dismiss') => {
      const answer = await again.runner.recover(started.value.id, how);
      if (!answer.ok) throw new Error(answer.error.message);
      return again.runner.finished(started.value.id);
    };
    return { again, before, recover, runId: started.value.id };
  }

  it('goes on where it stopped, and can be undone then', async () => {
    const { again, before, recover, runId } = await interrupted();
    const run = await recover('resume');
    expect([run?.status, run?.undoable]).toEqual(['done', true]);
    await again.undo(runId);
    expect(await again.rediscovered()).toEqual(before);
  });

  it('is taken back', async () => {
    const { again, before, recover } = await interrupted();
    expect(await recover('roll-back')).toMatchObject({ status: 'rolled-back', leftovers: [] });
    expect(await again.rediscovered()).toEqual(before);
    expect(again.writer.fleet).toEqual(before);
  });

  it('is left as it is, with the list of what was done', async () => {
    const { again, recover, runId } = await interrupted();
    const run = await recover('dismiss');
    expect(run?.status).toBe('failed');
    expect(run?.leftovers).toEqual([
      {
        what: 'Done and not undone: Take 4 VQ resources for VF 1',
        commandLines: ['nvme virt-mgmt /dev/nvme1 --cntlid=1 --rt=0 --act=8 --nr=0'],
      },
      {
        what: 'Done and not undone: Take 2 VI resources for VF 1',
        commandLines: ['nvme virt-mgmt /dev/nvme1 --cntlid=1 --rt=1 --act=8 --nr=0'],
      },
    ]);
    expect(again.runner.markInterrupted()).toEqual([]);
    expect((await again.runner.recover(runId, 'resume')).ok).toBe(false);
  });
});

describe('a database that cannot be written', () => {
  it('lets no procedure start, because it could not be journalled', async () => {
    const lab = await openLab();
    lab.store.close();
    const database = openDatabase(`${lab.dataDir}/berth.db`, 'read-write');
    database.script('PRAGMA user_version = 1000');
    database.close();
    const again = await openLab('two-hosts', lab.dataDir);
    const before = again.commands.length;
    const started = await again.runner.start(assignFree(again.writer.fleet));
    expect(started.ok ? null : started.error.code).toBe('read-only');
    expect(again.commands.length).toBe(before);
  });
});

describe('a migration', () => {
  it('moves a machine, proves it, and is not undone but migrated back', async () => {
    const lab = await openLab();
    const virtualMachineId = 'hv-a:db-primary';
    const request = requestFor(lab.writer.fleet);
    expect(request.devices).toHaveLength(2);
    const run = await lab.run({ kind: 'migrate', request });
    expect([run.status, run.error]).toEqual(['done', null]);
    expect(run.migration?.proof.length).toBeGreaterThan(5);
    expect(run.migration?.proof.filter((line) => !line.equal)).toEqual([]);
    expect(run.migration?.downtimeMilliseconds).not.toBeNull();
    expect(lab.writer.fleet.virtualMachines['hv-b:db-primary']).toMatchObject({ state: 'running' });
    expect(lab.writer.fleet.virtualMachines[virtualMachineId]).toBeUndefined();
    expect(lab.writer.fleet).toEqual(await lab.rediscovered());
    const undone = await lab.runner.undo(run.id);
    expect(undone.ok ? null : undone.error.message).toContain('point of no return');
  });
});
