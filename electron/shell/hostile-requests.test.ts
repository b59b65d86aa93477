import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Backend } from '#backend/backend.ts';
import { createBackend } from '#backend/create-backend.ts';
import { createRouter, type Route } from '#backend/router.ts';
import { systemClock } from '#backend/system-clock.ts';
import { createTestLog, createTestRandom } from '#backend/test-support/test-clock.ts';
import { berthErrorSchema } from '#shared/error-schema.ts';
import { fleetCollections } from '#shared/fleet/collections.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { type RequestChannel, requestChannels } from '#shared/ipc/channels.ts';
import { requestContract } from '#shared/ipc/contract.ts';
import { intentSchema } from '#shared/procedure/intent.ts';
import type { Result } from '#shared/result.ts';
import { everyObjectsNames } from '#shared/test-support/every-objects-names.ts';
import { hostileValues, likelyRequests, mutated } from '#shared/test-support/hostile-values.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';

/** Every native dialog is cancelled; nothing else of Electron is reached. */
vi.mock('electron', () => ({
  app: { getVersion: () => '0', getPath: () => tmpdir() },
  dialog: {
    showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
    showSaveDialog: async () => ({ canceled: true, filePath: '' }),
  },
  shell: { showItemInFolder: () => undefined },
}));
const { createShellHandlers } = await import('./shell-handlers.ts');

/** Bytes of an answer as JSON; a snapshot of the fleet is the one that grows with what is open. */
const largestAnswer = 1_000_000;
/** Milliseconds: a guard against an answer that never comes. */
const patience = 8000;

const log = createTestLog();
let folder = '';
let backend: Backend;
let route: Route;
let ids: readonly string[] = [];
let file = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-hostile-'));
  const created = await createBackend({
    dataDir: folder,
    log,
    clock: systemClock,
    random: createTestRandom(5),
  });
  if (!created.ok) throw new Error(created.error.message);
  backend = created.value;
  const shell = createShellHandlers({
    ...{ window: () => ({}) as never, backend },
    quitAnyway: () => undefined,
    noteUnsaved: () => undefined,
    nameCommands: () => undefined,
  });
  route = createRouter({ ...backend.handlers, ...shell }, log, { checkResponses: true });
  file = path.join(folder, 'broken.json');
  writeFileSync(file, '{"name": "no fleet');
  await freshFleet();
  const { json } = (await accepted('fleet:snapshot', {})) as { json: string };
  const { fleet } = JSON.parse(json) as { fleet: Fleet };
  ids = [...fleetCollections.flatMap((name) => Object.keys(fleet[name])), 'two-hosts', file, folder];
});
beforeEach(() => void log.lines.splice(0));
afterAll(async () => {
  await backend.close();
  rmSync(folder, { recursive: true });
});

async function accepted(channel: RequestChannel, request: unknown): Promise<unknown> {
  const answer = await route(channel, request);
  if (!answer.ok) throw new Error(`${channel}: ${answer.error.message}`);
  return answer.value;
}

/** The fleet as it is built in, and a clock under which nothing waits. */
async function freshFleet(): Promise<void> {
  await accepted('fleet:open', { kind: 'built-in', name: 'two-hosts' });
  await accepted('simulation:set-clock', { mode: 'as-fast-as-possible' });
}

const state = async (channel: RequestChannel, request: unknown = {}): Promise<string> =>
  JSON.stringify(await accepted(channel, request));

/** All that a request could have changed. */
async function everything(): Promise<string> {
  const parts = [
    state('fleet:snapshot'),
    state('fleet:sources'),
    state('settings:get'),
    state('draft:list'),
    state('history:list', { limit: 1000 }),
    route('simulation:faults', {}),
  ];
  return JSON.stringify([...(await Promise.all(parts)), backend.runningProcedures()]);
}

async function answerTo(channel: unknown, request: unknown): Promise<Result<unknown>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stall = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`${String(channel)} did not answer`)), patience);
  });
  return Promise.race([route(channel, request), stall]).finally(() => clearTimeout(timer));
}

/** What must hold for every answer, whatever was asked; returns whether something may have changed. */
async function expectTypedAnswer(
  channel: RequestChannel,
  request: unknown,
  before: string,
): Promise<boolean> {
  const answer = await answerTo(channel, request);
  expect(log.lines, 'nothing threw inside').toEqual([]);
  expect(JSON.stringify(answer).length).toBeLessThan(largestAnswer);
  if (answer.ok) return true;
  expect(berthErrorSchema.safeParse(answer.error).success).toBe(true);
  expect(answer.error.code).not.toBe('internal');
  expect(await everything()).toBe(before);
  return false;
}

