import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { createBackend } from '../create-backend.ts';
import { systemClock } from '../system-clock.ts';
import { sendTo, startReviewed } from './start-reviewed.ts';
import { createTestLog, createTestRandom } from './test-clock.ts';

/**
 * A program of its own that changes a fleet without end until it is killed. Each line on standard output acknowledges
 * one change that the backend reported as done: what may never be lost from then on.
 */
const [, , dataDir = '', seed = '1'] = process.argv;
const random = createTestRandom(Number(seed));
const primaryId = 'hv-a/0000:41:00.0';
const virtualSubsystemId = `${primaryId}|nqn.2026-11.io.berth:my_v_nqn_1`;

const created = await createBackend({ dataDir, clock: systemClock, random, log: createTestLog() });
if (!created.ok) throw new Error(created.error.message);
const { handlers, subscribe } = created.value;

let settle: (status: string) => void = () => undefined;
let waitingFor = '';
subscribe((channel, event) => {
  if (channel !== 'run:changed') return;
  const { id, status } = event as { id: string; status: string };
  if (id === waitingFor && status !== 'running') settle(status);
});

for (;;) {
  const snapshot = await handlers['fleet:snapshot']({});
  if (!snapshot.ok) throw new Error('no snapshot');
  const { fleet } = JSON.parse(snapshot.value.json) as { fleet: Fleet };
  const mine = Object.values(fleet.controllers).flatMap((one) =>
    one.role === 'secondary' &&
    one.primaryId === primaryId &&
    one.pciAddress !== null &&
    one.virtualMachineId === null
      ? [one]
      : [],
  );
  const chosen = mine[Math.floor(random.next() * mine.length)];
  if (chosen === undefined) throw new Error('nothing to change');
  const intent: Intent = {
    kind: 'assign',
    secondaryIds: [chosen.id],
    target: isInPool(chosen) ? { kind: 'virtual-subsystem', virtualSubsystemId } : { kind: 'pool' },
  };
  const ended = new Promise<string>((resolve) => {
    settle = resolve;
  });
  const started = await startReviewed(sendTo(handlers), intent);
  if (!started.ok) throw new Error(started.error.message);
  waitingFor = started.value.id;
  const found = await handlers['history:get']({ runId: waitingFor });
  const status = found.ok && found.value.status !== 'running' ? found.value.status : await ended;
  process.stdout.write(`${JSON.stringify({ runId: waitingFor, status, secondaryId: chosen.id })}\n`);
}
