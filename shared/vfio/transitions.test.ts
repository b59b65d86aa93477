import { describe, expect, test } from 'vitest';
import {
  allVfioStates,
  hasVfioState,
  migrationFlagWord,
  type VfioMigrationFlags,
  type VfioState,
  vfioStates,
} from './device-state.ts';
import { isVfioArc, vfioFirstHop, vfioPath } from './transitions.ts';

const flagSets: readonly VfioMigrationFlags[] = [
  { p2p: false, preCopy: false },
  { p2p: true, preCopy: false },
  { p2p: false, preCopy: true },
  { p2p: true, preCopy: true },
];

/** The arcs that a driver implements, as the uAPI documents them, written down independently of the table. */
function arcs(flags: VfioMigrationFlags): ReadonlySet<string> {
  const both = (a: VfioState, b: VfioState) => [`${a}>${b}`, `${b}>${a}`];
  return new Set([
    ...both('stop', 'stop-copy'),
    ...both('stop', 'resuming'),
    ...(flags.p2p
      ? [...both('running', 'running-p2p'), ...both('running-p2p', 'stop')]
      : both('running', 'stop')),
    ...(flags.preCopy ? both('running', 'pre-copy') : []),
    ...(flags.preCopy && flags.p2p
      ? [
          ...both('pre-copy', 'pre-copy-p2p'),
          ...both('running-p2p', 'pre-copy-p2p'),
          'pre-copy-p2p>stop-copy',
        ]
      : []),
    ...(flags.preCopy && !flags.p2p ? ['pre-copy>stop-copy'] : []),
  ]);
}

const unreachable = new Set(['stop-copy>pre-copy', 'stop-copy>pre-copy-p2p']);

describe.each(flagSets)('with P2P $p2p and PRE_COPY $preCopy', (flags) => {
  const legal = arcs(flags);

  test('every pair of states is walked over implemented arcs, or refused as the kernel does', () => {
    for (const from of allVfioStates)
      for (const to of allVfioStates) {
        const path = vfioPath(from, to, flags);
        const possible =
          from !== 'error' &&
          to !== 'error' &&
          hasVfioState(from, flags) &&
          hasVfioState(to, flags) &&
          !unreachable.has(`${from}>${to}`);
        expect(path.ok, `${from} to ${to}`).toBe(possible);
        if (!path.ok) continue;
        const steps = [from, ...path.value];
        expect(steps.at(-1)).toBe(to);
        for (let index = 1; index < steps.length; index++)
          expect(legal.has(`${steps[index - 1]}>${steps[index]}`), `${steps.join(' ')}`).toBe(true);
      }
  });

  test('the single steps are exactly the arcs', () => {
    const found = allVfioStates.flatMap((from) =>
      allVfioStates.filter((to) => isVfioArc(from, to, flags)).map((to) => `${from}>${to}`),
    );
    expect(new Set(found)).toEqual(legal);
  });
});

/** The table of first hops for a device with all states: rows and columns in the order below, `x` where refused. */
const order: readonly VfioState[] = [
  'stop',
  'running',
  'stop-copy',
  'resuming',
  'running-p2p',
  'pre-copy',
  'pre-copy-p2p',
];
const table: readonly (readonly [VfioState, string])[] = [
  ['stop', 'stop running-p2p stop-copy resuming running-p2p running-p2p running-p2p'],
  ['running', 'running-p2p running running-p2p running-p2p running-p2p pre-copy running-p2p'],
  ['pre-copy', 'running running pre-copy-p2p running running pre-copy pre-copy-p2p'],
  ['pre-copy-p2p', 'running-p2p running-p2p stop-copy running-p2p running-p2p pre-copy pre-copy-p2p'],
  ['stop-copy', 'stop stop stop-copy stop stop x x'],
  ['resuming', 'stop stop stop resuming stop stop stop'],
  ['running-p2p', 'stop running stop stop running-p2p running pre-copy-p2p'],
  ['error', 'x x x x x x x'],
];

test.each(table)('first hops from %s', (from, hops) => {
  const found = order.map((to) => {
    const hop = vfioFirstHop(from, to, { p2p: true, preCopy: true });
    return hop.ok ? hop.value : 'x';
  });
  expect(found.join(' ')).toBe(hops);
});

test('a refusal names the states and the fix', () => {
  const refused = vfioFirstHop('error', 'running', { p2p: true, preCopy: true });
  expect(refused).toMatchObject({ ok: false, error: { code: 'refused', fix: 'Reset the device first' } });
});

test('numbers are those of the kernel', () => {
  expect(vfioStates).toMatchObject({ error: 0, stop: 1, running: 2, 'stop-copy': 3, resuming: 4 });
  expect(flagSets.map(migrationFlagWord)).toEqual([1, 3, 5, 7]);
});
