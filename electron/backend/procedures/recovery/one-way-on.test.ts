import { expect, it } from 'vitest';
import { type ProcedureRun, waitingStep } from '#shared/procedure/procedure.ts';
import { fail } from '#shared/result.ts';
import { requestFor } from '../../test-support/migration-request.ts';
import { openLab } from '../../test-support/procedure-lab.ts';

it('an interrupted procedure goes one way only, however long the state of the fleet takes to keep', async () => {
  const lab = await openLab();
  const secondaryId = 'hv-a/0000:41:00.0/12';
  const whole = await lab.run({
    kind: 'set-namespaces',
    controllerIds: [secondaryId],
    attach: [1],
    detach: [],
  });
  const cut: ProcedureRun = {
    ...{ ...whole, id: 'cut', status: 'interrupted', endedAt: null, undoable: false },
    steps: whole.steps.map(() => waitingStep),
  };
  const source = lab.store.run(whole.id)?.source ?? '';
  lab.store.saveRun({ run: cut, source }, { at: 0, event: 'interrupted' }, null);
  lab.beforeKeeping = async () => {
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const left = lab.runner.recover('cut', 'dismiss');
  const resumed = await lab.runner.recover('cut', 'resume');
  expect(await left).toMatchObject({ ok: true, value: { status: 'failed' } });
  expect(resumed).toMatchObject({ ok: false, error: { code: 'refused' } });
  await lab.runner.finished('cut');
  expect(lab.store.run('cut')?.run.status).toBe('failed');
});

it('a way back that was cut short when the guest was gone from its destination goes on', async () => {
  const lab = await openLab();
  const before = await lab.rediscovered();
  const destination = lab.connections.find(({ id }) => id === 'hv-b');
  if (destination === undefined) throw new Error('the lab has no second host');
  destination.virtualMachines.resume = async () => fail('device-status', 'It does not resume.');
  const back = await lab.run({ kind: 'migrate', request: requestFor(lab.writer.fleet) });
  expect([back.status, back.steps[back.plan.pointOfNoReturn ?? 0]?.status]).toEqual([
    'rolled-back',
    'failed',
  ]);
  const cut: ProcedureRun = { ...back, id: 'cut', status: 'interrupted', endedAt: null };
  const source = lab.store.run(back.id)?.source ?? '';
  lab.store.saveRun({ run: cut, source }, { at: 0, event: 'interrupted' }, null);
  expect(await lab.runner.recover('cut', 'roll-back')).toMatchObject({ ok: true });
  expect((await lab.runner.finished('cut'))?.status).toBe('rolled-back');
  expect(await lab.rediscovered()).toEqual(before);
});
