import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns } from '../test-support/property-runs.ts';
import { clockModeSchema, fileClockSchema } from './clock-state.ts';
import { clockModeTexts, clockRate, simulatedTimeWords } from './clock-words.ts';
import { faultCommandWords, faultEffectWords, faultMetWords } from './fault-words.ts';
import { commandFaultSchema } from './faults.ts';

test('simulated times read back as what they are', () => {
  expect(simulatedTimeWords(0)).toBe('00:00:00.000');
  expect(simulatedTimeWords(3_723_004.9)).toBe('01:02:03.004');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (milliseconds) => {
      const [hours = 0, minutes = 0, seconds = 0] = simulatedTimeWords(milliseconds).split(':').map(Number);
      expect(Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000)).toBe(milliseconds);
    }),
    { numRuns: numRuns(50, 500) },
  );
});

test('every mode has words, and only two let time pass by itself', () => {
  const modes = clockModeSchema.options;
  expect(Object.keys(clockModeTexts)).toEqual([...modes]);
  expect(modes.map(clockRate)).toEqual([1, 10, 0, 0]);
  expect(fileClockSchema.parse({})).toEqual({ mode: 'real-time', microseconds: 0 });
});

test('faults in words', () => {
  const fault = { opcode: 0x41, cntlid: null, occurrence: 2, count: 1, effect: { kind: 'silence' } as const };
  expect(faultCommandWords(fault)).toBe('the 2nd Migration Send');
  expect(faultCommandWords({ ...fault, opcode: null, occurrence: 11, count: 3 })).toBe(
    'the 11th to 13th command',
  );
  expect(faultEffectWords({ kind: 'status', status: 0x4138 })).toBe('Not Enough Resources (4138h)');
  expect(faultEffectWords({ kind: 'delay', milliseconds: 5 })).toBe('completes 5 ms late');
  expect(faultEffectWords({ kind: 'wrong-length', bytes: 12 })).toBe('returns 12 bytes of data');
  expect(faultMetWords({ ...fault, number: 1, seen: 0 })).toBe('no matching command yet');
  expect(faultMetWords({ ...fault, number: 1, seen: 2 })).toBe('2 matching, 1 met');
});

test('a status of success is no fault', () => {
  const fault = { opcode: null, cntlid: null, occurrence: 1, count: 1 };
  for (const status of [0, 0x4000])
    expect(commandFaultSchema.safeParse({ ...fault, effect: { kind: 'status', status } }).success).toBe(
      false,
    );
});
