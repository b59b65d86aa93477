import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../../fleet/schema.ts';
import { featureLevels } from '../../../platform/feature-levels.ts';
import { migrationFleet, migrationRequest } from '../../../test-support/migration-fleet.ts';
import { checkSchema } from '../check.ts';
import { checkCompatibility } from '../compatibility.ts';
import { ruleTable } from './rule-table.ts';
import { decidingRelease, ruleNameOf, versionWords } from './with-rules.ts';

const times = { 'hv-a': '2026-11-28T12:00:00.000Z', 'hv-b': '2026-11-28T11:00:00.000Z' };

function checksOf(
  change: (fleet: Fleet) => void = () => undefined,
  readTimes: Record<string, string> = times,
) {
  const fleet = migrationFleet();
  const request = migrationRequest(fleet);
  change(fleet);
  return checkCompatibility(fleet, request, readTimes).checks;
}

/** Fleets in which different checks are made. */
const fleets: readonly ((fleet: Fleet) => void)[] = [
  () => undefined,
  (fleet) => {
    fleet.virtualSubsystems = {};
    for (const one of Object.values(fleet.controllers)) {
      if (one.role === 'primary') one.virtualSubsystems = { available: false, reason: 'none' };
      if (one.role !== 'secondary') continue;
      one.virtualSubsystemId = null;
      one.virtualControllerId = null;
    }
  },
  (fleet) => {
    for (const one of Object.values(fleet.controllers)) {
      one.identity = null;
      if (one.role === 'primary') one.migrationInterface = 'vendor-2022';
    }
  },
];

describe('rules', () => {
  it('says of every check what decides it, where its values come from and when they were read', () => {
    const seen = new Set<string>();
    for (const change of fleets)
      for (const check of checksOf(change)) {
        seen.add(ruleNameOf(check));
        expect(checkSchema.parse(check), check.id).toEqual(check);
        expect(check.rule?.words, check.id).not.toBe('');
        expect(check.rule?.source, check.id).not.toBe('');
        expect(check.readings?.length, check.id).toBeGreaterThan(0);
        for (const { from, at } of check.readings ?? []) {
          expect(from, check.id).not.toBe('');
          expect(Object.values(times)).toContain(at);
        }
      }
    // Every rule of the table belongs to a check that exists.
    expect(Object.keys(ruleTable).filter((name) => !seen.has(name))).toEqual([]);
  });

  it('names a release only as the table of levels or a named commit has it', () => {
    const levels = featureLevels.map(({ since }) => since.join('.'));
    const found = checksOf().flatMap(({ rule }) => (rule?.allowedFrom === undefined ? [] : [rule]));
    expect(found.length).toBeGreaterThan(5);
    for (const { allowedFrom = '', source } of found)
      if (!levels.includes(allowedFrom)) expect(source).toMatch(/commit|libvirt src/);
    const viommu = found.find(({ source }) => source.includes('0e3c1e2b'));
    expect(viommu && decidingRelease(viommu)).toBe('QEMU: blocked up to 11.0, allowed from 11.1');
    expect(viommu && versionWords(viommu)).toBe('hv-a 9.2.0, hv-b 9.2.0');
  });

  it('does not claim a time or a version that nobody noted', () => {
    const checks = checksOf(({ hosts }) => {
      hosts['hv-b']!.platform.qemu = '';
      delete hosts['hv-b']!.platform.libvirt;
    }, {});
    for (const { readings = [] } of checks) for (const { at } of readings) expect(at).toBeNull();
    const of = (name: string) => checks.find((check) => ruleNameOf(check) === name);
    expect(of('environment.libvirt')).toMatchObject({ verdict: 'warning', destination: 'not recorded' });
    expect(of('environment.qemu')?.rule?.versions).toEqual([
      { host: 'hv-a', version: '9.2.0' },
      { host: 'hv-b', version: null },
    ]);
  });
});

describe('versions', () => {
  const levels = (from: string, to: string) => (fleet: Fleet) => {
    fleet.hosts['hv-a']!.platform.qemu = from;
    fleet.hosts['hv-b']!.platform.qemu = to;
  };
  const verdict = (name: string, change: (fleet: Fleet) => void) =>
    checksOf(change).find((check) => ruleNameOf(check) === name)?.verdict;
  const behindIommu = (change: (fleet: Fleet) => void, tracked: boolean) => (fleet: Fleet) => {
    change(fleet);
    for (const machine of Object.values(fleet.virtualMachines)) machine.viommu = true;
    for (const one of Object.values(fleet.controllers))
      if (one.role === 'secondary')
        one.vfioOffer = {
          flags: { stopCopy: true, p2p: true, preCopy: true, dmaLogging: tracked },
          reason: '',
        } as never;
  };

  it('a virtual IOMMU blocks up to QEMU 11.0, and from 11.1 where the device tracks its writes', () => {
    expect(verdict('environment.viommu', behindIommu(levels('11.0.0', '11.1.0'), false))).toBe('error');
    expect(verdict('environment.viommu', behindIommu(levels('11.1.0', '11.1.3'), false))).toBe('passed');
    expect(verdict('environment.viommu', behindIommu(levels('11.1.0', '11.1.0'), true))).toBe('error');
    expect(verdict('environment.viommu', behindIommu(levels('11.1.0', ''), false))).toBe('warning');
  });

  it('the acknowledged switch-over must be the one of before or from 11.1 on both sides', () => {
    expect(verdict('environment.switchover-ack', levels('11.0.0', '11.0.1'))).toBe('passed');
    expect(verdict('environment.switchover-ack', levels('11.1.0', '11.2.0'))).toBe('passed');
    expect(verdict('environment.switchover-ack', levels('11.0.0', '11.1.0'))).toBe('warning');
    expect(verdict('environment.switchover-ack', levels('', '11.1.0'))).toBe('warning');
  });

  it('libvirt before 8.6 refuses PCI host devices', () => {
    const libvirt = (version: string) => (fleet: Fleet) => {
      fleet.hosts['hv-b']!.platform.libvirt = version;
    };
    expect(verdict('environment.libvirt', libvirt('8.5.0'))).toBe('error');
    expect(verdict('environment.libvirt', libvirt('8.6.0'))).toBe('passed');
    expect(verdict('environment.libvirt', libvirt(''))).toBe('passed');
    expect(verdict('environment.libvirt', libvirt('mine'))).toBe('warning');
  });
});

it('a check of an earlier version still opens', () => {
  const { rule: _rule, readings: _readings, ...before } = checksOf()[0]!;
  expect(checkSchema.parse(before)).toEqual(before);
});
