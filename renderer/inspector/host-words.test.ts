import { expect, test } from 'vitest';
import { platformFeatures } from '#shared/platform/feature-levels.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { dirtyRateWords, featureReasons, featureWords, linkWords, pageSizes } from './host-words.ts';

function fixture() {
  const fleet = fixtureFleet();
  const host = fleet.hosts['hv-a'];
  const machine = fleet.virtualMachines['hv-a:db-primary'];
  if (host === undefined || machine === undefined) throw new Error('the fixture has no host hv-a');
  return { fleet, host, machine };
}

test('page sizes', () => {
  expect(pageSizes([4096, 2 ** 21])).toBe('4 KiB, 2 MiB');
  expect(pageSizes([0])).toBe('unknown');
});

test('a link with latency and loss says what passes', () => {
  const { host } = fixture();
  expect(linkWords(host)).not.toContain('ms');
  const lossy = linkWords({ ...host, linkLatencyMilliseconds: 10, linkLoss: 0.01 });
  expect(lossy).toContain('10 ms one way');
  expect(lossy).toContain('1 % lost');
  expect(lossy).toContain('passes');
  expect(linkWords({ ...host, linkBytesPerSecond: 0 })).toBe('unknown');
});

test('what kernel and QEMU lack has its reason', () => {
  const { host } = fixture();
  expect(featureWords(host, 'kernel')).toContain('DMA logging');
  const old = { ...host, platform: { ...host.platform, features: platformFeatures('5.15.0', '') } };
  expect(featureWords(old, 'kernel')).toBe('no migration features');
  expect(featureReasons(old)).toContain('The QEMU version is unknown.');
  expect(featureReasons(old).filter((reason) => reason.includes('QEMU version'))).toHaveLength(1);
});

test('the dirty rate says who measured it', () => {
  const { fleet, machine } = fixture();
  expect(dirtyRateWords(fleet, machine)).toContain('not measured');
  expect(dirtyRateWords(fleet, { ...machine, dirtyBytesPerSecond: 4096e3 })).toContain(
    'simulated hypervisor',
  );
});
