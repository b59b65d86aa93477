import { describe, expect, it } from 'vitest';
import { type ProcedureRun, waitingStep } from '#shared/procedure/procedure.ts';
import { requestFor } from '../../test-support/migration-request.ts';
import { openLab } from '../../test-support/procedure-lab.ts';
import { createTestRandom } from '../../test-support/test-clock.ts';
import { createProcedureRunner } from '../runner.ts';

/** Berth was killed when a guest resumed at its destination; there it stands still, so there is a way back. */
async function cutAtItsResume() {
  const lab = await openLab();
  const moved = await lab.run({ kind: 'migrate', request: requestFor(lab.writer.fleet) });
  const resume = moved.plan.pointOfNoReturn;
  const host = lab.connections.find(({ id }) => id === 'hv-b');
  const hostClock = lab.simulation?.clock;
  if (moved.status !== 'done' || resume === null || host === undefined || hostClock === undefined)
    throw new Error('it has not moved');
  await host.virtualMachines.pause('db-primary');
  await lab.writer.reread(['hv-b']);
  const running = { ...waitingStep, status: 'running', startedAt: hostClock.now() } as const;
  const cut: ProcedureRun = {
    ...{ ...moved, id: 'cut', status: 'interrupted', endedAt: null, undoable: false },
    steps: moved.steps.map((step, index) =>
      index < resume ? step : index === resume ? running : waitingStep,
    ),
  };
  lab.store.saveRun({ run: cut, source: 'first' }, { at: 0, event: 'interrupted' }, null);
  const open = { key: 'first' };
  const { writer, clock, log, store, connections } = lab;
  const runner = createProcedureRunner({
    ...{ writer, clock, log, store, random: createTestRandom(7), emit() {} },
    // As of real hosts, whose last command may still be on its way.
    source: () => ({ ...open, connections, clock: hostClock, state: null }),
    opening: () => null,
    observerFor: () => null,
    timeoutMilliseconds: 1000,
    nvmeCli: () => '2.x',
  });
  return { runner, open, hostClock, status: () => store.run('cut')?.run.status };
}

describe('a way back that is looked for before it is promised', () => {
  it('is gone when nothing stands against it', async () => {
    const { runner, status } = await cutAtItsResume();
    expect(await runner.recover('cut', 'roll-back')).toMatchObject({ ok: true });
    await runner.finished('cut');
    expect(status()).not.toBe('interrupted');
  });

  it('is not gone on the fleet that was opened meanwhile', async () => {
    const { runner, open, status } = await cutAtItsResume();
    const answer = runner.recover('cut', 'roll-back');
    open.key = 'second';
    expect(await answer).toMatchObject({
      ...{ ok: false, error: { code: 'conflict', message: expect.stringContaining('which is not open') } },
    });
    expect([status(), runner.running()]).toEqual(['interrupted', []]);
  });

  it('does not keep a program that closes, and is not gone then', async () => {
    const { runner, hostClock, status } = await cutAtItsResume();
    hostClock.setMode('paused');
    const answer = runner.recover('cut', 'roll-back');
    await runner.close();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'aborted' } });
    expect([status(), runner.running()]).toEqual(['interrupted', []]);
  });
});
