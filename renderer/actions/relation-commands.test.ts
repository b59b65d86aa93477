import { describe, expect, it } from 'vitest';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { waysFrom } from './relation-commands.tsx';

const primary = 'hv-a/0000:41:00.0';
const nqn = 'nqn.2026-11.io.berth:my_v_nqn_1';

describe('the relation from any object', () => {
  const fleet = fixtureFleet({ vfsPerPrimary: 4 });

  it('leads from every controlled function to its controlling one, and from there back', () => {
    const { controlled } = waysFrom(fleet, primary);
    expect(controlled).toHaveLength(4);
    for (const id of controlled) expect(waysFrom(fleet, id).controlling).toBe(primary);
  });

  it('leads to the virtual subsystem and from it to both', () => {
    expect(waysFrom(fleet, `${primary}/3`).nqn).toBe(nqn);
    expect(waysFrom(fleet, `${primary}/1`).nqn).toBeNull();
    expect(waysFrom(fleet, `${primary}|${nqn}`)).toEqual({
      controlling: primary,
      controlled: [`${primary}/3`, `${primary}/4`],
      nqn,
    });
  });

  it('leads nowhere from a host', () => {
    expect(waysFrom(fleet, 'hv-a')).toEqual({ controlling: null, controlled: [], nqn: null });
  });
});
