import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { plan } from '#shared/procedure/plan/plan.ts';
import { succeed } from '#shared/result.ts';
import { useDrafts } from '../fleet-mirror/drafts-store.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { useStaged } from '../procedures/intents.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { proposalOf } from '../test-support/proposal-of.ts';
import { stagedIntent } from '../test-support/staged-intent.ts';
import { useChosenSubsystem } from './chosen-subsystem.ts';
import { VirtualSubsystemsScreen } from './virtual-subsystems-screen.tsx';

let fleet: Fleet;
let bridge: FakeBridge;
let journal: ResponseOf<'virtual-subsystem:journal'>;

beforeEach(() => {
  fleet = fixtureFleet({ vfsPerPrimary: 8 });
  journal = { deletions: [], releases: [], remains: [] };
  useDrafts.setState({ drafts: [] });
  useChosenSubsystem.setState({ key: null });
  useFleetMirror.setState({ fleet, status: 'ready', revision: 1, error: null });
  useRuns.setState({ runs: {}, order: [] });
  useStaged.setState({ staged: null });
  const bytes = new Uint8Array(4096);
  bytes[4] = 0x42;
  bridge = installFakeBridge({
    'draft:save': ({ draft }) => succeed({ draft: { ...draft, id: 'd', savedAt: 0 } }),
    'draft:delete': () => succeed({}),
    'procedure:plan': ({ intent }) => {
      const planned = plan(fleet, intent);
      return planned.ok ? succeed(proposalOf(planned.value)) : planned;
    },
    'guest:view': () =>
      succeed({
        bytes: btoa(String.fromCharCode(...bytes)),
        fields: [
          {
            key: 'sn',
            title: 'Serial Number',
            clause: '5.1.13',
            offset: 4,
            size: 20,
            guest: 'BERTH-V0001',
            physical: 'BR7',
            differs: true,
          },
        ],
        underOtherPrimaries: [],
      }),
    'virtual-subsystem:journal': () => succeed(journal),
    'virtual-subsystem:leak-check': () =>
      succeed({ verdict: 'passed' as const, findings: [], hosts: [], fixes: [] }),
  });
});

afterEach(cleanup);

const primaryId = 'hv-a/0000:41:00.0';

