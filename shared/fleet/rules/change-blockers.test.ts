import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import type { Fleet, SecondaryController } from '../schema.ts';
import { capabilityBlockers, controllerChangeBlockers, secondaryChangeBlockers } from './change-blockers.ts';

const id = 'hv-a/0000:41:00.0/1';

function changed(change: (fleet: Fleet, secondary: SecondaryController) => void): string[] {
  const fleet = structuredClone(migrationFleet());
  const secondary = fleet.controllers[id] as SecondaryController;
  change(fleet, secondary);
  return secondaryChangeBlockers(fleet, secondary);
}

describe('what stands against any change of a secondary controller', () => {
  it('is nothing on a fleet that can be changed', () => {
    expect(changed(() => {})).toEqual([]);
  });

  it('is a fleet that is only read, alone: no host matters then', () => {
    const reasons = changed((fleet) => {
      fleet.source.readOnly = 'A capture.';
      delete fleet.hosts['hv-a'];
    });
    expect(reasons).toEqual(['A capture.']);
  });

  it('is a host that is gone or cannot', () => {
    expect(changed((fleet) => delete fleet.hosts['hv-a'])).toEqual([
      'The host of VF 1 is no longer in the fleet.',
    ]);
    const cannot = changed((fleet) => {
      const host = fleet.hosts['hv-a'];
      if (host !== undefined)
        host.capabilities = {
          ...host.capabilities,
          changeControllers: { available: false, reason: 'No root.' },
        };
    });
    expect(cannot).toEqual(['hv-a: No root.']);
  });

  it('is a primary that cannot be read, and a migration under way', () => {
    expect(changed((_, secondary) => (secondary.primaryId = 'hv-a/gone')).join()).toContain(
      'The primary controller of VF 1 cannot be read',
    );
    expect(changed((_, secondary) => (secondary.vfioState = 'STOP_COPY')).join()).toContain(
      'VF 1 is migrating with db-primary (STOP_COPY)',
    );
  });
});

describe('what a host connection can do', () => {
  it('is asked only for what the change needs', () => {
    const fleet = structuredClone(migrationFleet());
    const host = fleet.hosts['hv-a'];
    const secondary = fleet.controllers[id];
    if (host === undefined || secondary === undefined) throw new Error('fixture');
    host.capabilities = { ...host.capabilities, changePci: { available: false, reason: 'No sysfs.' } };
    expect(capabilityBlockers(host, 'changeControllers')).toEqual([]);
    expect(capabilityBlockers(host, 'changeControllers', 'changePci')).toEqual(['hv-a: No sysfs.']);
    expect(controllerChangeBlockers(fleet, secondary, 'changePci')).toEqual(['hv-a: No sysfs.']);
  });
});
