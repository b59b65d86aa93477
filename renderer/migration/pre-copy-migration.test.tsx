import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { destinationOptions } from '#shared/migration/destination-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { defaultPreCopyOptions } from '#shared/migration/pre-copy/options.ts';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { succeed } from '#shared/result.ts';
import { migrationFleet, migrationRequest } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { useNavigation } from '../navigation.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { MigrationScreen } from './migration-screen.tsx';
import { dropDraft, useMigrationView } from './migration-view-store.ts';

let fleet: Fleet;
let bridge: FakeBridge;

beforeEach(() => {
  fleet = migrationFleet();
  for (const controller of Object.values(fleet.controllers))
    if (controller.role === 'secondary')
      controller.vfioOffer = { flags: { p2p: true, preCopy: true, dmaLogging: true }, reason: 'asked' };
  useFleetMirror.setState({ fleet, status: 'ready', revision: 1 });
  useRuns.setState({ runs: {}, order: [] });
  useNavigation.setState({ selection: [], runId: null, migrateVirtualMachineId: null });
  bridge = installFakeBridge({
    'history:list': () => succeed({ runs: [] }),
    'migration:destinations': ({ virtualMachineId }) =>
      succeed({ destinations: destinationOptions(fleet, virtualMachineId) }),
    'migration:propose': ({ virtualMachineId, destinationHostId }) =>
      succeed(proposeMapping(fleet, virtualMachineId, destinationHostId)),
    'migration:remedies': () => succeed({ checks: [] }),
    'migration:check': ({ request }) =>
      succeed({
        compatibility: checkCompatibility(fleet, request),
        downtimeForecastMilliseconds: 14,
        totalForecastMilliseconds: 3000,
      }),
    'migration:decide': () => succeed({}),
    'procedure:abort': () => succeed({}),
  });
});

afterEach(() => {
  cleanup();
  dropDraft();
});

const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }));
const asked = () => bridge.requests.findLast(({ channel }) => channel === 'migration:check')?.request;

async function walkToOptions(): Promise<void> {
  render(<MigrationScreen />);
  await press('New migration…');
  await userEvent.click(await screen.findByRole('radio', { name: /db-primary/ }));
  await press('Continue');
  await userEvent.click(await screen.findByRole('radio', { name: /hv-b/ }));
  await press('Continue');
  await screen.findAllByRole('combobox');
  await press('Continue');
  await press('Continue');
  await screen.findByRole('heading', { name: 'How should it move?' });
}

