import { describe, expect, it } from 'vitest';
import { brokenLinks } from '../test-support/broken-links.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { primaryContradictions } from './invariants.ts';
import type { PrimaryController } from './schema.ts';
import { searchFleet } from './search.ts';
import {
  controllerFullTitle,
  countFleet,
  freeResources,
  secondariesOf,
  secondaryStateWords,
  virtualSubsystemTitle,
} from './selectors.ts';

const fleet = migrationFleet();
const primaryId = 'hv-a/0000:41:00.0';
const primary = fleet.controllers[primaryId] as PrimaryController;

describe('selectors', () => {
  it('count what the filters show', () => {
    expect(countFleet(fleet)).toEqual({
      hosts: 2,
      primaries: 2,
      secondaries: 12,
      namespaces: 4,
      virtualSubsystems: 1,
      virtualMachines: 1,
      unassigned: 10,
      offline: 10,
      migrating: 0,
      problems: 0,
    });
  });

  it('say in words what a secondary is doing', () => {
    expect(secondaryStateWords(fleet, `${primaryId}/1`)).toBe(
      'Online · in 0f0e0d0c-0b0a-4908-8706-050403020100 as 20 · db-primary',
    );
    expect(secondaryStateWords(fleet, `${primaryId}/5`)).toBe('Offline · free');
    const controller = { ...fleet.controllers[`${primaryId}/1`]!, vfioState: 'STOP_COPY' as const };
    const migrating = {
      ...fleet,
      controllers: { ...fleet.controllers, [controller.id]: controller as never },
    };
    expect(secondaryStateWords(migrating, controller.id)).toContain('STOP_COPY');
    expect(countFleet(migrating).migrating).toBe(1);
  });

  it('never report fewer than 0 free resources, even when the device contradicts itself', () => {
    expect(freeResources(primary, 'vq')).toBe(48);
    const broken = { ...primary, vq: { ...primary.vq, assignedToSecondaries: 99 } };
    expect(freeResources(broken, 'vq')).toBe(0);
    const fields = primaryContradictions('hv-a/nvme1', broken, secondariesOf(fleet, primary));
    expect(fields.map((problem) => problem.field)).toEqual(['VQRFA', 'VQFRT']);
    expect(primaryContradictions('hv-a/nvme1', primary, secondariesOf(fleet, primary))).toEqual([]);
  });

  it('name things so that two are never alike', () => {
    const titles = Object.values(fleet.controllers).map((one) => controllerFullTitle(fleet, one));
    expect(new Set(titles).size).toBe(titles.length);
    expect(virtualSubsystemTitle({ nqn: 'my_v_nqn_1' })).toBe('my_v_nqn_1');
    expect(virtualSubsystemTitle({ nqn: 'nqn.2026-11.io.berth:tenant:' })).toBe(
      'nqn.2026-11.io.berth:tenant:',
    );
  });
});

describe('searchFleet', () => {
  it('finds by every word, in any case, names first', () => {
    expect(searchFleet(fleet, '  ')).toEqual([]);
    expect(searchFleet(fleet, 'DB-prim')[0]).toMatchObject({
      collection: 'virtualMachines',
      id: 'hv-a:db-primary',
    });
    expect(searchFleet(fleet, 'vf 3 hv-b').map((hit) => hit.id)).toEqual(['hv-b/0000:41:00.0/3']);
    expect(searchFleet(fleet, '41:00.2 online').map((hit) => hit.id)).toEqual([`${primaryId}/2`]);
    expect(searchFleet(fleet, 'no such thing')).toEqual([]);
  });
});

describe('brokenLinks', () => {
  it('names every link that leads nowhere', () => {
    const { 'hv-a:db-primary': _gone, ...virtualMachines } = fleet.virtualMachines;
    const before = new Set(brokenLinks(fleet));
    const after = brokenLinks({ ...fleet, virtualMachines });
    expect(after.filter((words) => !before.has(words))).toEqual([
      `${primaryId}/1 is in a virtual machine that does not know it`,
      `${primaryId}/2 is in a virtual machine that does not know it`,
    ]);
  });
});
