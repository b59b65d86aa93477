import { machineParts } from '../../procedure/steps/titles.ts';
import { fail, type Result, succeed, unreachable } from '../../result.ts';
import type { BatchChange, BatchMember, MigrationBatch } from './batch.ts';

/** Pure changes of a batch. The queue alone makes them. */

/** The member that may start next by order and limits, but for those of `passed`; null: none may now. */
export function nextMember(batch: MigrationBatch, passed: ReadonlySet<string>): BatchMember | null {
  if (batch.state !== 'running') return null;
  const { atOnce, perHost } = batch.limits;
  const running = batch.members.filter(({ state }) => state === 'running');
  if (running.length >= atOnce) return null;
  const leaving = (host: string) => running.filter(({ request }) => sourceHostOf(request) === host).length;
  const arriving = (host: string) =>
    running.filter(({ request }) => request.destinationHostId === host).length;
  return (
    batch.members.find(
      (member) =>
        member.state === 'waiting' &&
        !passed.has(member.id) &&
        leaving(sourceHostOf(member.request)) < perHost &&
        arriving(member.request.destinationHostId) < perHost,
    ) ?? null
  );
}

function sourceHostOf({ virtualMachineId }: BatchMember['request']): string {
  return machineParts(virtualMachineId).hostId;
}

export function withMember(
  batch: MigrationBatch,
  id: string,
  change: Partial<Omit<BatchMember, 'id' | 'request'>>,
): MigrationBatch {
  return {
    ...batch,
    members: batch.members.map((member) => (member.id === id ? { ...member, ...change } : member)),
  };
}

/** Ended when nothing waits and nothing is under way; held when one has failed and that is asked for. */
export function settled(batch: MigrationBatch, at: number): MigrationBatch {
  if (batch.state === 'ended') return batch;
  const isOpen = batch.members.some(({ state }) => state === 'waiting' || state === 'running');
  return isOpen ? batch : { ...batch, state: 'ended', heldBecause: '', endedAt: at };
}

export function held(batch: MigrationBatch, why: string): MigrationBatch {
  const waits = batch.members.some(({ state }) => state === 'waiting');
  return batch.state === 'running' && waits ? { ...batch, state: 'held', heldBecause: why } : batch;
}

function withoutWaiting(batch: MigrationBatch, at: number, only?: string): MigrationBatch {
  const members = batch.members.map((member) =>
    member.state === 'waiting' && (only === undefined || member.id === only)
      ? { ...member, state: 'cancelled' as const, endedAt: at, reasons: [] }
      : member,
  );
  return settled({ ...batch, members }, at);
}

/** What a person says of a batch, as far as it is about members that have not begun. Errors: `not-found`, `refused`. */
export function changedBatch(batch: MigrationBatch, change: BatchChange, at: number): Result<MigrationBatch> {
  if (batch.state === 'ended')
    return fail('refused', `“${batch.title}” has ended.`, { object: batch.title, fix: 'Begin a new one.' });
  switch (change.kind) {
    case 'go-on':
      return succeed({ ...batch, state: 'running', heldBecause: '' });
    case 'drop-rest':
    case 'abort-all':
      return succeed(withoutWaiting({ ...batch, state: 'running', heldBecause: '' }, at));
    case 'set-limits':
      return succeed({ ...batch, limits: change.limits });
    case 'take-out': {
      const member = batch.members.find(({ id }) => id === change.memberId);
      if (member?.state !== 'waiting')
        return fail(
          member === undefined ? 'not-found' : 'refused',
          member === undefined
            ? `“${batch.title}” has no such migration.`
            : `${member.name} no longer waits.`,
          { object: member?.name ?? change.memberId, fix: 'Abort it instead, as long as it may go back.' },
        );
      return succeed(withoutWaiting(batch, at, member.id));
    }
    case 'reorder': {
      const order = new Map(change.memberIds.map((id, index) => [id, index]));
      const waiting = batch.members.filter(({ state }) => state === 'waiting');
      // Whoever began or came since stays behind those that are named.
      const sorted = waiting.toSorted(
        (one, other) => (order.get(one.id) ?? waiting.length) - (order.get(other.id) ?? waiting.length),
      );
      let next = 0;
      return succeed({
        ...batch,
        members: batch.members.map((member) =>
          member.state === 'waiting' ? (sorted[next++] ?? member) : member,
        ),
      });
    }
    default:
      return unreachable(change);
  }
}
