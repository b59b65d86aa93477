import { expect, it } from 'vitest';
import { succeed } from '#shared/result.ts';
import type { StateParts } from '../store/kept-state.ts';
import { readyToKeep } from './fleet-state.ts';

/** A fleet of which so many characters change while each state of it is prepared. */
function changing(...made: number[]) {
  const ahead: string[] = [];
  let revision = 0;
  const state = {
    parts: (): StateParts => new Map([['', String(revision)]]),
    async prepare() {
      revision += 1;
      return made.shift() ?? 0;
    },
  };
  const store = {
    *writeStateAhead(_: string, parts: StateParts) {
      yield;
      ahead.push(...parts.values());
      return succeed(undefined);
    },
  };
  return { state, store, ahead };
}

const much = 10_000_000;

it('writes ahead what is much, again what has changed meanwhile, and gives up on what never rests', async () => {
  for (const [made, expected] of [
    [[], []],
    [[100_000], []],
    [[much], ['1']],
    [
      [much, much, 5],
      ['1', '2'],
    ],
    [Array.from({ length: 50 }, () => much), ['1', '2', '3']],
  ] as const) {
    const { state, store, ahead } = changing(...made);
    await readyToKeep(state, 'key', store);
    expect(ahead).toEqual(expected);
  }
});

it('has nothing to do where nothing is simulated', async () => {
  const { store, ahead } = changing();
  await readyToKeep(null, 'key', store);
  expect(ahead).toEqual([]);
});
