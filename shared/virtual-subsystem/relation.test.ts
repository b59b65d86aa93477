import { describe, expect, it } from 'vitest';
import { findSecondary } from '../fleet/selectors.ts';
import { migrationFleet } from '../test-support/migration-fleet.ts';
import { relationOf } from './relation.ts';

function member(patch: object = {}) {
  const fleet = migrationFleet(1);
  const secondary = findSecondary(fleet, 'hv-a/0000:41:00.0/1');
  if (secondary === undefined) throw new Error('fixture');
  Object.assign(secondary, patch);
  return relationOf(fleet, secondary);
}

describe('the relation of a controlled function', () => {
  it('names its controlling function, its membership and its namespaces', () => {
    const { kept, lost } = member();
    expect(kept[0]).toBe('controlled by nvme1 (0x0041)');
    expect(kept[1]).toMatch(/^member of .* as 20$/);
    expect(kept[2]).toMatch(/^attached: namespace /);
    expect(lost).toEqual([]);
  });

  it('keeps all of that when the function is gone and everything in it is lost', () => {
    const before = member().kept;
    const { kept, lost } = member({ pciAddress: null, online: false, nvq: 0, nvi: 0, driver: null });
    expect(kept).toEqual(before);
    expect(lost).toEqual([
      'its PCI function is not enabled',
      'it is offline',
      'it has no queues or interrupts',
      'it is not bound to a VFIO driver',
    ]);
  });

  it('misses nothing of a free one', () => {
    const free = { virtualSubsystemId: null, virtualMachineId: null, online: false, nvq: 0, nvi: 0 };
    expect(member(free).lost).toEqual([]);
  });
});