describe('options', () => {
  it('copies while the guest goes on, balanced, unless another policy is chosen', async () => {
    await walkToOptions();
    const policies = screen.getByRole('radiogroup', { name: 'Policy' });
    const policy = (name: RegExp) => within(policies).getByRole('radio', { name });
    expect(policy(/^Balanced/).getAttribute('aria-checked')).toBe('true');
    await userEvent.click(policy(/^Fastest/));
    await userEvent.click(screen.getByRole('checkbox', { name: /Hold before/ }));
    await waitFor(() =>
      expect(asked()).toMatchObject({
        request: { options: { preCopy: { policy: 'fastest', holdBeforeSwitchOver: true } } },
      }),
    );
    await userEvent.click(policy(/^Stop-and-copy/));
    expect(screen.queryByRole('checkbox', { name: /Hold before/ })).toBeNull();
    await waitFor(() => expect(JSON.stringify(asked())).not.toContain('preCopy'));
  });

  it('says why post-copy cannot be chosen', async () => {
    await walkToOptions();
    const postCopy = screen.getByRole('radio', { name: /^Post-copy/ });
    expect(postCopy.getAttribute('aria-disabled')).toBe('true');
    expect(postCopy.textContent).toMatch(/cannot wait for a page/);
    await userEvent.click(postCopy);
    expect(postCopy.getAttribute('aria-checked')).toBe('false');
  });

  it('takes only what the knobs can be set to', async () => {
    await walkToOptions();
    const throttle = screen.getByRole('textbox', { name: 'Largest throttle (%)' });
    await userEvent.clear(throttle);
    await userEvent.type(throttle, '100');
    expect(screen.getByText('Enter a whole number from 0 to 99.')).toBeTruthy();
    expect(useMigrationView.getState().draft?.options.preCopy?.largestThrottlePercent).toBe(10);
  });

  it('says which devices are in the way of copying, stops the guest first, and lets that be chosen', async () => {
    for (const controller of Object.values(fleet.controllers))
      if (controller.role === 'secondary' && controller.hostId === 'hv-a')
        controller.vfioOffer = { flags: { p2p: true, preCopy: false, dmaLogging: false }, reason: 'asked' };
    await walkToOptions();
    expect(screen.getByText('The guest is stopped first')).toBeTruthy();
    expect(screen.getAllByText(/no VFIO DMA logging/).length).toBe(2);
    expect(screen.getByRole('radio', { name: /^Balanced/ }).getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByRole('radio', { name: /^Stop-and-copy/ }).getAttribute('aria-checked')).toBe('true');
    await press('Choose stop-and-copy');
    expect(useMigrationView.getState().draft?.options.preCopy).toBeUndefined();
  });

  it('compares the downtime over links, and marks the one that is there', async () => {
    await walkToOptions();
    const table = screen.getByRole('table', { name: /Expected downtime by link speed/ });
    const heads = within(table).getAllByRole('columnheader');
    expect(heads.filter((head) => /this link/.test(head.textContent ?? ''))).toHaveLength(1);
    for (const term of ['quiesce', 'memory', 'device state', 'load, resume', 'total'])
      expect(within(table).getByRole('rowheader', { name: term })).toBeTruthy();
  });
});

const round = {
  ...{ number: 1, startedMilliseconds: 0, milliseconds: 2700, sentBytes: 2 ** 30, deviceBytes: 0 },
  ...{ leftBytes: 2 ** 28, bytesPerSecond: 2.9e9, dirtyBytesPerSecond: 9e8, throttlePercent: 20 },
  ...{ downtimeForecastMilliseconds: 128.4, allowedMilliseconds: 75, startedOver: false },
};

/** A migration that copies: what is in `copied` is otherwise than in its first round. */
function copying(copied: Partial<PreCopyFacts>, changes: Partial<ProcedureRun> = {}): ProcedureRun {
  const request = migrationRequest(fleet);
  const plan = planMigration(fleet, {
    ...request,
    options: { ...request.options, preCopy: { ...defaultPreCopyOptions, holdBeforeSwitchOver: true } },
  });
  if (!plan.ok) throw new Error(plan.error.message);
  const index = plan.value.steps.findIndex(({ step }) => step.kind === 'vm-pre-copy');
  const finished = finishedMigration(fleet);
  const migration: MigrationFacts = {
    ...finished.migration!,
    ...{ downtimeMilliseconds: null, downtimePhases: [], proof: [] },
    preCopy: {
      ...{ state: 'copying', rounds: [round], roundSentBytes: 0, roundBytes: 2 ** 28 },
      ...{ totalSentBytes: 2 ** 30, reason: '' },
      ...copied,
    },
  };
  return {
    ...finished,
    ...{ plan: plan.value, status: 'running', endedAt: null, progress: 0.6, abortable: true, migration },
    steps: plan.value.steps.map((_, position) => ({
      ...finished.steps[0]!,
      status: position < index ? 'done' : position === index ? 'running' : 'waiting',
    })),
    ...changes,
  };
}

function show(run: ProcedureRun): void {
  takeRun(run);
  useNavigation.setState({ runId: run.id });
  render(<MigrationScreen />);
}

const decided = () =>
  bridge.requests.flatMap(({ channel, request }) => (channel === 'migration:decide' ? [request] : []));

