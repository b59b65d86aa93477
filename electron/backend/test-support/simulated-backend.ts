import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { isInPool } from '#shared/fleet/selectors.ts';
import type { EventChannel } from '#shared/ipc/channels.ts';
import { type RequestOf, type ResponseOf, requestContract } from '#shared/ipc/contract.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { BerthError, Result } from '#shared/result.ts';
import type { FileClock } from '#shared/simulation/clock-state.ts';
import { createBackend } from '../create-backend.ts';
import type { BackendChannel } from '../handlers/handler.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import type { OpenDatabase } from '../store/database.ts';
import { systemClock } from '../system-clock.ts';
import { sendTo, startReviewed } from './start-reviewed.ts';
import { createTestLog, createTestRandom } from './test-clock.ts';

/** A whole backend on `two-hosts`; every answer is checked against the contract. It is closed after the test. */
export async function openSimulatedBackend(
  dataDir = mkdtempSync(path.join(tmpdir(), 'berth-simulation-')),
  openDatabase?: OpenDatabase,
) {
  const log = createTestLog();
  const created = await createBackend({
    ...{ dataDir, log, clock: systemClock, random: createTestRandom(3) },
    ...(openDatabase === undefined ? {} : { openDatabase }),
  });
  if (!created.ok) throw new Error(created.error.message);
  const backend = created.value;
  let isOpen = true;
  const close = async () => {
    if (isOpen) await backend.close();
    isOpen = false;
  };
  // Not a hook of this module: it is loaded once for all test files of a worker, and would serve the first one only.
  onTestFinished(async () => {
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const events: { channel: EventChannel; event: unknown }[] = [];
  backend.subscribe((channel, event) => events.push({ channel, event }));
  const send = async <Channel extends BackendChannel>(channel: Channel, request: RequestOf<Channel>) => {
    const handler = backend.handlers[channel] as unknown as (given: unknown) => Promise<unknown>;
    const answer = (await handler(requestContract[channel].request.parse(request))) as
      | { ok: true; value: ResponseOf<Channel> }
      | { ok: false; error: BerthError };
    if (answer.ok) requestContract[channel].response.parse(answer.value);
    return answer;
  };
  const ask = async <Channel extends BackendChannel>(
    channel: Channel,
    request: RequestOf<Channel>,
  ): Promise<ResponseOf<Channel>> => {
    const answer = await send(channel, request);
    if (!answer.ok) throw new Error(`${channel}: ${answer.error.message}`);
    return answer.value;
  };
  const refusal = async <Channel extends BackendChannel>(
    channel: Channel,
    request: RequestOf<Channel>,
  ): Promise<BerthError> => {
    const answer = await send(channel, request);
    if (answer.ok) throw new Error(`${channel} was not refused`);
    return answer.error;
  };
  const fleet = async () => (JSON.parse((await ask('fleet:snapshot', {})).json) as { fleet: Fleet }).fleet;
  return {
    ...{ backend, ask, refusal, fleet, events, close, dataDir, log },
    /** What the person was told unasked, oldest first. */
    notices: () =>
      events.flatMap(({ channel, event }) => (channel === 'app:notice' ? [event as BerthError] : [])),
    /** Takes a free secondary of `hv-a` into the virtual subsystem there; answers the run that has started. */
    async assign(): Promise<Result<ProcedureRun>> {
      const secondaryId = freeSecondary(await fleet());
      const intent = { kind: 'assign' as const, secondaryIds: [secondaryId], target: assignTarget };
      return startReviewed(sendTo(backend.handlers), intent);
    },
    /** Opens `two-hosts` anew, with a clock that says so from its first moment. */
    async openWith(clock: FileClock): Promise<void> {
      const file = path.join(dataDir, 'fleet.json');
      writeFileSync(file, JSON.stringify({ ...twoHosts.build(), clock }));
      await ask('fleet:open', { kind: 'path', path: file });
    },
    async until(runId: string, holds: (run: ProcedureRun) => boolean): Promise<ProcedureRun> {
      for (;;) {
        const run = await ask('history:get', { runId });
        if (holds(run)) return run;
        await systemClock.sleep(2);
      }
    },
    /** The same with a paused clock: steps it until then. */
    async stepUntil(runId: string, holds: (run: ProcedureRun) => boolean): Promise<ProcedureRun> {
      for (;;) {
        const run = await ask('history:get', { runId });
        if (holds(run)) return run;
        await ask('simulation:step', {});
      }
    },
    async migrate(): Promise<ProcedureRun> {
      const virtualMachineId = 'hv-a:db-primary';
      const { devices } = await ask('migration:propose', { virtualMachineId, destinationHostId: 'hv-b' });
      const options = { releaseSource: true, detachSourceNamespaces: true, downtimeBudgetMilliseconds: 300 };
      const request: MigrationRequest = {
        ...{ virtualMachineId, destinationHostId: 'hv-b', devices },
        options,
        acknowledged: [],
      };
      const { compatibility } = await ask('migration:check', { request });
      const acknowledged = compatibility.checks
        .filter(({ verdict }) => verdict === 'warning')
        .map(({ id }) => id);
      const intent = { kind: 'migrate', request: { ...request, acknowledged } } as const;
      const started = await startReviewed(sendTo(backend.handlers), intent);
      if (!started.ok) throw new Error(started.error.message);
      return started.value;
    },
  };
}

const assignTarget = {
  kind: 'virtual-subsystem',
  virtualSubsystemId: 'hv-a/0000:41:00.0|nqn.2026-11.io.berth:my_v_nqn_1',
} as const;

function freeSecondary(fleet: Fleet): string {
  const free = Object.values(fleet.controllers).find(
    (one) => one.role === 'secondary' && isInPool(one) && one.pciAddress !== null && one.hostId === 'hv-a',
  );
  return free?.id ?? '';
}

export const ended = ({ status }: ProcedureRun) => status !== 'running' && status !== 'aborting';
/** Guest memory is on its way, and the clock decides how fast. */
export const sending = (run: ProcedureRun) =>
  run.plan.steps.some(
    ({ step }, index) => step.kind === 'vm-send-memory' && run.steps[index]?.status === 'running',
  );
