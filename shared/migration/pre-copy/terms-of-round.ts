import { commandsOfMachine, type DowntimeTerm, downtimeTerms, sumOfTerms } from '../downtime.ts';
import type { Link } from '../link-model.ts';
import type { PreCopyRound } from './round.ts';

type Measured = Pick<
  PreCopyRound,
  | 'leftBytes'
  | 'userDataLeftBytes'
  | 'dirtyBytesPerSecond'
  | 'bytesPerSecond'
  | 'downtimeForecastMilliseconds'
>;

/** What a round was sent through, and for which devices: VQ resources of each. */
interface Moved {
  readonly queues: readonly number[];
  readonly link: Link;
}

/** The terms of the downtime that was forecast after a round; together they are that forecast. */
export function termsOfRound(round: Measured, moved: Moved): DowntimeTerm[] {
  return termsAt(round, moved, commandTimeOfRound(round, moved));
}

/**
 * How long a command took when a round was measured, milliseconds. It is not kept, and follows from the forecast, which grows
 * evenly with it.
 */
export function commandTimeOfRound(round: Measured, moved: Moved): number {
  const none = sumOfTerms(termsAt(round, moved, 0));
  const perMillisecond = sumOfTerms(termsAt(round, moved, 1)) - none;
  if (perMillisecond <= 0) return 0;
  return Math.max(0, (round.downtimeForecastMilliseconds - none) / perMillisecond);
}

function termsAt(
  { leftBytes, userDataLeftBytes, dirtyBytesPerSecond, bytesPerSecond }: Measured,
  { queues, link }: Moved,
  commandMilliseconds: number,
): DowntimeTerm[] {
  const terms = downtimeTerms({
    // What the guest still writes until it stands.
    memoryBytes: leftBytes + (dirtyBytesPerSecond * commandsOfMachine * commandMilliseconds) / 1000,
    ...{ queues, commandMilliseconds, userDataBytes: userDataLeftBytes },
    link: { ...link, bytesPerSecond, loss: 0 },
  });
  return terms ?? [];
}
