import type { Fleet } from '../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../fleet/selectors.ts';
import type { AdminCommand } from '../../nvme/command.ts';
import { commandLine } from '../../nvme/commands/table.ts';
import { fail, type Result, succeed } from '../../result.ts';
import type { CommandPart, LineContext, StepCommand, StepData } from '../step-definition.ts';
import { devicePath } from './shell.ts';

/** Any VSID will do for a line: the line names the virtual subsystem by its NQN. */
const someVsid = 1;

/** The parts of a step that is one admin command: the command, and the line that sends it. */
export function sendsCommand<S extends StepData>(
  command: CommandPart<S>,
): { readonly command: CommandPart<S>; commandLines(step: S, context: LineContext): string[] } {
  return {
    command,
    commandLines(step, { fleet, nvmeCli }) {
      const built = command.build(step, fleet, someVsid);
      if (!built.ok) return [];
      const nqn = command.vsidOf?.(step);
      const names = nqn === undefined ? {} : { virtualNqns: new Map([[someVsid, nqn]]) };
      const device = devicePath(fleet.controllers[built.value.controllerId]);
      return [commandLine(built.value.command, device, names, nvmeCli)];
    },
  };
}

/** A command about this controller, for the admin queue of the primary that manages it, or of itself. */
export function toManager(
  fleet: Fleet,
  controllerId: string,
  build: (cntlid: number) => AdminCommand,
): Result<StepCommand> {
  const controller = fleet.controllers[controllerId];
  const primaryId = findSecondary(fleet, controllerId)?.primaryId ?? controllerId;
  const manager = findPrimary(fleet, primaryId) ?? controller;
  if (controller === undefined || manager === undefined)
    return fail('not-found', `${controllerId} is no longer in the fleet.`, {
      object: controllerId,
      fix: 'Plan the change again.',
    });
  return succeed({ controllerId: manager.id, command: build(controller.cntlid) });
}
