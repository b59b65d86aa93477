import type { LineTerminal } from '#backend/terminal/line-editor.ts';
import type { SwitchOverDecision } from '#shared/migration/pre-copy/options.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { durationWords } from '#shared/report/format.ts';
import type { CommandLineIo } from '../command-line-io.ts';
import type { HeadlessProgram } from './open-program.ts';

type Decider = Pick<HeadlessProgram, 'runner' | 'clock'>;

/** Asks on the terminal how a migration goes on that is held before its switch-over. */
export interface HeldMigration {
  /** Whether it is being asked, so that nothing else may be printed over the question. */
  readonly isAsking: boolean;
  follow(run: ProcedureRun): void;
  /** With what the answers are given to; before, nothing is asked. */
  use(decider: Decider): void;
  close(): void;
}

const answers: Readonly<Record<string, SwitchOverDecision>> = {
  '': 'switch-over',
  l: 'at-next-low',
  a: 'give-up',
};

/**
 * Time passes as it really does while somebody is asked: the guest goes on, and is copied again and again. The end of the input
 * is an abort.
 */
export function askWhileHeld(io: CommandLineIo): HeldMigration {
  let decider: Decider | null = null;
  let terminal: LineTerminal | undefined;
  let isAsking = false;
  let isAsked = false;

  const ask = async (runId: string, pause: string, { runner, clock }: Decider) => {
    clock.setMode('real-time');
    isAsking = true;
    io.progress?.('');
    terminal = io.openTerminal?.({
      complete: async () => ({ words: [], fragment: '' }),
      onInterrupt: () => void runner.decide(runId, 'give-up'),
    });
    let decision: SwitchOverDecision | undefined;
    while (decision === undefined) {
      const line = await terminal?.ask(
        `Held before the switch-over, about ${pause}. Enter: go now, l: at the next low, a: abort: `,
      );
      decision = line == null ? 'give-up' : answers[line.trim().toLowerCase()];
    }
    terminal?.close();
    isAsking = false;
    runner.decide(runId, decision);
    clock.setMode('as-fast-as-possible');
  };

  return {
    get isAsking() {
      return isAsking;
    },
    follow({ id, status, migration }) {
      if (isAsked || decider === null || status !== 'running' || migration?.preCopy?.state !== 'holding')
        return;
      isAsked = true;
      const left = migration.preCopy.rounds.at(-1)?.downtimeForecastMilliseconds ?? 0;
      void ask(id, durationWords(left), decider);
    },
    use(given) {
      decider = given;
    },
    close: () => terminal?.close(),
  };
}
