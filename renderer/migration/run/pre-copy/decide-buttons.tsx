import { useEffect, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { SwitchOverDecision } from '#shared/migration/pre-copy/options.ts';
import { forecastInForce, type PreCopyState } from '#shared/migration/pre-copy/round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { client } from '../../../bridge/client.ts';
import { Button } from '../../../ui/controls/button.tsx';
import { formatDuration, formatMemory } from '../../../ui/format.ts';
import { notifyError } from '../../../ui/overlays/notices.ts';
import { preCopyStep } from './terms-card.tsx';

/** What a person can say of a migration that copies while its guest goes on; nothing where there is nothing to say. */
export function DecideButtons({
  run,
  facts,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
}) {
  const copied = facts.preCopy;
  // What was said counts after the round under way: until then it cannot be said again.
  const [said, setSaid] = useState<{ readonly after: number; readonly state: PreCopyState } | null>(null);
  const rounds = copied?.rounds.at(-1)?.number ?? 0;
  const state = copied?.state ?? 'copying';
  useEffect(() => {
    setSaid((before) =>
      before === null || (before.after + 1 >= rounds && before.state === state) ? before : null,
    );
  }, [rounds, state]);
  const isCopying = run.plan.steps.some(
    ({ step }, index) => step.kind === 'vm-pre-copy' && run.steps[index]?.status === 'running',
  );
  if (copied === undefined || !isCopying || run.status !== 'running' || rounds === 0) return null;
  const decide = async (decision: SwitchOverDecision) => {
    setSaid({ after: rounds, state });
    const result = await client.call('migration:decide', { runId: run.id, decision });
    if (result.ok) return;
    setSaid(null);
    notifyError(result.error, 'The migration goes on as before');
  };
  const unavailable = said === null ? false : 'It counts after the round under way';
  const pause = formatDuration(Math.max(1, Math.round(forecastInForce(facts))) * 1000);
  // What is left may grow for a while: a held migration is then told to be copying.
  const isHeld = state === 'holding' || preCopyStep(run)?.options.holdBeforeSwitchOver === true;
  const low =
    copied.waitsForLow !== undefined ? (
      <Button
        unavailable={unavailable}
        title="It goes on copying until you say go"
        onClick={() => void decide('not-at-low')}
      >
        Do not go at the next low
      </Button>
    ) : isHeld || state === 'not-converging' ? (
      <Button
        unavailable={unavailable}
        title="Stops the guest by itself as soon as as little is left as there is from time to time"
        onClick={() => void decide('at-next-low')}
      >
        Go at the next low
      </Button>
    ) : null;
  switch (state) {
    case 'copying':
    case 'holding':
      return (
        <>
          {low}
          <Button
            kind={isHeld ? 'primary' : 'normal'}
            unavailable={unavailable}
            title={`Stops the guest after this round, for about ${pause}, and moves it`}
            onClick={() => void decide('switch-over')}
          >
            Go now ({pause})
          </Button>
        </>
      );
    case 'not-converging':
      return (
        <>
          <Button
            kind="danger"
            unavailable={unavailable}
            title="Rolls everything back: the guest stays where it is"
            onClick={() => void decide('give-up')}
          >
            Give up
          </Button>
          <Button
            unavailable={unavailable}
            title="Goes on copying and looks again whether it converges"
            onClick={() => void decide('go-on')}
          >
            Go on
          </Button>
          {low}
          <Button
            kind="primary"
            unavailable={unavailable}
            title={`Stops the guest after this round, for about ${pause}: longer than the budget`}
            onClick={() => void decide('switch-over')}
          >
            Pause and finish ({pause})
          </Button>
        </>
      );
    case 'switching-over':
      return null;
  }
}

/** How the copying stands, in one sentence; empty while it simply goes on. */
export function standingWords({ preCopy }: MigrationFacts, isCopying: boolean): string {
  if (preCopy === undefined || !isCopying) return '';
  const { waitsForLow: low } = preCopy;
  if (low !== undefined)
    return `Waits for the next low: it goes by itself when at most about ${formatMemory(low.atMostBytes)} is left, or after ${countWords(low.roundsLeft, 'more round')}.`;
  switch (preCopy.state) {
    case 'holding':
      return 'Held before the switch-over: it goes on copying until you say go.';
    case 'not-converging':
      return `It does not converge: ${preCopy.reason}.`;
    case 'copying':
    case 'switching-over':
      return '';
  }
}
