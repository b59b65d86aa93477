import { expect, test } from 'vitest';
import { type Fleet, fleetSchema, type Host, type PrimaryController } from '../../fleet/schema.ts';
import { platformFeatures } from '../../platform/feature-levels.ts';
import { migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import { forecastMigration } from '../forecast.ts';
import { checkCompatibility } from './compatibility.ts';

/** Changes the fleet, then answers what the checks of one rule say. */
function finding(rule: string, change: (fleet: Fleet) => void, devices = 1) {
  const fleet = migrationFleet(devices);
  const request = migrationRequest(fleet);
  change(fleet);
  expect(() => fleetSchema.parse(fleet)).not.toThrow();
  const { checks } = checkCompatibility(fleet, request);
  const found = checks.find((check) => check.id.startsWith(`environment.${rule}:`));
  if (found === undefined) throw new Error(`no check ${rule}`);
  return found;
}

function setLevel(host: Host | undefined, kernel: string, qemu: string): void {
  if (host === undefined) throw new Error('no such host');
  host.kernel = kernel;
  host.platform = { ...host.platform, qemu, features: platformFeatures(kernel, qemu) };
}

test('a kernel without migration v2 is said in the words that people know', () => {
  const found = finding('kernel', ({ hosts }) => setLevel(hosts['hv-b'], '5.15.0', '9.2.0'));
  expect(found.verdict).toBe('error');
  expect(found.evidence).toContain('VFIO migration is not supported in kernel');
  expect(found.evidence).toContain('hv-b');
  expect(finding('kernel', ({ hosts }) => setLevel(hosts['hv-b'], '', '9.2.0')).verdict).toBe('warning');
  expect(finding('kernel', ({ hosts }) => setLevel(hosts['hv-a'], '5.18.0', '9.2.0')).verdict).toBe('passed');
});

test('QEMU levels', () => {
  const at = (from: string, to: string, devices = 1, rule = 'qemu') =>
    finding(
      rule,
      ({ hosts }) => {
        setLevel(hosts['hv-a'], '6.8.0', from);
        setLevel(hosts['hv-b'], '6.8.0', to);
      },
      devices,
    );
  expect(at('9.2.0', '9.2.1').verdict).toBe('passed');
  expect(at('9.2.0', '10.0.0').verdict).toBe('passed');
  const order = (from: string, to: string) => at(from, to, 1, 'qemu-order');
  expect(order('9.2.0', '9.2.1').verdict).toBe('passed');
  expect(order('9.2.0', '10.0.0')).toMatchObject({
    ...{ verdict: 'warning', source: '9.2.0', destination: '10.0.0' },
  });
  expect(order('10.0.0', '9.2.0').evidence).toContain('older destination');
  expect(order('', '9.2.0')).toMatchObject({ verdict: 'warning', source: 'not recorded' });
  expect(at('9.2.0', '8.0.5').verdict).toBe('error');
  expect(at('8.1.0', '8.1.0').verdict).toBe('passed');
  expect(at('8.1.0', '8.1.0', 2).verdict).toBe('error');
  expect(at('', '9.2.0').verdict).toBe('warning');
});

test('page sizes', () => {
  const host = (fleet: Fleet) => fleet.hosts['hv-b']?.platform as Host['platform'];
  expect(
    finding('page-size', (fleet) => {
      host(fleet).pageSize = 65_536;
    }),
  ).toMatchObject({ verdict: 'error', source: '4 KiB', destination: '64 KiB' });
  expect(
    finding('iommu-page-size', (fleet) => {
      host(fleet).iommuPageSizes = [65_536];
    }).verdict,
  ).toBe('error');
  expect(
    finding('iommu-page-size', (fleet) => {
      host(fleet).iommuPageSizes = [4096, 65_536];
    }).verdict,
  ).toBe('passed');
});

test('a virtual IOMMU blocks', () => {
  const found = finding('viommu', ({ virtualMachines }) => {
    for (const machine of Object.values(virtualMachines)) machine.viommu = true;
  });
  expect(found.verdict).toBe('error');
});

test('a host driver in the IOMMU group blocks', () => {
  const found = finding('iommu-group', ({ controllers }) => {
    const primary = controllers['hv-b/0000:41:00.0'];
    const secondary = controllers['hv-b/0000:41:00.0/1'];
    if (primary === undefined || secondary === undefined) throw new Error('no such controller');
    primary.iommuGroup = secondary.iommuGroup;
  });
  expect(found.verdict).toBe('error');
  expect(found.evidence).toContain('IOMMU group');
});

test('without device and IOMMU tracking every pinned page stays dirty', () => {
  const noDevice = ({ controllers }: Fleet) => {
    const primary = controllers['hv-a/0000:41:00.0'] as PrimaryController;
    primary.memoryTracking = { available: false, reason: 'TRATTR bit 0 clear' };
  };
  const noIommu = ({ hosts }: Fleet) => {
    const platform = hosts['hv-a']?.platform as Host['platform'];
    platform.iommuHardwareDirtyTracking = { available: false, reason: 'no capability' };
  };
  expect(finding('dirty-tracking', noIommu).evidence).toContain('the devices track their writes');
  expect(finding('dirty-tracking', noDevice).evidence).toContain('iommufd');
  const found = finding('dirty-tracking', (fleet) => {
    noDevice(fleet);
    noIommu(fleet);
  });
  expect(found.verdict).toBe('warning');
  for (const words of ['stays dirty', '1 GiB', 'ms of downtime', 'TRATTR bit 0 clear', 'no capability'])
    expect(found.evidence).toContain(words);
  // A legacy IOMMU backend has no tracking, whatever the hardware can.
  const legacy = finding('dirty-tracking', (fleet) => {
    noDevice(fleet);
    (fleet.hosts['hv-a'] as Host).iommu = 'intel-iommu';
  });
  expect(legacy.verdict).toBe('warning');
});

test('latency and loss of both links make the forecast longer', () => {
  const downtime = (change: (host: Host) => void) => {
    const fleet = migrationFleet();
    const request = migrationRequest(fleet);
    for (const host of Object.values(fleet.hosts)) change(host);
    return forecastMigration(fleet, request).downtimeMilliseconds ?? 0;
  };
  const clean = downtime(() => undefined);
  // Two rounds over two links of 5 ms each way.
  expect(
    downtime((host) => {
      host.linkLatencyMilliseconds = 5;
    }) - clean,
  ).toBeCloseTo(40);
  expect(
    downtime((host) => {
      host.linkLoss = 0.5;
    }),
  ).toBeGreaterThan(clean * 3);
  const found = finding('link', ({ hosts }) => {
    const host = hosts['hv-b'] as Host;
    host.linkLatencyMilliseconds = 5;
    host.linkLoss = 0.001;
  });
  expect(found.evidence).toContain('5 ms');
  expect(found.evidence).toContain('0.1 % lost');
});