describe('run', () => {
  it('goes when it is held and somebody says so, and stands meanwhile', async () => {
    show(copying({ state: 'holding' }));
    expect(await screen.findByText('held, it waits for you')).toBeTruthy();
    expect(screen.getByText(/goes on copying until you say go/)).toBeTruthy();
    await press('Go now (128 ms)');
    expect(decided()).toEqual([{ runId: 'run-7', decision: 'switch-over' }]);
    // It counts after the round under way: until then it cannot be said twice.
    await press('Go now (128 ms)');
    expect(decided()).toHaveLength(1);
  });

  it.each([
    [/^Pause and finish/, 'switch-over'],
    ['Go on', 'go-on'],
    ['Give up', 'give-up'],
  ] as const)('asks what becomes of one that does not converge: %s', async (name, decision) => {
    show(copying({ state: 'not-converging', reason: 'it gets no less' }));
    expect(await screen.findByText(/It does not converge: it gets no less/)).toBeTruthy();
    await press(name);
    expect(decided()).toEqual([{ runId: 'run-7', decision }]);
  });

  it('shows the figures of the last round, and none of them past its end', async () => {
    show(copying({ rounds: [round], roundSentBytes: 2 ** 29, roundBytes: 2 ** 28 }));
    expect(await screen.findByText('round 2: 256 MiB of 256 MiB')).toBeTruthy();
    expect(screen.getByText('guest throttled by 20 %')).toBeTruthy();
    expect(screen.getByRole('img', { name: /128 ms, 256 MiB left after round 1/ })).toBeTruthy();
    expect(screen.getByText(/^round 1 of 1, .+ ago$/)).toBeTruthy();
  });

  it('shows how far the user data is, also while the guest stands still', () => {
    const userData = { totalBytes: 2 ** 31, sentBytes: 2 ** 31, leftBytes: 2 ** 22, queues: [] };
    const run = copying({ state: 'switching-over', userData });
    const sending = { sentBytes: 2 ** 21, ofBytes: 2 ** 23 };
    const card = () => screen.getByText('User data left').parentElement?.textContent ?? '';
    show(run);
    expect(card()).toContain('4 MiB');
    act(() => takeRun({ ...run, migration: { ...run.migration!, userDataSending: sending } }));
    expect(card()).toContain('6 MiB');
    expect(card()).not.toContain('4 MiB');
  });

  it('says nothing of a decision once the guest is stopped', async () => {
    const run = copying({ state: 'holding' });
    show(run);
    await screen.findByRole('button', { name: /^Go now/ });
    act(() => takeRun(copying({ state: 'switching-over' })));
    expect(screen.queryByRole('button', { name: /^Go now/ })).toBeNull();
    expect(screen.getByRole('button', { name: 'Abort, stay on hv-a' })).toBeTruthy();
  });
});

describe('result', () => {
  it('says how much user data was sent, and whether both sides have the same', () => {
    const run = finishedMigration(fleet);
    const copied = {
      ...{ sourceId: 'hv-a/0000:41:00.0/3', nsid: 2, destinationNsid: 2, bytes: 2 ** 31, sentBytes: 2 ** 31 },
      ...{ checksum: 'a', arrived: 'a' },
    };
    show({ ...run, migration: { ...run.migration!, userData: [copied] } });
    expect(screen.getByText('1 namespace of 2 GiB, digests equal')).toBeTruthy();
  });

  it('compares the downtime with the forecast in force when it was stopped, and moves back on request', async () => {
    const run = copying({ state: 'switching-over', reason: 'a person said so' });
    const moved = { ...run.migration!, downtimeMilliseconds: 131 };
    const there = structuredClone(fleet);
    const machine = there.virtualMachines['hv-a:db-primary']!;
    there.virtualMachines = { 'hv-b:db-primary': { ...machine, id: 'hv-b:db-primary', hostId: 'hv-b' } };
    useFleetMirror.setState({ fleet: there });
    show({ ...run, status: 'done', endedAt: run.startedAt + 9000, abortable: false, migration: moved });
    expect(await screen.findByText(/forecast at the switch-over 128 ms/)).toBeTruthy();
    expect(screen.getByText('switched over: a person said so')).toBeTruthy();
    await press('Move back…');
    const { draft } = useMigrationView.getState();
    expect(draft?.choice).toMatchObject({ virtualMachineId: 'hv-b:db-primary', destinationHostId: 'hv-a' });
    expect(draft?.options.preCopy?.holdBeforeSwitchOver).toBe(true);
  });

  it('says how long the guest of one that went back stood still, and tries again with the same choices', async () => {
    const run = copying({});
    const migration = { ...run.migration!, stoodStillMilliseconds: 412 };
    show({ ...run, status: 'rolled-back', endedAt: run.startedAt + 9000, abortable: false, migration });
    expect(await screen.findByText('Stood still, then went back')).toBeTruthy();
    expect(screen.getAllByText(/412/).length).toBeGreaterThan(1);
    await press('Try again…');
    await screen.findByRole('heading', { name: 'Can db-primary move to hv-b?' });
    const { draft } = useMigrationView.getState();
    expect(draft?.choice).toMatchObject({
      virtualMachineId: 'hv-a:db-primary',
      mapping: { kind: 'ready', devices: migrationRequest(fleet).devices },
    });
  });
});

