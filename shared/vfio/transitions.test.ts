import { describe, expect, test } from 'vitest';
import {
  allVfioStates,
  hasVfioState,
  type VfioMigrationFlags,
  type VfioState,
  vfioStates,
} from './device-state.ts';
import { vfioFirstHop, vfioPath } from './transitions.ts';

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
    ...both('STOP', 'STOP_COPY'),
    ...both('STOP', 'RESUMING'),
    ...(flags.p2p
      ? [...both('RUNNING', 'RUNNING_P2P'), ...both('RUNNING_P2P', 'STOP')]
      : both('RUNNING', 'STOP')),
    ...(flags.preCopy ? both('RUNNING', 'PRE_COPY') : []),
    ...(flags.preCopy && flags.p2p
      ? [
          ...both('PRE_COPY', 'PRE_COPY_P2P'),
          ...both('RUNNING_P2P', 'PRE_COPY_P2P'),
          'PRE_COPY_P2P>STOP_COPY',
        ]
      : []),
    ...(flags.preCopy && !flags.p2p ? ['PRE_COPY>STOP_COPY'] : []),
  ]);
}

const unreachable = new Set(['STOP_COPY>PRE_COPY', 'STOP_COPY>PRE_COPY_P2P']);

describe.each(flagSets)('with P2P $p2p and PRE_COPY $preCopy', (flags) => {
  const legal = arcs(flags);

  test('every pair of states is walked over implemented arcs, or refused as the kernel does', () => {
    for (const from of allVfioStates)
      for (const to of allVfioStates) {
        const path = vfioPath(from, to, flags);
        const possible =
          from !== 'ERROR' &&
          to !== 'ERROR' &&
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
    const isArc = (from: VfioState, to: VfioState) => {
      const hop = vfioFirstHop(from, to, flags);
      return from !== to && hop.ok && hop.value === to;
    };
    const found = allVfioStates.flatMap((from) =>
      allVfioStates.filter((to) => isArc(from, to)).map((to) => `${from}>${to}`),
    );
    expect(new Set(found)).toEqual(legal);
  });
});

/** The table of first hops for a device with all states: rows and columns in the order below, `x` where refused. */
const order: readonly VfioState[] = [
  'STOP',
  'RUNNING',
  'STOP_COPY',
  'RESUMING',
  'RUNNING_P2P',
  'PRE_COPY',
  'PRE_COPY_P2P',
];
const table: readonly (readonly [VfioState, string])[] = [
  ['STOP', 'STOP RUNNING_P2P STOP_COPY RESUMING RUNNING_P2P RUNNING_P2P RUNNING_P2P'],
  ['RUNNING', 'RUNNING_P2P RUNNING RUNNING_P2P RUNNING_P2P RUNNING_P2P PRE_COPY RUNNING_P2P'],
  ['PRE_COPY', 'RUNNING RUNNING PRE_COPY_P2P RUNNING RUNNING PRE_COPY PRE_COPY_P2P'],
  ['PRE_COPY_P2P', 'RUNNING_P2P RUNNING_P2P STOP_COPY RUNNING_P2P RUNNING_P2P PRE_COPY PRE_COPY_P2P'],
  ['STOP_COPY', 'STOP STOP STOP_COPY STOP STOP x x'],
  ['RESUMING', 'STOP STOP STOP RESUMING STOP STOP STOP'],
  ['RUNNING_P2P', 'STOP RUNNING STOP STOP RUNNING_P2P RUNNING PRE_COPY_P2P'],
  ['ERROR', 'x x x x x x x'],
];

test.each(table)('first hops from %s', (from, hops) => {
  const found = order.map((to) => {
    const hop = vfioFirstHop(from, to, { p2p: true, preCopy: true });
    return hop.ok ? hop.value : 'x';
  });
  expect(found.join(' ')).toBe(hops);
});

test('a refusal names the states and the fix', () => {
  const refused = vfioFirstHop('ERROR', 'RUNNING', { p2p: true, preCopy: true });
  expect(refused).toMatchObject({ ok: false, error: { code: 'refused', fix: 'Reset the device first' } });
});

test('numbers are those of the kernel', () => {
  expect(vfioStates).toMatchObject({ ERROR: 0, STOP: 1, RUNNING: 2, STOP_COPY: 3, RESUMING: 4 });
});
