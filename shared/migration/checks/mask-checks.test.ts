import { describe, expect, it } from 'vitest';
import type { OfferedCapabilities } from '../../fleet/offered-capabilities.ts';
import type { Fleet, PrimaryController } from '../../fleet/schema.ts';
import { migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import type { ExposedCapability } from '../../virtual-subsystem/mask/exposed-capability.ts';
import { checkCompatibility } from './compatibility.ts';

const offered: OfferedCapabilities = {
  ioQueuePairs: 8,
  interruptVectors: 9,
  cap: '0x0020000f01ff07ff',
  logPages: [1, 2, 3],
  features: [1, 2, 4, 5, 7, 10, 11],
  lbaFormats: [{ metadataSize: 0, dataSizeExponent: 12, relativePerformance: 0 }],
  pci: {
    ...{ vendorId: 1, deviceId: 2, subsystemVendorId: 3, subsystemId: 4, revision: 5, classCode: 0x010802 },
  },
};
const queues: ExposedCapability = {
  structure: 'resources',
  ...{ offset: 0, size: 2, rule: 'at-most', value: '0x8' },
};

/** Checks of the mask when the destination offers this. */
function checks(there: OfferedCapabilities | undefined, change: (fleet: Fleet) => void = () => undefined) {
  const fleet = migrationFleet();
  const request = migrationRequest(fleet);
  const at = (host: string) => fleet.controllers[`${host}/0000:41:00.0`] as PrimaryController;
  at('hv-a').offered = offered;
  if (there !== undefined) at('hv-b').offered = there;
  Object.values(fleet.virtualSubsystems)[0]!.exposed = [queues];
  change(fleet);
  return checkCompatibility(fleet, request).checks.filter(({ id }) =>
    id.startsWith('capabilities.mask-ioqp:'),
  );
}

describe('the mask of the virtual subsystem at the destination', () => {
  it('passes with the values of both ends where it only narrows', () => {
    expect(checks(offered)).toMatchObject([{ verdict: 'passed', source: '8', destination: '8' }]);
  });

  it('is an error with its fix where it would widen', () => {
    const [check] = checks({ ...offered, ioQueuePairs: 4 });
    expect(check).toMatchObject({ verdict: 'error', source: '8', destination: '4' });
    expect(check?.evidence).toMatch(/would widen/);
    expect(check?.fix).toMatch(/baseline/);
  });

  it('is an error where the destination does not report what it offers', () => {
    expect(checks(undefined)).toMatchObject([{ verdict: 'error', destination: 'not reported' }]);
  });

  it('is not asked about without an entry', () => {
    const none = (fleet: Fleet) => {
      Object.values(fleet.virtualSubsystems)[0]!.exposed = [];
    };
    expect(checks({ ...offered, ioQueuePairs: 4 }, none)).toEqual([]);
  });
});
