import { describe, expect, it } from 'vitest';
import { assignmentTargets } from '#shared/fleet/rules/assignment.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { type Carry, carryReducer, chosenOption, hintWords, idle, legalKeys, targetKey } from './carry.ts';

const fleet = fixtureFleet();
const free = 'hv-a/0000:41:00.0/12';
const member = 'hv-a/0000:41:00.0/3';
const virtual = 'hv-a/0000:41:00.0|nqn.2026-11.io.berth:my_v_nqn_1';

function pickUp(mode: 'pointer' | 'keyboard', id: string): Carry {
  return carryReducer(idle, { kind: 'pick-up', mode, ids: [id], options: assignmentTargets(fleet, [id]) });
}

describe('carrying secondaries', () => {
  it('walks legal targets only by keyboard, round and round', () => {
    let carry = pickUp('keyboard', free);
    if (carry.mode === 'idle') throw new Error('nothing carried');
    const legal = legalKeys(carry.options);
    expect(legal).toContain(virtual);
    expect(legal).not.toContain('pool');
    const walked = legal.map(() => {
      const option = chosenOption(carry);
      expect(option?.verdict.allowed).toBe(true);
      carry = carryReducer(carry, { kind: 'step', by: 1 });
      return option === null ? '' : targetKey(option.target);
    });
    expect([...walked].sort()).toEqual([...legal].sort());
    expect(chosenOption(carry)?.target).toEqual(chosenOption(pickUp('keyboard', free))?.target);
  });

  it('lets the pointer hover illegal targets too, which say why', () => {
    const carry = carryReducer(pickUp('pointer', free), { kind: 'hover', key: 'pool' });
    const option = chosenOption(carry);
    expect(option?.verdict.allowed).toBe(false);
    expect(option === null ? '' : hintWords(option)).toMatch(/already in the pool/);
    expect(chosenOption(carryReducer(carry, { kind: 'hover', key: null }))).toBeNull();
  });

  it('says the virtual id of the drop', () => {
    const carry = carryReducer(pickUp('pointer', free), { kind: 'hover', key: virtual });
    const option = chosenOption(carry);
    expect(option === null ? '' : hintWords(option)).toBe('drop → vcid 22');
  });

  it('keeps the chosen target through a refresh while it is legal, and drops it when it is gone', () => {
    const carry = carryReducer(pickUp('pointer', free), { kind: 'hover', key: virtual });
    const options = assignmentTargets(fleet, [free]);
    expect(carryReducer(carry, { kind: 'refresh', options })).toMatchObject({ chosen: virtual });
    const without = options.filter(({ target }) => targetKey(target) !== virtual);
    expect(carryReducer(carry, { kind: 'refresh', options: without })).toMatchObject({ chosen: null });
  });

  it('offers the pool to a member and ends without leaving anything', () => {
    const carry = pickUp('keyboard', member);
    expect(carry.mode === 'idle' ? [] : legalKeys(carry.options)).toContain('pool');
    expect(carryReducer(carry, { kind: 'end' })).toEqual(idle);
    expect(carryReducer(idle, { kind: 'step', by: 1 })).toEqual(idle);
  });
});