describe('screen', () => {
  it('shows one virtual subsystem over both hosts, with its members and what the guest reads', async () => {
    render(<VirtualSubsystemsScreen />);
    expect(screen.getAllByText('Proposal, not in the ratified NVMe specification')).toHaveLength(1);
    expect(screen.getByText('created on hv-a')).toBeTruthy();
    expect(screen.getByText('created on hv-b')).toBeTruthy();
    const table = screen.getByRole('table', { name: 'Controllers by virtual id' });
    expect(within(table).getAllByRole('row')).toHaveLength(4);
    expect(await screen.findByText('BERTH-V0001', { selector: 'td *' })).toBeTruthy();
    expect(screen.getByRole('region', { name: /Bytes/ }).textContent).toContain('42 00 00');
  });

  it('asks to remove a member from the one host, through the plan', async () => {
    render(<VirtualSubsystemsScreen />);
    await userEvent.click(screen.getByRole('button', { name: 'Remove VF 3 of hv-a/nvme1 from my_v_nqn_1' }));
    expect(stagedIntent()).toEqual({
      kind: 'remove-from-virtual-subsystem',
      secondaryIds: [`${primaryId}/3`],
    });
  });

  it('adds free secondary controllers of the host that was chosen', async () => {
    render(<VirtualSubsystemsScreen />);
    await userEvent.click(screen.getByRole('button', { name: 'Add controllers…' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'On hv-a' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add controllers to my_v_nqn_1' });
    expect(within(dialog).getAllByRole('checkbox')).toHaveLength(6);
    await userEvent.click(within(dialog).getByRole('checkbox', { name: /VF 5 / }));
    expect(within(dialog).getByRole('status').textContent).toContain('virtual id 22');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Review 1 controller…' }));
    expect(stagedIntent()).toMatchObject({
      kind: 'assign',
      secondaryIds: [`${primaryId}/5`],
      target: { kind: 'virtual-subsystem' },
    });
  });

  it('creates with safe defaults, and refuses a name that is too long before anything is planned', async () => {
    render(<VirtualSubsystemsScreen />);
    await userEvent.click(screen.getByRole('button', { name: 'New virtual subsystem…' }));
    const dialog = await screen.findByRole('dialog', { name: 'New virtual subsystem' });
    const name = within(dialog).getByRole('textbox', { name: 'Virtual NQN' });
    await userEvent.clear(name);
    await userEvent.click(name);
    await userEvent.paste('x'.repeat(224));
    expect(within(dialog).getByRole('alert').textContent).toContain('Shorten it by 1 byte');
    const review = within(dialog).getByRole('button', { name: 'Review the steps' });
    expect(review.getAttribute('aria-disabled')).toBe('true');
    await userEvent.clear(name);
    await userEvent.click(name);
    await userEvent.paste('tenant web');
    await userEvent.click(within(dialog).getByRole('button', { name: 'From name' }));
    expect((name as HTMLInputElement).value).toMatch(/^nqn\.\d{4}-\d{2}\.io\.berth:tenant-web$/);
    await waitFor(() => expect(review.getAttribute('aria-disabled')).toBeNull());
    await userEvent.click(review);
    expect(stagedIntent()).toMatchObject({
      kind: 'create-virtual-subsystem',
      primaryId,
      primaryVirtualId: 1,
      identity: { serialNumber: 'BERTH-V0002', modelNumber: 'Berth Virtual NVMe', firmwareRevision: '1.0' },
    });
  });

  it('offers the next thing to do when there is none, and says why it cannot be changed', () => {
    fleet.virtualSubsystems = {};
    useFleetMirror.setState({ fleet: { ...fleet, source: { ...fleet.source, readOnly: 'A recording.' } } });
    render(<VirtualSubsystemsScreen />);
    expect(screen.getByText('No virtual subsystem yet')).toBeTruthy();
    const create = screen.getByRole('button', { name: 'New virtual subsystem…' });
    expect(create.getAttribute('aria-description')).toBe('A recording.');
  });

  it('saves what is typed as a draft, and shows what stands against a stored one', async () => {
    render(<VirtualSubsystemsScreen />);
    await userEvent.click(screen.getByRole('button', { name: 'New virtual subsystem…' }));
    const dialog = await screen.findByRole('dialog', { name: 'New virtual subsystem' });
    await userEvent.click(within(dialog).getByRole('checkbox', { name: /^VF 5 / }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save as draft' }));
    const saved = bridge.requests.find(({ channel }) => channel === 'draft:save')?.request;
    expect(saved).toMatchObject({
      draft: { primaryId, members: [{ secondaryId: `${primaryId}/5`, virtualControllerId: 2 }] },
    });
    act(() => {
      const { draft } = saved as RequestOf<'draft:save'>;
      useDrafts.setState({
        drafts: [{ ...draft, id: 'd', savedAt: 0, nqn: 'nqn.2026-11.io.berth:my_v_nqn_1' }],
      });
      useChosenSubsystem.setState({ key: 'draft d' });
    });
    expect(await screen.findByText(/is already used on hv-a\/nvme1/)).toBeTruthy();
    const create = screen.getByRole('button', { name: 'Create…' });
    expect(create.getAttribute('aria-description')).toContain('is already used');
    await userEvent.click(screen.getByRole('button', { name: 'Delete draft' }));
    expect(bridge.requests.at(-1)).toEqual({ channel: 'draft:delete', request: { id: 'd' } });
  });

  it('lists what a migration left at its source, and cleans it up through the plan', async () => {
    const cleanUp: Intent = {
      kind: 'clean-up-source',
      ...{ secondaryIds: [`${primaryId}/3`], virtualMachineId: null, virtualSubsystemIds: [] },
      ...{ detachNamespaces: true, release: true },
    };
    const what = ['VF 3 of hv-a/nvme1 is still a member of my_v_nqn_1 there.'];
    journal.remains = [
      {
        ...{ runId: 'r', by: 'Move db-primary to hv-b', virtualMachineName: 'db-primary', what, cleanUp },
        nqns: ['nqn.2026-11.io.berth:my_v_nqn_1'],
      },
    ];
    journal.releases = [
      {
        ...{ at: 0, runId: 'r', by: 'Move', secondaryId: `${primaryId}/7`, wasReset: true },
        virtualMachineName: 'web-07',
      },
    ];
    render(<VirtualSubsystemsScreen />);
    expect(await screen.findByText(what[0] ?? '')).toBeTruthy();
    expect(await screen.findByText(/nvme virtual_subsys_remove/)).toBeTruthy();
    expect(screen.getByText(/VF 7: Reusable since the migration of web-07 at .*; it was reset/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Clean up…' }));
    expect(stagedIntent()).toEqual(cleanUp);
  });
});
