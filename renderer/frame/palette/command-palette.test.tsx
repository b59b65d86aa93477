import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useCommandRegistry } from '../../commands/command-registry.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../../navigation.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { CommandPalette } from './command-palette.tsx';
import { paletteEntries } from './palette-entries.ts';

const run = vi.fn();

beforeEach(() => {
  run.mockReset();
  useFleetMirror.setState({ fleet: fixtureFleet({ hosts: 1, vfsPerPrimary: 12 }), status: 'ready' });
  useCommandRegistry.setState({
    handlers: {
      open: { run, unavailable: null },
      undo: { run, unavailable: 'There is nothing to undo.' },
      'go-history': { run, unavailable: null },
    },
  });
});

afterEach(cleanup);

it('offers what something handles now, best match first', () => {
  const { handlers } = useCommandRegistry.getState();
  const found = (text: string) =>
    paletteEntries(text, null, handlers).map((entry) => (entry.kind === 'command' ? entry.command.id : ''));
  expect(found('')).toEqual(['open', 'undo', 'go-history']);
  expect(found('proced')).toEqual(['undo', 'go-history']);
  expect(found('capture')).toEqual(['open']);
  expect(found('migrate')).toEqual([]);
});

it('calls a command by what it is about now, and finds it by that', () => {
  const handlers = { undo: { run, unavailable: null, label: 'Undo: Assign VF 3 to db-primary' } };
  const labels = (text: string) =>
    paletteEntries(text, null, handlers).map((entry) => (entry.kind === 'command' ? entry.label : ''));
  expect(labels('db-primary')).toEqual(['Undo: Assign VF 3 to db-primary']);
  expect(labels('standby')).toEqual([]);
});

it('runs the chosen command and closes', async () => {
  const onClose = vi.fn();
  render(<CommandPalette onClose={onClose} />);
  await userEvent.type(screen.getByRole('combobox', { name: 'Search' }), 'hist{Enter}');
  expect(onClose).toHaveBeenCalledOnce();
  await waitFor(() => expect(run).toHaveBeenCalledOnce());
});

it('says why a command cannot be used, and does not use it', async () => {
  const onClose = vi.fn();
  render(<CommandPalette onClose={onClose} />);
  await userEvent.type(screen.getByRole('combobox', { name: 'Search' }), 'undo');
  const option = screen.getByRole('option', { name: /Undo/ });
  expect(option.textContent).toContain('There is nothing to undo.');
  await userEvent.keyboard('{Enter}');
  await userEvent.click(option);
  expect(onClose).not.toHaveBeenCalled();
  expect(run).not.toHaveBeenCalled();
});

it('finds an object of the fleet, by arrow keys too, and shows it in the topology', async () => {
  useNavigation.setState({ screen: 'history', selection: [] });
  render(<CommandPalette onClose={() => {}} />);
  await userEvent.type(screen.getByRole('combobox', { name: 'Search' }), 'VF 1');
  const options = screen.getAllByRole('option');
  expect(options[0]?.getAttribute('aria-selected')).toBe('true');
  await userEvent.keyboard('{ArrowDown}{ArrowUp}{Enter}');
  await waitFor(() => expect(useNavigation.getState().selection).toEqual(['hv-a/0000:41:00.0/1']));
  expect(useNavigation.getState().screen).toBe('topology');
});

it('says that nothing was found', async () => {
  render(<CommandPalette onClose={() => {}} />);
  await userEvent.type(screen.getByRole('combobox', { name: 'Search' }), 'zzz');
  expect(screen.getByText('Nothing found for “zzz”.')).toBeTruthy();
});
