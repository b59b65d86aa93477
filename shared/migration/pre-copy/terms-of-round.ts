import { commandsOfMachine, type DowntimeTerm, downtimeTerms, sumOfTerms } from '../downtime.ts';
import type { Link } from '../link-model.ts';
import type { PreCopyRound } from './round.ts';

/**
 * The terms of the downtime that was forecast after a round; together they are that forecast. How long a command takes was
 * measured and is not kept: it follows from the sum, which grows evenly with it.
 * @param queues VQ resources of each device that moves
 */
export function termsOfRound(
  round: Pick<
    PreCopyRound,
    'leftBytes' | 'dirtyBytesPerSecond' | 'bytesPerSecond' | 'downtimeForecastMilliseconds'
  >,
  { queues, link }: { readonly queues: readonly number[]; readonly link: Link },
): DowntimeTerm[] {
  const { leftBytes, dirtyBytesPerSecond, bytesPerSecond, downtimeForecastMilliseconds } = round;
  const termsAt = (commandMilliseconds: number) =>
    downtimeTerms({
      // What the guest still writes until it stands.
      memoryBytes: leftBytes + (dirtyBytesPerSecond * commandsOfMachine * commandMilliseconds) / 1000,
      ...{ queues, commandMilliseconds },
      link: { ...link, bytesPerSecond, loss: 0 },
    }) ?? [];
  const none = sumOfTerms(termsAt(0));
  const perMillisecond = sumOfTerms(termsAt(1)) - none;
  if (perMillisecond <= 0) return termsAt(0);
  return termsAt(Math.max(0, (downtimeForecastMilliseconds - none) / perMillisecond));
}
