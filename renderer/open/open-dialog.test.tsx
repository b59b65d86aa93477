import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import { fail, succeed } from '#shared/result.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { OpenDialog } from './open-dialog.tsx';
import { useOpenDraft } from './open-draft.ts';

const { source } = fixtureFleet();
const problem = { source: 'nvme1/id-ctrl.bin', message: 'It has 4,090 bytes.', fix: 'Record it again.' };
let bridge: FakeBridge;
let problems: (typeof problem)[];

beforeEach(() => {
  problems = [];
  bridge = installFakeBridge({
    'fleet:sources': () =>
      succeed({
        current: source,
        builtIn: [{ name: 'two-hosts', title: 'Two hosts', description: 'Two hypervisors.' }],
        recent: [],
      }),
    'fleet:capture-snapshots': ({ path }) =>
      path.endsWith('02-sriov-4vf')
        ? succeed({ snapshots: ['00-boot', '03-online'], problems: [] })
        : fail('invalid-file', 'There is no snapshot in it.', { object: path, fix: 'Choose a capture.' }),
    'fleet:open': (request) =>
      request.kind === 'path' && request.path.endsWith('.json')
        ? fail('invalid-file', 'TotalVFs is 127.', {
            object: request.path,
            field: 'drives[0].vfs',
            fix: 'Use 127.',
          })
        : succeed({ source, problems }),
  });
});

afterEach(cleanup);

const opened = (): OpenRequest[] =>
  bridge.requests
    .filter(({ channel }) => channel === 'fleet:open')
    .map(({ request }) => request as OpenRequest);

it('opens a built-in fleet and closes', async () => {
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  await userEvent.click(await screen.findByRole('button', { name: /Two hosts/ }));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(opened()).toEqual([{ kind: 'built-in', name: 'two-hosts' }]);
});

it('lets a dropped capture be opened as a twin, and lists what could not be read', async () => {
  problems = [problem];
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  act(() => useOpenDraft.setState({ path: '/captures/02-sriov-4vf' }));
  await userEvent.click(await screen.findByRole('radio', { name: /Simulated twin/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(opened()).toEqual([
    { kind: 'path', path: '/captures/02-sriov-4vf', snapshot: '00-boot', as: 'twin' },
  ]);
  expect(await screen.findByText('nvme1/id-ctrl.bin')).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Show what could be read' }));
  expect(onClose).toHaveBeenCalledOnce();
});

it('names file, field and fix when a fleet file is refused, and stays', async () => {
  useOpenDraft.setState({ path: '/fleets/bad.json' });
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('/fleets/bad.json · drives[0].vfs');
  expect(alert.textContent).toContain('Use 127.');
  expect(await screen.findByRole('button', { name: /Two hosts/ })).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
});

it('says when a folder is no capture, with nothing to open', async () => {
  useOpenDraft.setState({ path: '/home' });
  render(<OpenDialog onClose={() => {}} />);
  expect((await screen.findByRole('alert')).textContent).toContain('There is no snapshot in it.');
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(opened()).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Back' }));
  expect(await screen.findByRole('button', { name: 'Capture folder…' })).toBeTruthy();
});
