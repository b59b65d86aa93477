import { describe, expect, it } from 'vitest';
import type { VirtualSubsystemDraft } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { groupSubsystems } from '../subsystem-groups.ts';
import { type ListView, listEntries, listSections } from './list-entries.ts';

const primaryId = 'hv-a/0000:41:00.0';
const draft: VirtualSubsystemDraft = {
  ...{ id: 'd', nqn: 'nqn.2026-11.io.berth:wanted', primaryId, primaryVirtualId: 1, exposure: 'everything' },
  identity: { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' },
  members: [{ secondaryId: `${primaryId}/3`, virtualControllerId: 20 }],
  savedAt: 0,
};
const deletion = {
  ...{ at: 1, runId: 'r', by: 'Delete old', nqn: 'nqn.2026-11.io.berth:old', primaryId, hostId: 'hv-a' },
};
const view: ListView = { text: '', state: 'any', order: 'name', byHost: false };

function sections(change: Partial<ListView> = {}): string[] {
  const fleet = fixtureFleet({ vfsPerPrimary: 8 });
  const used = fleet.controllers[`${primaryId}/3`];
  if (used?.role !== 'secondary') throw new Error('fixture');
  used.virtualMachineId = 'hv-a:db-primary';
  const other = Object.values(fleet.virtualSubsystems)[0];
  if (other === undefined) throw new Error('fixture');
  const extra = { ...other, id: 'x', nqn: 'nqn.2026-11.io.berth:alone', members: [] };
  fleet.virtualSubsystems.x = extra;
  const entries = listEntries(fleet, groupSubsystems(fleet, []), [draft], [deletion]);
  return listSections(entries, { ...view, ...change }).map(
    ({ title, entries: listed }) => `${title}: ${listed.map(({ name }) => name).join(' ')}`,
  );
}

describe('the list of virtual subsystems', () => {
  it('has one row per virtual NQN, drafts and deleted ones apart', () => {
    expect(sections()).toEqual(['On devices: alone my_v_nqn_1', 'Drafts: wanted', 'Deleted: old']);
  });

  it('filters by NQN, host, virtual machine and state', () => {
    expect(sections({ text: 'db-primary' })).toEqual(['On devices: my_v_nqn_1']);
    expect(sections({ text: 'hv-b in use' })).toEqual(['On devices: my_v_nqn_1']);
    expect(sections({ state: 'prepared' })).toEqual(['On devices: my_v_nqn_1']);
    expect(sections({ state: 'empty' })).toEqual(['On devices: alone']);
    expect(sections({ state: 'deleted' })).toEqual(['Deleted: old']);
    expect(sections({ text: 'nowhere' })).toEqual([]);
  });

  it('orders by activity and by members, and groups by host', () => {
    expect(sections({ order: 'state' })[0]).toBe('On devices: my_v_nqn_1 alone');
    expect(sections({ order: 'members' })[0]).toBe('On devices: my_v_nqn_1 alone');
    expect(sections({ byHost: true }).slice(0, 2)).toEqual(['hv-a: alone my_v_nqn_1', 'hv-b: my_v_nqn_1']);
  });

  it('counts what stands against a draft and what is wrong with an existing one', () => {
    const fleet = fixtureFleet({ vfsPerPrimary: 8 });
    const [, twin] = Object.values(fleet.virtualSubsystems);
    if (twin === undefined) throw new Error('fixture');
    twin.identity = { ...twin.identity, serialNumber: 'OTHER' };
    const entries = listEntries(fleet, groupSubsystems(fleet, []), [draft], []);
    expect(entries.map(({ problems }) => problems)).toEqual([1, 1]);
  });
});
