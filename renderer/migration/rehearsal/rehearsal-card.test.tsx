import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rehearsalFaults, usualRehearsalFaults } from '#shared/migration/rehearsal/fault.ts';
import type { MigrationRehearsal } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { MigrationRehearsalState } from '#shared/migration/rehearsal/rehearsal-state.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { Proposal } from '#shared/procedure/proposal.ts';
import { succeed } from '#shared/result.ts';
import { migrationFleet, migrationRequest } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { type FakeBridge, installFakeBridge } from '../../test-support/fake-bridge.ts';
import { useMigrationRehearsal } from './migration-rehearsal-store.ts';
import { RehearsalCard } from './rehearsal-card.tsx';

const fleet = migrationFleet();
const request = migrationRequest(fleet);
const digest = 'a'.repeat(64);
let bridge: FakeBridge;
let lastId = 0;

function proposal(more: Partial<Proposal> = {}): Proposal {
  const plan = planMigration(fleet, request);
  if (!plan.ok) throw new Error(plan.error.message);
  return { ...plan.value, digest, fleetRevision: 1, guestsCutOff: [], changes: null, ...more };
}

const rehearsal: MigrationRehearsal = {
  ...{
    planDigest: digest,
    at: 1,
    seed: 42,
    steps: [0, 4],
    faults: ['link-down', 'refused-always'],
    wanted: 3,
  },
  undisturbed: { passed: true, guest: 'moved', downtimeMilliseconds: 40 },
  cells: [
    { step: 0, fault: 'link-down', passed: true, guest: 'at-source', downtimeMilliseconds: null },
    { step: 4, fault: 'link-down', passed: true, guest: 'moved', downtimeMilliseconds: 41 },
    {
      ...{ step: 4, fault: 'refused-always', passed: false, guest: 'unknown', downtimeMilliseconds: null },
      ...{ wayOn: 'Start it by hand', problems: ['db-primary runs nowhere'] },
    },
  ],
};

const state = (more: Partial<MigrationRehearsalState>): MigrationRehearsalState => ({
  ...{ id: lastId, planDigest: digest, status: 'ended', rehearsal, error: null },
  ...more,
});
const tell = (more: Partial<MigrationRehearsalState>) =>
  act(() => bridge.emit('migration-rehearsal:changed', state(more)));

beforeEach(() => {
  lastId += 1;
  bridge = installFakeBridge({
    'migration-rehearsal:start': () => succeed(state({ status: 'running', rehearsal: null })),
    'migration-rehearsal:stop': () => succeed({}),
    'migration-rehearsal:cell': () =>
      succeed({ status: 'done', problems: [], run: finishedMigration(fleet) }),
  });
  // What was told before this test went to another bridge.
  useMigrationRehearsal.setState({ state: null, opened: null, isStarting: false });
});
afterEach(cleanup);

async function begun(more: Partial<Proposal> = {}) {
  const user = userEvent.setup();
  render(<RehearsalCard proposal={proposal(more)} request={request} />);
  await user.click(screen.getByRole('button', { name: 'Rehearse…' }));
  return user;
}

describe('the rehearsal of a migration', () => {
  it('begins with what was chosen, of the plan that is reviewed', async () => {
    const user = await begun();
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getAllByRole('checkbox', { checked: true }).length).toBeGreaterThan(
      usualRehearsalFaults.length,
    );
    await user.click(dialog.getByRole('button', { name: 'None' }));
    expect(dialog.getByRole('button', { name: 'Rehearse' }).getAttribute('aria-disabled')).toBe('true');
    await user.click(dialog.getByRole('button', { name: 'All' }));
    await user.click(dialog.getByRole('button', { name: 'Rehearse' }));
    expect(bridge.requests).toEqual([
      {
        channel: 'migration-rehearsal:start',
        request: { request, digest, faults: rehearsalFaults, steps: null },
      },
    ]);
    expect(screen.getByRole('status').textContent).toContain('without any fault');
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    expect(bridge.requests.at(-1)).toEqual({ channel: 'migration-rehearsal:stop', request: { id: lastId } });
  });

  it('shows each case with where the guest was, and opens its run by keyboard', async () => {
    const user = await begun();
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Rehearse' }));
    tell({});
    expect(screen.getByRole('status').textContent).toContain('2 of 3 cases passed');
    const matrix = within(screen.getByRole('table', { name: /What became of the guest/ }));
    expect(matrix.getAllByRole('row')).toHaveLength(3);
    act(() => matrix.getByRole('button', { name: 'passed, guest back at the source' }).focus());
    await user.keyboard('{ArrowDown}{ArrowRight}');
    const failed = matrix.getByRole('button', {
      name: 'failed, guest not known, way on: Start it by hand, db-primary runs nowhere',
    });
    expect(document.activeElement).toBe(failed);
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toBe(matrix.getByRole('button', { name: 'no case' }));
    await user.keyboard('{Enter}');
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.keyboard('{ArrowDown}{Enter}');
    const dialog = within(await screen.findByRole('dialog'));
    expect(await dialog.findByText('The run is done.')).toBeTruthy();
    expect(dialog.getByRole('list', { name: 'Steps' })).toBeTruthy();
    expect(bridge.requests.at(-1)).toEqual({
      channel: 'migration-rehearsal:cell',
      request: { id: lastId, step: 4, fault: 'refused-always' },
    });
  });

  it('says that the plan has changed since, and why it could not be rehearsed', () => {
    const { rerender } = render(<RehearsalCard proposal={proposal()} request={request} />);
    act(() => useMigrationRehearsal.setState({ state: state({}) }));
    expect(screen.getByRole('table')).toBeTruthy();
    rerender(<RehearsalCard proposal={proposal({ digest: 'b'.repeat(64) })} request={request} />);
    expect(screen.getByRole('status').textContent).toContain('The plan has changed since it was rehearsed');
    expect(screen.queryByRole('table')).toBeNull();
    rerender(<RehearsalCard proposal={proposal()} request={request} />);
    const error = { code: 'conflict', message: 'It does not come to its end.' } as const;
    act(() => useMigrationRehearsal.setState({ state: state({ rehearsal: null, error }) }));
    expect(screen.getByText(/It does not come to its end/)).toBeTruthy();
  });
});
