import type { RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Proposal, StartAnswer } from '#shared/procedure/proposal.ts';
import type { Recovery } from '#shared/procedure/recovery/recovery.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { Handlers } from '../handlers/handler.ts';
import type { ProcedureChannel } from '../handlers/procedure-handlers.ts';

type Send = <Channel extends ProcedureChannel>(
  channel: Channel,
  request: RequestOf<Channel>,
) => Promise<Result<ResponseOf<Channel>>>;

/** Sends straight to handlers, without a router. */
export function sendTo(handlers: Handlers<ProcedureChannel>): Send {
  return (channel, request) =>
    (handlers[channel] as (given: unknown) => ReturnType<Send>)(request) as ReturnType<
      (typeof handlers)[typeof channel]
    >;
}

/** Looks at the plan of an intent, agrees to all that it says, and starts it, as a person does. */
export async function startReviewed(send: Send, intent: Intent): Promise<Result<ProcedureRun>> {
  const proposal = await send('procedure:plan', { intent });
  if (!proposal.ok) return proposal;
  return startedRun(await send('procedure:run', { intent, ...seen(proposal.value) }));
}

/** Looks at the plan of an undo, agrees to it, and starts it. Without an id: of the last procedure that can be undone. */
export async function undoReviewed(send: Send, runId?: string): Promise<Result<ProcedureRun>> {
  const undo = runId === undefined ? {} : { runId };
  const proposal = await send('procedure:plan-undo', undo);
  if (!proposal.ok) return proposal;
  return startedRun(await send('procedure:undo', { ...undo, ...seen(proposal.value) }));
}

/** Looks at a way on of an interrupted procedure, agrees to it, and starts it. */
export async function recoverReviewed(
  send: Send,
  runId: string,
  how: Recovery,
): Promise<Result<ProcedureRun>> {
  const proposal = await send('procedure:plan-recover', { runId, how });
  if (!proposal.ok) return proposal;
  return startedRun(await send('procedure:recover', { runId, how, ...seen(proposal.value) }));
}

function seen({ digest, fleetRevision, guestsCutOff, warnings = [] }: Proposal) {
  return {
    reviewed: { digest, fleetRevision },
    agreed: { guests: guestsCutOff.map(({ id }) => id), warnings: warnings.map(({ id }) => id) },
  };
}

function startedRun(answer: Result<StartAnswer>): Result<ProcedureRun> {
  if (!answer.ok) return answer;
  if (answer.value.outcome === 'started') return succeed(answer.value.run);
  throw new Error(`The plan changed under the test: ${answer.value.proposal.changes?.summary}`);
}
