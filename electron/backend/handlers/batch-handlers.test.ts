import { describe, expect, it } from 'vitest';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import { openSimulatedBackend } from '../test-support/simulated-backend.ts';

const options = { ...defaultMigrationOptions, downtimeBudgetMilliseconds: 60_000 };
const evacuating = (hostId: string) => ({ what: { kind: 'evacuate' as const, hostId }, options, chosen: [] });

async function evacuation(backend: Awaited<ReturnType<typeof openSimulatedBackend>>) {
  const { placements } = await backend.ask('batch:place', evacuating('hv-a'));
  const requests = placements.flatMap(({ request, warnings }): MigrationRequest[] =>
    request === null ? [] : [{ ...request, acknowledged: warnings.map(({ id }) => id) }],
  );
  return backend.ask('batch:begin', {
    ...{ title: 'Evacuate hv-a', limits: { atOnce: 1, perHost: 1 }, whenOneFails: 'go-on' },
    members: requests.map((request) => ({ request, agreed: nothingAgreed })),
  });
}

describe('several migrations', () => {
  it('are placed, also where a person chose the host, or refused with the cause', async () => {
    const backend = await openSimulatedBackend();
    const { placements } = await backend.ask('batch:place', evacuating('hv-a'));
    expect(
      placements.map(({ virtualMachineId, request }) => [virtualMachineId, request?.destinationHostId]),
    ).toEqual([
      ['hv-a:db-primary', 'hv-b'],
      ['hv-a:web-07', 'hv-b'],
    ]);
    const chosen = await backend.ask('batch:place', {
      what: { kind: 'machines', virtualMachineIds: ['hv-a:web-07', 'hv-a:nobody'] },
      options,
      chosen: [{ virtualMachineId: 'hv-a:web-07', destinationHostId: 'hv-a' }],
    });
    expect(chosen.placements.map(({ refused }) => refused?.cause)).toEqual([
      expect.stringMatching(/\S/),
      'The virtual machine is not in the fleet',
    ]);
    expect(await backend.refusal('batch:place', evacuating('nowhere'))).toMatchObject({ code: 'not-found' });
    expect(await backend.refusal('batch:change', { id: 'none', change: { kind: 'go-on' } })).toMatchObject({
      code: 'not-found',
    });
  });

  it('are told as they go on, and found held after the program ended', async () => {
    const first = await openSimulatedBackend();
    const { id } = await evacuation(first);
    await expect.poll(() => first.events.some(({ channel }) => channel === 'batch:changed')).toBe(true);
    await expect
      .poll(async () => (await first.ask('batch:list', {})).batches[0]?.members.map(({ state }) => state))
      .toEqual(['running', 'waiting']);
    await first.close();
    const second = await openSimulatedBackend(first.dataDir);
    const { batches } = await second.ask('batch:list', {});
    expect(batches.map((batch) => [batch.id, batch.state, batch.members.map(({ state }) => state)])).toEqual([
      [id, 'held', ['running', 'waiting']],
    ]);
    const dropped = await second.ask('batch:change', { id, change: { kind: 'drop-rest' } });
    expect(dropped.members.map(({ state }) => state)).toEqual(['running', 'cancelled']);
    const runId = dropped.members[0]?.runId ?? '';
    expect((await second.ask('history:get', { runId })).status).toBe('interrupted');
    await second.ask('procedure:recovery', { runId });
  });
});
