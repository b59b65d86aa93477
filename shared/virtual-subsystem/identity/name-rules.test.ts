import { describe, expect, it } from 'vitest';
import { guestNqn, migrationFleet } from '../../test-support/migration-fleet.ts';
import { virtualNameConsequences, virtualNqnBlockers } from './name-rules.ts';

const fleet = migrationFleet();
const here = 'hv-a/0000:41:00.0';
const there = 'hv-b/0000:41:00.0';
const identity = { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' };

describe('a virtual NQN', () => {
  it('is taken on its own controlling function only: guests migrate between two', () => {
    expect(virtualNqnBlockers(fleet, here, guestNqn)).toEqual([
      { reason: `${guestNqn} is already used on hv-a/nvme1.`, fix: 'Choose another virtual NQN.' },
    ]);
    expect(virtualNqnBlockers(fleet, there, guestNqn)).toEqual([]);
    expect(virtualNqnBlockers(fleet, null, guestNqn)).toEqual([]);
  });

  it('is neither that of a drive nor one that is not an NQN', () => {
    const [physical = ''] = Object.keys(fleet.subsystems);
    expect(virtualNqnBlockers(fleet, here, physical)[0]?.reason).toContain('physical NVM subsystem');
    const [unreadable] = virtualNqnBlockers(fleet, here, '');
    expect([unreadable?.reason.at(-1), unreadable?.fix.at(-1)]).toEqual(['.', '.']);
  });

  it('warns of a twin on another host, and of a serial number that two have', () => {
    expect(virtualNameConsequences(fleet, here, 'nqn.2026-11.io.berth:new', identity)).toEqual([]);
    expect(virtualNameConsequences(fleet, there, guestNqn, identity).join()).toContain(
      'The same virtual NQN exists on hv-a',
    );
    const same = { ...identity, serialNumber: 'VIRTUAL1' };
    expect(virtualNameConsequences(fleet, here, 'nqn.2026-11.io.berth:new', same).join()).toContain(
      'has the same serial number VIRTUAL1',
    );
    const nothing = { ...identity, serialNumber: '' };
    expect(virtualNameConsequences(fleet, here, 'nqn.2026-11.io.berth:new', nothing)).toEqual([]);
  });
});
