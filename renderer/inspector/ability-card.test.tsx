import { render, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { AbilityCard } from './ability-card.tsx';

test('says of each ability whether it is there, in words, with the reason', () => {
  const fleet = fixtureFleet();
  const primary = Object.values(fleet.controllers).find((controller) => controller.role === 'primary');
  if (primary?.role !== 'primary') throw new Error('fixture');
  primary.userDataTracking = { available: false, reason: 'It does not track user data changes.' };
  render(<AbilityCard fleet={fleet} controller={primary} />);
  const list = within(screen.getByRole('region', { name: 'What this device can do' })).getAllByRole(
    'listitem',
  );
  const texts = list.map((item) => item.textContent);
  expect(texts).toContain('–Tracking of user data: noIt does not track user data changes.');
  expect(texts).toContain('✓Dirty tracking of memory: yesTRATTR bit 0 of Identify Controller is 1.');
  expect(texts.some((text) => text?.startsWith('?Namespace management: not known'))).toBe(true);
});

function primaryOf(fleet: ReturnType<typeof fixtureFleet>) {
  const primary = Object.values(fleet.controllers).find((controller) => controller.role === 'primary');
  if (primary?.role !== 'primary') throw new Error('fixture');
  const texts = { serialNumber: 'S1', modelNumber: 'Drive', firmwareRevision: '1', subsystemNqn: 'nqn' };
  return { ...primary, identity: { ...texts, vid: 0x1de5, ssvid: 0x1de5, ieee: 1, version: 0x20100 } };
}

test('tells what was not recorded from what is not supported', () => {
  const fleet = fixtureFleet();
  const primary = primaryOf(fleet);
  const { rerender } = render(
    <AbilityCard
      fleet={fleet}
      controller={{
        ...primary,
        vq: { ...primary.vq, gap: { kind: 'not-recorded', tellBy: 'nvme primary-ctrl-caps /dev/nvme0' } },
      }}
    />,
  );
  expect(screen.getByText(/not recorded: nvme primary-ctrl-caps \/dev\/nvme0 would tell/)).toBeDefined();
  rerender(
    <AbilityCard
      fleet={fleet}
      controller={{
        ...primary,
        vq: { ...primary.vq, gap: { kind: 'not-supported', reason: 'OACS bit 7 of hv-a/nvme1 is 0' } },
      }}
    />,
  );
  expect(screen.getByText(/not supported: OACS bit 7 of hv-a\/nvme1 is 0/)).toBeDefined();
});

test('shows the profile of a device of which something is known, with its sources, and none of any other', () => {
  const fleet = fixtureFleet();
  const primary = primaryOf(fleet);
  const { rerender } = render(<AbilityCard fleet={fleet} controller={primary} />);
  expect(screen.queryByRole('region', { name: /Device profile/ })).toBeNull();
  const identity = { ...primary.identity, vid: 0x1e3b };
  rerender(<AbilityCard fleet={fleet} controller={{ ...primary, identity }} />);
  const profile = screen.getByRole('region', { name: 'Device profile: DapuStor drive' });
  expect(within(profile).getByText(/nvme dapu set-sriov/)).toBeDefined();
  expect(within(profile).getByText('DapuStor plug-in of nvme-cli')).toBeDefined();
});
