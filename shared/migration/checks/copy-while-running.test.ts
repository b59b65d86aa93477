import { expect, it } from 'vitest';
import type { Fleet } from '../../fleet/schema.ts';
import { migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import type { MigrationPolicy } from '../pre-copy/options.ts';
import { policyOf, withPolicy } from '../pre-copy/policies.ts';
import { checkCompatibility } from './compatibility.ts';

function finding(
  rule: string,
  policy: MigrationPolicy,
  { dmaLogging = true, dirty = 0, largestThrottlePercent = 80 } = {},
) {
  const fleet: Fleet = migrationFleet();
  for (const controller of Object.values(fleet.controllers))
    if (controller.role === 'secondary')
      controller.vfioOffer = { flags: { p2p: true, preCopy: true, dmaLogging }, reason: 'asked' };
  for (const machine of Object.values(fleet.virtualMachines)) machine.dirtyBytesPerSecond = dirty;
  const request = migrationRequest(fleet);
  const options = withPolicy({ ...request.options, downtimeBudgetMilliseconds: 50 }, policy);
  const { preCopy } = options;
  const { checks } = checkCompatibility(fleet, {
    ...request,
    options:
      preCopy === undefined ? options : { ...options, preCopy: { ...preCopy, largestThrottlePercent } },
  });
  return checks.find(({ id }) => id.startsWith(`environment.${rule}:`));
}

it('warns, with every device that is in the way, where the guest must be stopped first', () => {
  expect(finding('copy-while-running', 'balanced')).toMatchObject({ verdict: 'passed', fix: '' });
  const refused = finding('copy-while-running', 'balanced', { dmaLogging: false });
  expect(refused?.verdict).toBe('warning');
  expect(refused?.evidence).toMatch(/VF 1.*no VFIO DMA logging.*; .*VF 2.*stopped first/);
  expect(refused?.fix).toMatch(/stop-and-copy/);
  expect(finding('copy-while-running', 'stop-and-copy', { dmaLogging: false })?.verdict).toBe('passed');
});

it('says what the downtime is spent with, and what helps where it does not converge', () => {
  expect(finding('downtime', 'stop-and-copy')?.evidence).toMatch(
    /all memory is sent while the guest is stopped/,
  );
  expect(finding('downtime', 'balanced', { dirty: 1e6 })).toMatchObject({ verdict: 'passed' });
  expect(finding('downtime', 'balanced', { dirty: 1e6 })?.evidence).toMatch(
    /what \d+ rounds? of copying leaves?/,
  );
  const busy = finding('downtime', 'balanced', { dirty: 2 ** 30, largestThrottlePercent: 0 });
  expect(busy?.verdict).toBe('warning');
  expect(busy?.evidence).toMatch(/does not converge/);
  expect(busy?.fix).toMatch(/throttling/);
});

it('keeps what is no matter of the policy when another one is chosen', () => {
  const options = migrationRequest(migrationFleet()).options;
  expect(policyOf(options)).toBe('stop-and-copy');
  const held = withPolicy(options, 'balanced');
  const fastest = withPolicy(
    { ...held, preCopy: { ...held.preCopy!, holdBeforeSwitchOver: true } },
    'fastest',
  );
  expect(policyOf(fastest)).toBe('fastest');
  expect(fastest.preCopy).toMatchObject({ holdBeforeSwitchOver: true, whenNotConverging: 'finish' });
  expect(withPolicy(fastest, 'stop-and-copy')).toEqual(options);
});
