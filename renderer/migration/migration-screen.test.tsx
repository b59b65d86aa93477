import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { Check } from '#shared/migration/checks/check.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { destinationOptions } from '#shared/migration/destination-options.ts';
import { forecastMigration } from '#shared/migration/forecast.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { StartAnswer } from '#shared/procedure/proposal.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { useNavigation } from '../navigation.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { proposalOf } from '../test-support/proposal-of.ts';
import { MigrationScreen } from './migration-screen.tsx';
import { dropDraft, useMigrationView } from './migration-view-store.ts';
import { dispatch } from './wizard/dispatch.ts';

let fleet: Fleet;
let bridge: FakeBridge;
let extra: Check[];
let onRun: (intent: Intent) => Result<StartAnswer>;
let started: ProcedureRun;

beforeEach(() => {
  fleet = migrationFleet();
  extra = [];
  onRun = () => succeed({ outcome: 'started', run: started });
  const finished = finishedMigration(fleet);
  started = {
    ...finished,
    status: 'running',
    endedAt: null,
    progress: 0.25,
    abortable: true,
    steps: finished.steps.map((step, index) => (index === 0 ? step : { ...step, status: 'waiting' })),
    migration: finished.migration && { ...finished.migration, downtimeMilliseconds: null, proof: [] },
  };
  useFleetMirror.setState({ fleet, status: 'ready', revision: 1 });
  useRuns.setState({ runs: {}, order: [] });
  bridge = installFakeBridge({
    'history:list': () => succeed({ runs: [] }),
    'migration:destinations': ({ virtualMachineId }) =>
      succeed({ destinations: destinationOptions(fleet, virtualMachineId) }),
    'migration:propose': ({ virtualMachineId, destinationHostId }) =>
      succeed(proposeMapping(fleet, virtualMachineId, destinationHostId)),
    'migration:remedies': () => succeed({ checks: [] }),
    'migration:check': ({ request }) => {
      const { checks } = checkCompatibility(fleet, request);
      const all = [...checks.filter((check) => check.verdict === 'passed'), ...extra];
      const count = (verdict: Check['verdict']) => all.filter((check) => check.verdict === verdict).length;
      const forecast = forecastMigration(fleet, request);
      return succeed({
        compatibility: {
          checks: all,
          errors: count('error'),
          warnings: count('warning'),
          passed: count('passed'),
        },
        downtimeForecastMilliseconds: forecast.downtimeMilliseconds,
        totalForecastMilliseconds: forecast.totalMilliseconds,
      });
    },
    'procedure:plan': ({ intent }) => {
      const planned = planOf(intent);
      return planned.ok ? succeed(proposalOf(planned.value)) : planned;
    },
    'procedure:run': ({ intent }) => onRun(intent),
    'procedure:abort': () => succeed({}),
  });
});

afterEach(() => {
  cleanup();
  dropDraft();
});

function planOf(intent: Intent): Result<Plan> {
  return intent.kind === 'migrate' ? planMigration(fleet, intent.request) : fail('refused', 'no');
}

function check(id: string, verdict: Check['verdict']): Check {
  return {
    id,
    group: 'identity',
    title: `Check ${id}`,
    verdict,
    evidence: 'read from both',
    source: '7.1.2',
    destination: '7.0.9',
    fix: 'Set a virtual value.',
  };
}

const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

/** Walks from the list to the step after the mapping. */
async function walkToChecks(): Promise<void> {
  render(<MigrationScreen />);
  await press('New migration…');
  await userEvent.click(await screen.findByRole('radio', { name: /db-primary/ }));
  await press('Continue');
  await userEvent.click(await screen.findByRole('radio', { name: /hv-b/ }));
  await press('Continue');
  await screen.findAllByRole('combobox');
  await press('Continue');
  await screen.findByRole('heading', { name: 'Can db-primary move to hv-b?' });
  await screen.findAllByText(/passed/);
}

async function walkToReview(): Promise<void> {
  await walkToChecks();
  await press('Continue');
  await press('Continue');
  await screen.findByRole('list', { name: 'Steps' });
}

