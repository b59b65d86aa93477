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
