import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import type { Execution, SimulatedController } from '../state/controller.ts';

/** An admin command that a controller has, as Commands Supported and Effects lists it. */
export interface SupportedCommand {
  readonly opcode: number;
  /** Bits of its entry besides CSUPP (NVMe Base 2.1, 5.1.12.1.6). */
  readonly effects: number;
}

/** What a handler may ask of the table that it stands in; handed in, so that no handler imports the table. */
export interface CommandContext {
  /** Executes another command on another controller of the NVM subsystem. */
  readonly execute: (controller: SimulatedController, command: AdminCommand) => Execution;
  /** The admin commands that a controller has. */
  readonly supported: (controller: SimulatedController) => readonly SupportedCommand[];
}

/** What a controller does with a command that it has. */
export type BoundHandler = (command: AdminCommand, context: CommandContext) => Execution;

/** One row of the command table. */
export interface CommandRow extends SupportedCommand {
  /** How the controller executes the command; null when it does not have it, which is an invalid opcode. */
  readonly on: (controller: SimulatedController) => BoundHandler | null;
}

interface RowDefinition<Subject> {
  readonly opcode: number;
  /** What the handler works on, or null where the command does not exist; decides dispatch and the effects log alike. */
  readonly when: (controller: SimulatedController) => Subject | null;
  readonly handler: (subject: Subject, command: AdminCommand, context: CommandContext) => AdminCompletion;
  readonly effects?: number;
}

/** A row whose command completes at once. */
export function commandRow<Subject>(row: RowDefinition<Subject>): CommandRow {
  return waitingCommandRow({
    ...row,
    handler: (subject, command, context) => ({
      kind: 'completed',
      completion: row.handler(subject, command, context),
    }),
  });
}

/** A row whose command may wait for something to happen. */
export function waitingCommandRow<Subject>({
  opcode,
  when,
  handler,
  effects = 0,
}: Omit<RowDefinition<Subject>, 'handler'> & {
  readonly handler: (subject: Subject, command: AdminCommand, context: CommandContext) => Execution;
}): CommandRow {
  return {
    opcode,
    effects,
    on: (controller) => {
      const subject = when(controller);
      return subject === null ? null : (command, context) => handler(subject, command, context);
    },
  };
}
