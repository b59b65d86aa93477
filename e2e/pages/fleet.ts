import { expect, type Page } from '@playwright/test';
import { type FleetSnapshot, fleetSnapshotSchema } from '#shared/fleet/change.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { Bridge } from '#shared/ipc/bridge.ts';
import type { RequestChannel } from '#shared/ipc/channels.ts';
import type { RequestOf, ResponseOf, RunSummary } from '#shared/ipc/contract.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Result } from '#shared/result.ts';

/** Sends a request over the page's own bridge, as the page does. */
export async function request<Channel extends RequestChannel>(
  page: Page,
  channel: Channel,
  body: RequestOf<Channel>,
): Promise<ResponseOf<Channel>> {
  const answer = await page.evaluate(
    async ([name, given]) => {
      const { berth } = window as unknown as { berth: Bridge };
      return berth.request(name as RequestChannel, given);
    },
    [channel, body] as const,
  );
  const result = answer as Result<ResponseOf<Channel>>;
  if (!result.ok) throw new Error(`${channel}: ${result.error.message}`);
  return result.value;
}

/** The fleet as the main process has it, independent of what the page shows. */
export async function readFleet(page: Page): Promise<Fleet> {
  const { json } = await request(page, 'fleet:snapshot', {});
  const snapshot: FleetSnapshot = fleetSnapshotSchema.parse(JSON.parse(json));
  return snapshot.fleet;
}

export async function readHistory(page: Page): Promise<readonly RunSummary[]> {
  return (await request(page, 'history:list', { limit: 100 })).runs;
}

/** The newest procedure in full. */
export async function lastRun(page: Page): Promise<ProcedureRun> {
  const [newest] = await readHistory(page);
  if (newest === undefined) throw new Error('No procedure ran.');
  return request(page, 'history:get', { runId: newest.id });
}

/** The fleet becomes this again, told apart by content and not by order. */
export async function expectFleet(page: Page, wanted: Fleet): Promise<void> {
  await expect.poll(async () => readFleet(page)).toEqual(wanted);
}

/** Looks at the plan of an intent, agrees to all that it says, and starts it, over the page's own bridge. */
export async function startReviewed(page: Page, intent: Intent): Promise<ProcedureRun> {
  const {
    digest,
    fleetRevision,
    guestsCutOff,
    warnings = [],
  } = await request(page, 'procedure:plan', { intent });
  const answer = await request(page, 'procedure:run', {
    intent,
    reviewed: { digest, fleetRevision },
    agreed: { guests: guestsCutOff.map(({ id }) => id), warnings: warnings.map(({ id }) => id) },
  });
  if (answer.outcome !== 'started') throw new Error(`The plan changed: ${answer.proposal.changes?.summary}`);
  return answer.run;
}
