import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { succeed } from '#shared/result.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { unstage, useStaged } from '../procedures/intents.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { RehearsalPanel } from './rehearsal-panel.tsx';
import { useRehearsal } from './rehearsal-store.ts';

const secondary = Object.values(fixtureFleet().controllers).find((one) => one.role === 'secondary');
const id = secondary?.id ?? '';
const fields = [{ name: 'VQ', before: '0', after: '2' }];
const free = { vq: 0, vi: 0, online: false, changed: false, threatened: false, lines: [] };
const paused: Rehearsal = {
  ...{
    id: 7,
    name: 'tenant.sh',
    script: ['DEV=/dev/nvme1', 'nvme virt-mgmt $DEV -c 1 -r 0 -a 8 -n 2', 'true'],
  },
  ...{ host: { id: 'hv-a', name: 'hv-a' }, nvme: '2.13' },
  ...{ copyOf: { name: 'two-hosts', revision: 4, twin: false }, status: 'paused', at: 3, end: null },
  threat: { guests: [{ id: 'g', title: 'web-07' }], losses: ['web-07 loses VF 9.'], functionIds: ['x'] },
  lines: [],
  ...{ leftOut: [], acts: [], counts: { commands: 1, changes: 0, refused: 0 }, milliseconds: 5 },
  ...{ interrupted: [], differenceLeft: 0 },
  difference: [
    { id, title: 'VF 1 of hv-a/nvme1', kind: 'changed', fields, lines: [2], typed: false },
    { id: 'hv-a/p', title: 'hv-a/nvme1', kind: 'changed', fields, lines: [2], typed: true },
  ],
  drives: [
    {
      ...{ id: 'hv-a/p', title: 'hv-a/nvme1', left: 0 },
      functions: [
        { ...free, id, title: 'VF 1', vq: 2, changed: true, lines: [2] },
        { ...free, id: 'x', title: 'VF 9', threatened: true },
        { ...free, id: 'y', title: 'VF 10' },
      ],
    },
  ],
};
const intent = { kind: 'set-online', secondaryIds: [id], online: true } as const;
let bridge: FakeBridge;
let plannable: { intent: typeof intent | null; left: string[] };

beforeEach(() => {
  plannable = { intent, left: ['web-07 is in a guest.'] };
  bridge = installFakeBridge({
    'rehearsal:change': () =>
      succeed({ ...plannable, intent: plannable.intent && { ...plannable.intent, secondaryIds: [id] } }),
    'rehearsal:go-on': () => succeed({}),
  });
  Element.prototype.scrollIntoView = vi.fn();
  useFleetMirror.setState({ fleet: fixtureFleet() });
  useRehearsal.setState({
    script: { name: 'tenant.sh', text: '' },
    rehearsal: paused,
    error: null,
    chosenFunction: null,
  });
});
afterEach(() => {
  cleanup();
  unstage();
});

const show = () => render(<RehearsalPanel bar={document.body} />);
const asked = (channel: string) =>
  bridge.requests.flatMap((each) => (each.channel === channel ? [each.request] : []));

it('shows the functions with what was done to them, and of one that is chosen its change and its lines', async () => {
  show();
  const grid = screen.getByRole('region', { name: 'Functions of hv-a/nvme1' });
  // What nobody touched is no control.
  expect(within(grid).getAllByRole('button')).toHaveLength(2);
  expect(within(grid).getByRole('img', { name: 'VF 10, offline, 0 VQ, 0 VI' })).toBeTruthy();
  expect(within(grid).getByRole('button', { name: /VF 9.*taken from its guest/ })).toBeTruthy();
  expect(screen.getByText('line 2, by hand')).toBeTruthy();
  await userEvent.click(within(grid).getByRole('button', { name: /VF 1, .*changed by line 2/ }));
  expect(screen.queryByText('line 2, by hand')).toBeNull();
  expect(screen.getByText('line 2')).toBeTruthy();
});

it('goes on without a change, or without every change of its line', async () => {
  show();
  await userEvent.click(screen.getByRole('button', { name: 'Leave it out' }));
  await userEvent.click(screen.getByRole('button', { name: 'Run on without line 3' }));
  const skips = asked('rehearsal:go-on').map((request) => request as { how: string; skip: string });
  expect(skips.map(({ how, skip }) => [how, skip])).toEqual([
    ['step', 'change'],
    ['on', 'line'],
  ]);
});

it('stages what was rehearsed as a change of the real fleet, with what it leaves', async () => {
  show();
  await userEvent.click(screen.getByRole('button', { name: 'Plan it on the real fleet…' }));
  expect(useStaged.getState()).toMatchObject({ staged: { kind: 'intent', intent }, left: plannable.left });
});

it('says why nothing can be planned, and does not offer it of what was recorded', async () => {
  plannable = { intent: null, left: ['web-07 on hv-a: state is not part of the procedure.'] };
  show();
  await userEvent.click(screen.getByRole('button', { name: 'Plan it on the real fleet…' }));
  expect(useStaged.getState().staged).toBeNull();
  expect((await screen.findByText(/Nothing of what changed on the copy/)).textContent).toBeTruthy();
  expect(screen.getByText(/state is not part of the procedure/)).toBeTruthy();
  cleanup();
  useRehearsal.setState({ rehearsal: { ...paused, copyOf: { ...paused.copyOf, twin: true } } });
  show();
  const button = screen.getByRole('button', { name: 'Plan it on the real fleet…' });
  expect(button.getAttribute('aria-description')).toContain('was recorded');
});
