import { expect, it } from 'vitest';
import { commandsOfMachine, downtimeTerms, sumOfTerms } from '../downtime.ts';
import { forecastInForce } from './round.ts';
import { termsOfRound } from './terms-of-round.ts';

const link = { bytesPerSecond: 3e9, latencyMilliseconds: 0.2, loss: 0.01 };
const queues = [4, 4];

it.each([0.05, 1, 7])('finds the terms again of a forecast with commands of %d ms', (commandMilliseconds) => {
  const leftBytes = 250_000_000;
  const dirtyBytesPerSecond = 9e8;
  const terms = downtimeTerms({
    memoryBytes: leftBytes + (dirtyBytesPerSecond * commandsOfMachine * commandMilliseconds) / 1000,
    ...{ queues, commandMilliseconds },
    link: { ...link, bytesPerSecond: 2.5e9, loss: 0 },
  })!;
  const round = {
    ...{ leftBytes, dirtyBytesPerSecond, bytesPerSecond: 2.5e9 },
    downtimeForecastMilliseconds: sumOfTerms(terms),
  };
  const found = termsOfRound(round, { queues, link });
  expect(found.map(({ phase }) => phase)).toEqual(terms.map(({ phase }) => phase));
  for (const [index, { milliseconds }] of found.entries())
    expect(milliseconds).toBeCloseTo(terms[index]!.milliseconds, 6);
});

it('has none where nothing was sent', () => {
  const round = { leftBytes: 1, dirtyBytesPerSecond: 0, bytesPerSecond: 0, downtimeForecastMilliseconds: 5 };
  expect(termsOfRound(round, { queues, link })).toEqual([]);
});

it('takes the forecast of the last round for the one in force, and before it the one before the start', () => {
  expect(forecastInForce({ downtimeForecastMilliseconds: 142 })).toBe(142);
  const facts = {
    state: 'copying',
    rounds: [],
    roundSentBytes: 0,
    roundBytes: 0,
    totalSentBytes: 0,
    reason: '',
  } as const;
  expect(forecastInForce({ downtimeForecastMilliseconds: 142, preCopy: { ...facts, rounds: [] } })).toBe(142);
});
