import { type AdminCommand, type AdminCompletion, isSuccess, statusValue } from '#shared/nvme/command.ts';
import { describeCommand } from '#shared/nvme/commands/table.ts';
import { statusName } from '#shared/nvme/status.ts';
import type { Step } from '#shared/procedure/step.ts';
import type { CommandPart } from '#shared/procedure/step-definition.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type AskedController, controllerToAsk } from '../../nvme/ask-controller.ts';
import { whyRefused } from '../../nvme/why-refused.ts';
import { findVsid } from '../find-vsid.ts';
import { type PerformContext, type StepOutcome, unreachableObject } from './perform-context.ts';

/** Sends the admin command of a step to the queue that takes it. */
export async function sendCommand(
  step: Step,
  part: CommandPart<Step>,
  { fleet, connections, timeoutMilliseconds, clock, onUnanswered }: PerformContext,
): Promise<Result<StepOutcome>> {
  const probe = part.build(step, fleet, 0);
  if (!probe.ok) return probe;
  const manager = fleet.controllers[probe.value.controllerId];
  const connection = connections.find((candidate) => candidate.id === manager?.hostId);
  const address = manager?.pciAddress ?? manager?.deviceName ?? null;
  if (connection === undefined || address === null) return unreachableObject(probe.value.controllerId);
  const queue = connection.adminQueue(address);
  if (!queue.ok) return queue;
  const object = `${fleet.hosts[connection.id]?.name ?? connection.id}/${manager?.deviceName ?? address}`;
  const timeout = { timeoutMilliseconds, clock };
  const controller = controllerToAsk(queue.value, object, timeout);
  const nqn = part.vsidOf?.(step);
  // The identifier behind the NQN is the device's; it is asked for right before it is used.
  const vsid = nqn === undefined ? succeed(0) : await findVsid(controller, nqn);
  if (!vsid.ok) return vsid;
  const built = part.build(step, fleet, vsid.value);
  if (!built.ok) return built;
  const { command } = built.value;
  const answer = queue.value.submit(command);
  const inTime = await controllerToAsk({ ...queue.value, submit: () => answer }, object, timeout).submit(
    command,
  );
  if (!inTime.ok && inTime.error.code === 'device-timeout')
    onUnanswered(answer.then((late) => outcomeOf(late, command, controller)));
  return outcomeOf(inTime, command, controller);
}

async function outcomeOf(
  answer: Result<AdminCompletion>,
  command: AdminCommand,
  controller: AskedController,
): Promise<Result<StepOutcome>> {
  if (!answer.ok) return answer;
  if (isSuccess(answer.value)) return succeed({});
  const { name, words } = describeCommand(command);
  const status = `0x${statusValue(answer.value).toString(16)}`;
  const { cause, fix } = await whyRefused(controller, command, answer.value);
  return fail('device-status', `The controller answered ${statusName(answer.value)} (${status}).${cause}`, {
    object: controller.object,
    field: `${name} · ${words}`,
    fix,
  });
}
