import type { Fleet } from '#shared/fleet/schema.ts';
import type { BatchMember, MigrationBatch, NewBatch } from '#shared/migration/batch/batch.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { Clock, Random } from '../../ports.ts';

/** A batch of what is asked for, in which everything waits. Errors: `not-found`, `conflict`. */
export function newBatch(
  { title, limits, whenOneFails, members }: NewBatch,
  others: readonly MigrationBatch[],
  { fleet, clock, random }: { readonly fleet: Fleet; readonly clock: Clock; readonly random: Random },
): Result<MigrationBatch> {
  const taken = new Map(
    others.flatMap((batch) =>
      batch.members.flatMap(({ state, request }) =>
        state === 'waiting' || state === 'running' ? [[request.virtualMachineId, batch.title] as const] : [],
      ),
    ),
  );
  const made: BatchMember[] = [];
  for (const [index, { request, agreed }] of members.entries()) {
    const { virtualMachineId, destinationHostId } = request;
    const machine = fleet.virtualMachines[virtualMachineId];
    const to = fleet.hosts[destinationHostId];
    if (machine === undefined || to === undefined)
      return fail(
        'not-found',
        `${machine === undefined ? virtualMachineId : destinationHostId} is not in the fleet.`,
        {
          object: virtualMachineId,
          field: `members[${index}]`,
          fix: 'Choose virtual machines and hosts that are shown in the topology.',
        },
      );
    const other = taken.get(virtualMachineId);
    if (other !== undefined)
      return fail('conflict', `${machine.name} is already in “${other}”.`, {
        object: machine.name,
        field: `members[${index}]`,
        fix: 'Take it out there first, or leave it out here.',
      });
    taken.set(virtualMachineId, title);
    made.push({
      ...{ id: String(index + 1), request, agreed, name: machine.name },
      ...{ from: fleet.hosts[machine.hostId]?.name ?? machine.hostId, to: to.name },
      ...{ state: 'waiting', runId: null, startedAt: null, endedAt: null, reasons: [] },
    });
  }
  const at = clock.now();
  return succeed({
    id: `batch-${at.toString(36)}-${Math.floor(random.next() * 36 ** 6).toString(36)}`,
    ...{ title, startedAt: at, endedAt: null, state: 'running', heldBecause: '' },
    ...{ limits, whenOneFails, members: made },
  });
}
