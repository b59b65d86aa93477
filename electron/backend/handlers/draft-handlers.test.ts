import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventOf } from '#shared/ipc/contract.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import {
  draftIntent,
  draftProblems,
  type VirtualSubsystemDraft,
} from '#shared/virtual-subsystem/life-cycle/draft.ts';
import type { Backend } from '../backend.ts';
import { createBackend } from '../create-backend.ts';
import { sendTo, startReviewed, undoReviewed } from '../test-support/start-reviewed.ts';
import { createTestClock, createTestLog, createTestRandom } from '../test-support/test-clock.ts';

const opened: Backend[] = [];
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});

async function start(dataDir = mkdtempSync(path.join(tmpdir(), 'berth-drafts-'))) {
  const made = await createBackend({
    ...{ dataDir, clock: createTestClock(), log: createTestLog(), random: createTestRandom(3) },
  });
  if (!made.ok) throw new Error(made.error.message);
  const backend = made.value;
  opened.push(backend);
  const told: VirtualSubsystemDraft[][] = [];
  const ended = new Map<string, ProcedureRun>();
  backend.subscribe((channel, event) => {
    if (channel === 'drafts:changed') told.push((event as EventOf<'drafts:changed'>).drafts);
    if (channel === 'run:changed') ended.set((event as ProcedureRun).id, event as ProcedureRun);
  });
  const { handlers } = backend;
  const ok = async <T>(
    answer: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>,
  ) => {
    const result = await answer;
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  return {
    ...{ dataDir, handlers, told, ok },
    fleet: async () => JSON.parse((await ok(handlers['fleet:snapshot']({}))).json).fleet,
    drafts: async () => (await ok(handlers['draft:list']({}))).drafts,
    async over(id: string) {
      for (let wait = 0; wait < 2000 && (ended.get(id)?.status ?? 'running') === 'running'; wait += 1)
        await new Promise((resolve) => setTimeout(resolve, 1));
      return ended.get(id);
    },
    async close() {
      opened.splice(opened.indexOf(backend), 1);
      await backend.close();
    },
  };
}

const primaryId = 'hv-a/0000:41:00.0';
const wanted = {
  nqn: 'nqn.2026-11.io.berth:build-farm',
  primaryId,
  primaryVirtualId: 1,
  identity: { serialNumber: 'BERTH-V0009', modelNumber: 'Berth Virtual NVMe', firmwareRevision: '1.0' },
  exposure: 'baseline' as const,
  members: [
    { secondaryId: `${primaryId}/6`, virtualControllerId: 20 },
    { secondaryId: `${primaryId}/7`, virtualControllerId: 30 },
  ],
};

describe('drafts', () => {
  it('are kept over a restart, changed, and deleted, and everybody is told', async () => {
    const first = await start();
    const { draft } = await first.ok(first.handlers['draft:save']({ draft: wanted }));
    expect(first.told.at(-1)).toEqual([draft]);
    await first.close();

    const second = await start(first.dataDir);
    expect(await second.drafts()).toEqual([draft]);
    const { savedAt: _, ...edited } = { ...draft, nqn: 'nqn.2026-11.io.berth:other' };
    await second.ok(second.handlers['draft:save']({ draft: edited }));
    expect((await second.drafts()).map(({ nqn }) => nqn)).toEqual(['nqn.2026-11.io.berth:other']);
    await second.ok(second.handlers['draft:delete']({ id: draft.id }));
    expect(await second.drafts()).toEqual([]);
    expect(await second.handlers['draft:save']({ draft: edited })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });

  it('are created in one procedure, are no drafts then, and are drafts again when that is undone', async () => {
    const backend = await start();
    const before = await backend.fleet();
    const { draft } = await backend.ok(backend.handlers['draft:save']({ draft: wanted }));
    expect(draftProblems(before, draft)).toEqual([]);
    const intent = draftIntent(before, draft);
    if (intent === null) throw new Error('the draft has a primary');
    const { id } = await backend.ok(startReviewed(sendTo(backend.handlers), intent));
    expect((await backend.over(id))?.status).toBe('done');
    expect(await backend.drafts()).toEqual([]);
    expect(backend.told.at(-1)).toEqual([]);
    const made = (await backend.fleet()).virtualSubsystems[`${primaryId}|${wanted.nqn}`];
    expect(made.members).toEqual([
      { controllerId: `${primaryId}/6`, virtualControllerId: 20 },
      { controllerId: `${primaryId}/7`, virtualControllerId: 30 },
    ]);
    expect(made.exposed.length).toBeGreaterThan(0);

    const undone = await backend.ok(undoReviewed(sendTo(backend.handlers), id));
    expect((await backend.over(undone.id))?.status).toBe('done');
    expect(await backend.drafts()).toEqual([draft]);
    expect((await backend.fleet()).virtualSubsystems).toEqual(before.virtualSubsystems);
    const journal = await backend.ok(backend.handlers['virtual-subsystem:journal']({}));
    expect(journal.deletions).toMatchObject([{ nqn: wanted.nqn, primaryId, hostId: 'hv-a' }]);
  });
});