/** Runs the cases in turn. What was accepted may have changed anything, so the fleet is opened anew. */
async function tryAll(
  channel: RequestChannel,
  requests: fc.Arbitrary<unknown>,
  count: number,
): Promise<number> {
  let refused = 0;
  let before = await everything();
  for (const request of fc.sample(requests, { numRuns: count, seed: 11 })) {
    if (!(await expectTypedAnswer(channel, request, before))) {
      refused++;
      continue;
    }
    while (backend.runningProcedures().length > 0) await systemClock.sleep(2);
    if ((await everything()) === before) continue;
    await freshFleet();
    before = await everything();
  }
  return refused;
}

// Each request is followed by a look at everything that it could have changed.
describe('every channel, whatever is sent', { timeout: 60_000 }, () => {
  it.each(requestChannels)('%s', async (channel) => {
    const { request } = requestContract[channel];
    const likely = likelyRequests(request, ids);
    const hostile = fc
      .tuple(likely, fc.nat(), hostileValues)
      .map(([base, choice, value]) => mutated(base, choice, value));
    // What has many kinds of requests is tried more often.
    const kinds =
      1 + Math.floor(JSON.stringify(z.toJSONSchema(request, { unrepresentable: 'any' })).length / 1000);
    await tryAll(channel, likely, kinds * numRuns(8, 250));
    const refused = await tryAll(channel, hostile, kinds * numRuns(10, 500));
    const asksForSomething = !request.safeParse({}).success;
    if (asksForSomething) expect(refused).toBeGreaterThan(0);
  });

  it('and channels that do not exist', async () => {
    const before = await everything();
    for (const channel of [...everyObjectsNames, ...fc.sample(hostileValues, { numRuns: 50, seed: 2 })]) {
      const answer = await answerTo(channel, {});
      expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
      expect(JSON.stringify(answer).length).toBeLessThan(10_000);
    }
    expect(await everything()).toBe(before);
  });
});

describe('names that every object has', () => {
  /** Every request of these channels names something of the fleet or the journal. */
  const naming: Readonly<Partial<Record<RequestChannel, (id: string) => readonly unknown[]>>> = {
    'history:get': (runId) => [{ runId }],
    'procedure:abort': (runId) => [{ runId }],
    'procedure:plan-undo': (runId) => [{ runId }],
    'procedure:recovery': (runId) => [{ runId }],
    'procedure:plan-recover': (runId) => [{ runId, how: 'resume' }],
    'procedure:recover': (runId) => [
      { runId, how: 'resume', reviewed: { digest: '0'.repeat(64), fleetRevision: 0 } },
    ],
    'migration:destinations': (virtualMachineId) => [{ virtualMachineId }],
    'migration:propose': (virtualMachineId) => [{ virtualMachineId, destinationHostId: 'hv-b' }],
    'guest:view': (controllerId) => [{ controllerId }],
    'virtual-subsystem:leak-check': (controllerId) => [{ controllerId, primaryIds: [] }],
    'simulation:clear-fault': (subsystemId) => [{ subsystemId, number: 1 }],
    'simulation:device-fault': (id) => [
      { fault: { kind: 'controller-fatal', controllerId: id } },
      { fault: { kind: 'host-power', hostId: id } },
    ],
    'report:render': (runId) => [{ subject: { kind: 'run', runId }, format: 'json' }],
    'fleet-file:template': (name) => [{ kind: 'built-in', name }],
    'fleet:open': (name) => [{ kind: 'built-in', name }],
  };

  it('plan nothing, whatever is to be done with them', async () => {
    const { request } = requestContract['procedure:plan'];
    const requests = likelyRequests(request, everyObjectsNames);
    const kinds = new Set<string>();
    for (const asked of fc.sample(requests, { numRuns: numRuns(300, 20_000), seed: 7 })) {
      const answer = await answerTo('procedure:plan', asked);
      kinds.add((asked as { intent: { kind: string } }).intent.kind);
      expect(answer.ok, JSON.stringify(asked)).toBe(false);
      if (!answer.ok) expect(answer.error.code).toMatch(/not-found|invalid-request|refused/);
    }
    expect(kinds.size).toBe(intentSchema.options.length);
    expect(log.lines).toEqual([]);
  });

  it.each(everyObjectsNames)('%s is an unknown id everywhere', async (id) => {
    for (const [channel, requestsOf] of Object.entries(naming))
      for (const request of requestsOf(id)) {
        const answer = await answerTo(channel, request);
        expect(answer.ok ? `${channel} took ${JSON.stringify(request)}` : answer.error.code).toMatch(
          /not-found|invalid-request|refused/,
        );
      }
    expect(log.lines).toEqual([]);
  });
});