describe('wizard', () => {
  it('keeps the source host in the list of destinations, refused with its reason', async () => {
    render(<MigrationScreen />);
    await press('New migration…');
    await userEvent.click(await screen.findByRole('radio', { name: /db-primary/ }));
    await press('Continue');
    const source = await screen.findByRole('radio', { name: /hv-a/ });
    expect(source.getAttribute('aria-disabled')).toBe('true');
    expect(source.textContent).toContain('already runs here');
    await userEvent.click(source);
    expect(source.getAttribute('aria-checked')).toBe('false');
  });

  it('starts the migration with what was chosen and shows it running', async () => {
    await walkToReview();
    await press('Migrate');
    await screen.findByRole('heading', { name: /Migrating db-primary · hv-a → hv-b/ });
    const sent = bridge.requests.find(({ channel }) => channel === 'procedure:run')?.request;
    expect(sent).toMatchObject({
      intent: {
        kind: 'migrate',
        request: { virtualMachineId: 'hv-a:db-primary', destinationHostId: 'hv-b' },
      },
    });
  });

  it('sends the plan that was looked at, and shows the new one for a new decision when it is another', async () => {
    const changes = {
      summary: '1 step is new.',
      steps: [{ index: 0, change: 'new' as const, before: null }],
      removed: [],
      consequences: { added: [], removed: [] },
    };
    onRun = (intent) => {
      const planned = planOf(intent);
      if (!planned.ok) return planned;
      const proposal = proposalOf(planned.value, { mark: 'e', fleetRevision: 2, changes });
      return succeed({ outcome: 'plan-changed', proposal });
    };
    const sent = () => bridge.requests.findLast(({ channel }) => channel === 'procedure:run')?.request;
    await walkToReview();
    await press('Migrate');
    expect(await screen.findByText('1 step is new.')).toBeTruthy();
    expect(sent()).toMatchObject({ reviewed: { digest: 'a'.repeat(64), fleetRevision: 1 } });
    expect(within(screen.getByRole('list', { name: 'Steps' })).getAllByText('new')).toHaveLength(1);
    onRun = () => succeed({ outcome: 'started', run: started });
    await press('Migrate with the new plan');
    await screen.findByRole('heading', { name: /Migrating/ });
    expect(sent()).toMatchObject({ reviewed: { digest: 'e'.repeat(64), fleetRevision: 2 } });
  });

  it('does not migrate while a check blocks, and says which', async () => {
    extra = [check('mdts', 'error')];
    await walkToReview();
    const migrate = screen.getByRole('button', { name: 'Migrate' });
    await waitFor(() => expect(migrate.getAttribute('aria-description')).toBe('1 check blocks the move.'));
    await userEvent.click(migrate);
    expect(bridge.requests.some(({ channel }) => channel === 'procedure:run')).toBe(false);
  });

  it('asks for the acknowledgement of warnings and sends it along', async () => {
    extra = [check('fr', 'warning')];
    await walkToReview();
    const migrate = screen.getByRole('button', { name: 'Migrate' });
    await waitFor(() =>
      expect(migrate.getAttribute('aria-description')).toBe('1 warning is not acknowledged.'),
    );
    await userEvent.click(screen.getByRole('checkbox', { name: 'I have read the warning' }));
    await userEvent.click(migrate);
    await screen.findByRole('heading', { name: /Migrating/ });
    const sent = bridge.requests.find(({ channel }) => channel === 'procedure:run')?.request;
    expect(sent).toMatchObject({ intent: { request: { acknowledged: ['fr'] } } });
  });

  it('checks again, once, after choices that follow each other fast', async () => {
    await walkToChecks();
    await press('Continue');
    const before = bridge.requests.filter(({ channel }) => channel === 'migration:check').length;
    const budget = screen.getByRole('textbox', { name: /Downtime budget/ });
    await userEvent.clear(budget);
    await userEvent.type(budget, '2500');
    await waitFor(() => {
      const last = bridge.requests.findLast(({ channel }) => channel === 'migration:check')?.request;
      expect(last).toMatchObject({ request: { options: { downtimeBudgetMilliseconds: 2500 } } });
    });
    const after = bridge.requests.filter(({ channel }) => channel === 'migration:check').length;
    expect(after - before).toBeLessThan(4);
  });

  it('asks for the checks also when a choice was made again that changes nothing', async () => {
    await walkToChecks();
    const check = () => useMigrationView.getState().draft?.check.kind;
    await waitFor(() => expect(check()).toBe('done'));
    const options = { ...useMigrationView.getState().draft!.options };
    act(() => dispatch({ kind: 'set-options', options }));
    expect(check()).toBe('checking');
    await waitFor(() => expect(check()).toBe('done'));
  });

  it('leaves without a question when nothing was entered, and asks otherwise', async () => {
    render(<MigrationScreen />);
    await press('New migration…');
    await press('Cancel');
    await screen.findByRole('heading', { name: 'Migrations' });
    await press('New migration…');
    await userEvent.click(await screen.findByRole('radio', { name: /db-primary/ }));
    await press('Cancel');
    const question = await screen.findByRole('dialog', { name: 'Discard this migration?' });
    await userEvent.click(within(question).getByRole('button', { name: 'Keep editing' }));
    expect(screen.getByRole('radio', { name: /db-primary/ }).getAttribute('aria-checked')).toBe('true');
  });

  it('takes the virtual machine that was meant elsewhere', async () => {
    render(<MigrationScreen />);
    act(() => useNavigation.setState({ migrateVirtualMachineId: 'hv-a:db-primary' }));
    await screen.findByRole('heading', { name: 'Where does db-primary go?' });
    expect(useNavigation.getState().migrateVirtualMachineId).toBeNull();
  });

  it('forgets the choices when another source is opened', async () => {
    render(<MigrationScreen />);
    act(() => useNavigation.setState({ migrateVirtualMachineId: 'hv-a:db-primary' }));
    await screen.findByRole('heading', { name: 'Where does db-primary go?' });
    act(() => useFleetMirror.setState({ fleet: { ...fleet, source: { ...fleet.source, name: 'rack' } } }));
    await screen.findByRole('heading', { name: 'Migrations' });
    expect(screen.queryByText('A migration is being prepared')).toBeNull();
  });

  it('moves nothing on a read-only source', async () => {
    useFleetMirror.setState({ fleet: { ...fleet, source: { ...fleet.source, readOnly: 'A recording.' } } });
    render(<MigrationScreen />);
    const create = await screen.findByRole('button', { name: 'New migration…' });
    expect(create.getAttribute('aria-description')).toBe('A recording.');
  });
});