describe('source', () => {
  it('refuses a machine that is under way, with what moves it', async () => {
    takeRun(copying({}));
    render(<MigrationScreen />);
    await press('New migration…');
    const radio = await screen.findByRole('radio', { name: /db-primary/ });
    expect(radio.getAttribute('aria-disabled')).toBe('true');
    expect(radio.textContent).toMatch(/under way already: Move db-primary to hv-b/);
  });

  it('proposes one of several that are selected, and asks which', async () => {
    const machine = fleet.virtualMachines['hv-a:db-primary']!;
    const other = { ...machine, id: 'hv-a:aa-idle', name: 'aa-idle', deviceIds: [] };
    useFleetMirror.setState({
      fleet: { ...fleet, virtualMachines: { [other.id]: other, ...fleet.virtualMachines } },
    });
    useNavigation.setState({ selection: [other.id, machine.id] });
    render(<MigrationScreen />);
    act(() => useNavigation.setState({ migrateVirtualMachineId: '' }));
    await screen.findByRole('heading', { name: 'Which virtual machine moves?' });
    expect(screen.getByText(/2 virtual machines are selected/)).toBeTruthy();
    expect(screen.getByRole('radio', { name: /db-primary/ }).getAttribute('aria-checked')).toBe('true');
  });
});

describe('checks and refusals', () => {
  it('folds what passed to a count, and opens what needs attention', async () => {
    for (const host of Object.values(fleet.hosts)) host.linkBytesPerSecond = 0;
    await walkToOptions();
    await press('Back');
    const group = (name: RegExp) => screen.getByRole('heading', { name }).closest('details')!;
    expect(group(/^Namespaces/).open).toBe(false);
    expect(group(/^Hosts, VFIO and link/).open).toBe(true);
    const inner = within(group(/^Hosts, VFIO and link/))
      .getByText(/\d+ checks passed/)
      .closest('details')!;
    expect(inner.open).toBe(false);
  });

  it('says the cause of a refusal first, each kind once, and folds the others', async () => {
    const destination = fleet.hosts['hv-b']!;
    destination.capabilities.vfioMigration = { available: false, reason: 'kernel too old' };
    destination.vfioFlags = { ...destination.vfioFlags, stopCopy: false, p2p: false };
    render(<MigrationScreen />);
    act(() => useNavigation.setState({ migrateVirtualMachineId: 'hv-a:db-primary' }));
    const host = await screen.findByRole('radio', { name: /hv-b/ });
    expect(
      within(host)
        .getAllByText(/^✕/)
        .map((line) => line.textContent),
    ).toEqual([expect.stringMatching(/^✕ VFIO migration: .*kernel too old/)]);
    await press(/^Show \d+ more reasons?$/);
    expect(within(host).getAllByText(/^✕/).length).toBeGreaterThan(1);
  });
});
