import { expect, it } from 'vitest';
import { suspendController } from '#shared/nvme/commands/migration/migration-send.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { openLab } from '../test-support/procedure-lab.ts';
import { createStandingAudit } from './standing-audit.ts';

const primaryId = 'hv-a/0000:41:00.0';

/** An audit that counts how often it reads records, of a fleet in which a guest's function is suspended. */
async function openAudit() {
  const lab = await openLab();
  const state = { readings: 0, records: [] as ProcedureRun[], underWay: [] as ProcedureRun[] };
  const open = () =>
    createStandingAudit({
      writer: lab.writer,
      store: {
        runs: () => {
          state.readings += 1;
          return state.records.map((run) => ({ run, source: 'this one' }));
        },
      },
      sourceKey: () => 'this one',
      underWay: () => state.underWay,
      emit: () => undefined,
      log: lab.log,
    });
  const run = await lab.run({ kind: 'reset', controllerIds: [`${primaryId}/3`], reset: 'function' });
  const queue = lab.connections[0]?.adminQueue('0000:41:00.0');
  if (queue?.ok !== true) throw new Error('no queue');
  await queue.value.submit(suspendController.encode({ cntlid: 3, stype: 1, dudmq: false }));
  await lab.writer.reread(['hv-a']);
  return { state, open, run };
}

it('knows what has ended from hearing of it, and reads no record again', async () => {
  const { state, open, run } = await openAudit();
  const audit = open();
  const quiet = audit.findings();
  const interrupted: ProcedureRun = { ...run, id: 'interrupted', status: 'interrupted' };
  audit.heardRun({ ...interrupted, status: 'running' });
  audit.heardRun(interrupted);
  const heard = audit.findings();
  expect(state.readings).toBe(1);
  audit.heardRun({ ...interrupted, status: 'rolled-back' });
  expect(audit.findings()).toEqual(quiet);
  expect(state.readings).toBe(1);

  state.records = [interrupted];
  const fresh = open();
  expect(fresh.findings()).toEqual(heard);
  expect(heard).not.toEqual(quiet);
  audit.close();
  fresh.close();
});

it('takes nothing from a record that is of another source', async () => {
  const { state, open, run } = await openAudit();
  const audit = open();
  const before = audit.findings();
  audit.heardRun({ ...run, id: 'dismissed', status: 'interrupted' });
  expect([audit.findings(), state.readings]).toEqual([before, 1]);
  audit.close();
});
