import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { succeed } from '#shared/result.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { readSettings } from '#shared/settings/read-settings.ts';
import { settingTexts } from '#shared/settings/schema.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { SettingsScreen } from './settings-screen.tsx';

let bridge: FakeBridge;

beforeEach(() => {
  useSettings.setState(defaultSettings);
  bridge = installFakeBridge({
    'settings:set': (patch) => succeed(readSettings({ ...useSettings.getState(), ...patch }).settings),
    'app:info': () =>
      succeed({ version: '0.1.0', electron: '33', dataFolder: '/data/berth', platform: 'linux' }),
  });
});

afterEach(cleanup);

const saved = () =>
  bridge.requests.filter(({ channel }) => channel === 'settings:set').map(({ request }) => request);

it('shows every setting with its words', async () => {
  render(<SettingsScreen />);
  for (const { label } of Object.values(settingTexts))
    expect(screen.getAllByText(new RegExp(label)).length).toBeGreaterThan(0);
  expect(await screen.findByText('/data/berth')).toBeTruthy();
});

it('saves choices at once, by keyboard too', async () => {
  render(<SettingsScreen />);
  await userEvent.click(screen.getByRole('radio', { name: 'Light' }));
  await userEvent.keyboard('{ArrowLeft}');
  await userEvent.click(screen.getByRole('checkbox', { name: /Apply at once/ }));
  expect(saved()).toEqual([{ theme: 'light' }, { theme: 'dark' }, { applyAtOnce: true }]);
});

it('saves a number when it is confirmed, and a bad one not at all', async () => {
  render(<SettingsScreen />);
  const budget = screen.getByRole('textbox', { name: 'Downtime budget (ms)' });
  await userEvent.clear(budget);
  await userEvent.type(budget, '0{Enter}');
  expect(screen.getByRole('alert').textContent).toBe('Enter a whole number from 1 to 600000.');
  expect(saved()).toEqual([]);
  await userEvent.clear(budget);
  await userEvent.type(budget, '250{Enter}');
  expect(saved()).toEqual([{ downtimeBudgetMilliseconds: 250 }]);
});