describe('run', () => {
  const show = (run: ProcedureRun) => {
    takeRun(run);
    useNavigation.setState({ runId: run.id });
    render(<MigrationScreen />);
  };

  it('aborts while that is possible, and says when it no longer is', async () => {
    show(started);
    await userEvent.click(await screen.findByRole('button', { name: 'Abort, stay on hv-a' }));
    expect(bridge.requests.at(-1)).toEqual({ channel: 'procedure:abort', request: { runId: started.id } });
    act(() => takeRun({ ...started, abortable: false }));
    expect(screen.queryByRole('button', { name: /Abort/ })).toBeNull();
    expect(screen.getByText(/Past the point of no return/)).toBeTruthy();
  });

  it('follows the pushed run to its result', async () => {
    show(started);
    const bar = await screen.findByRole('progressbar', { name: /Overall progress/ });
    expect(bar.getAttribute('aria-valuenow')).toBe('25');
    act(() => takeRun({ ...started, progress: 0.5 }));
    expect(bar.getAttribute('aria-valuenow')).toBe('50');
    act(() => takeRun(finishedMigration(fleet)));
    expect(await screen.findByRole('heading', { name: /db-primary moved from hv-a to hv-b/ })).toBeTruthy();
    expect(screen.getByRole('table', { name: 'Proof' }).textContent).toContain('✓ equal');
    expect(screen.getAllByText('391 ms').length).toBeGreaterThan(0);
  });

  it('shows what is left after a failure, with its commands', async () => {
    const { error: _none, ...finished } = finishedMigration(fleet);
    show({
      ...finished,
      status: 'failed',
      error: { code: 'device-status', message: 'Invalid Controller Data Queue (0x4137)' },
      leftovers: [{ what: 'Virtual subsystem on hv-b', commandLines: ['nvme virtual_subsys_delete'] }],
    });
    expect(await screen.findByRole('heading', { name: /Migration of db-primary failed/ })).toBeTruthy();
    expect(screen.getByText('nvme virtual_subsys_delete')).toBeTruthy();
  });
});
