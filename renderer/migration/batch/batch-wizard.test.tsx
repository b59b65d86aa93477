import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import type { BatchMember, MigrationBatch, NewBatch } from '#shared/migration/batch/batch.ts';
import type { Check } from '#shared/migration/checks/check.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import { succeed } from '#shared/result.ts';
import { migrationFleet, migrationRequest } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { takeBatch, useBatches } from '../../fleet-mirror/batches-store.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { takeRun, useRuns } from '../../fleet-mirror/runs-store.ts';
import { startMigrations } from '../../navigation.ts';
import { type FakeBridge, installFakeBridge } from '../../test-support/fake-bridge.ts';
import { MigrationScreen } from '../migration-screen.tsx';
import { showBatch, showMigrations } from '../migration-view-store.ts';
import { useBatchDraft } from './batch-draft.ts';

const warning: Check = {
  ...{ id: 'identity.fr:x', group: 'identity', title: 'Firmware revision', verdict: 'warning' },
  ...{ evidence: '7.1.2 and 7.0.9', source: '7.1.2', destination: '7.0.9', fix: 'Set a virtual value' },
};

let fleet: Fleet;
let bridge: FakeBridge;
let placements: PlacementView[];

beforeEach(() => {
  fleet = migrationFleet();
  const machine = fleet.virtualMachines['hv-a:db-primary']!;
  fleet.virtualMachines['hv-a:bare'] = { ...machine, id: 'hv-a:bare', name: 'bare', deviceIds: [] };
  placements = [
    {
      ...{ virtualMachineId: 'hv-a:db-primary', request: migrationRequest(fleet), warnings: [warning] },
      ...{ passed: 70, downtimeForecastMilliseconds: 40, totalForecastMilliseconds: 900, refused: null },
    },
    {
      ...{ virtualMachineId: 'hv-a:bare', request: null, warnings: [], passed: 0 },
      ...{ downtimeForecastMilliseconds: null, totalForecastMilliseconds: null },
      refused: {
        ...{ cause: 'bare has no secondary controller', fix: 'Assign one first' },
        hosts: [{ hostId: 'hv-b', reasons: ['bare has no secondary controller'] }],
      },
    },
  ];
  useFleetMirror.setState({ fleet, status: 'ready', revision: 1 });
  useRuns.setState({ runs: {}, order: [] });
  useBatches.setState({ batches: [] });
  bridge = installFakeBridge({
    'history:list': () => succeed({ runs: [] }),
    'batch:place': () => succeed({ placements }),
    'batch:begin': (asked) => succeed(batchOf(asked)),
    'batch:change': ({ id }) => succeed({ ...useBatches.getState().batches.find((one) => one.id === id)! }),
    'migration:decide': () => succeed({}),
  });
});

afterEach(() => {
  cleanup();
  useBatchDraft.setState({ draft: null });
  showMigrations();
});

function batchOf({ title, limits, whenOneFails, members }: NewBatch): MigrationBatch {
  return {
    ...{ id: 'batch-1', title, limits, whenOneFails, startedAt: 1, endedAt: null, state: 'running' },
    heldBecause: '',
    members: members.map(({ request }, index) => member(String(index + 1), { request })),
  };
}

function member(id: string, change: Partial<BatchMember> = {}): BatchMember {
  return {
    ...{ id, name: 'db-primary', from: 'hv-a', to: 'hv-b', agreed: nothingAgreed, state: 'waiting' },
    ...{ runId: null, startedAt: null, endedAt: null, reasons: [], request: migrationRequest(fleet) },
    ...change,
  };
}

const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }));
const sent = (channel: string) => bridge.requests.findLast((one) => one.channel === channel)?.request;

function evacuate(): void {
  render(<MigrationScreen />);
  act(() => startMigrations({ kind: 'evacuate', hostId: 'hv-a' }));
}

describe('the wizard for several migrations', () => {
  it('shows where each goes, and what no host takes with its cause', async () => {
    evacuate();
    const table = await screen.findByRole('table', { name: 'Placement' });
    expect(sent('batch:place')).toMatchObject({ what: { kind: 'evacuate', hostId: 'hv-a' }, chosen: [] });
    expect(within(table).getByRole('row', { name: /db-primary/ }).textContent).toContain('Automatic: hv-b');
    const refused = within(table).getByRole('row', { name: /bare/ });
    expect(refused.textContent).toContain('bare has no secondary controller');
    expect(within(refused).getByRole('checkbox').getAttribute('aria-disabled')).toBe('true');
  });

  it('looks again when a person chooses a host, by drag as by list', async () => {
    evacuate();
    const row = (await screen.findByRole('table', { name: 'Placement' })).querySelector('tbody tr')!;
    const data = new Map<string, string>();
    const dataTransfer = {
      setData: (type: string, value: string) => void data.set(type, value),
      getData: (type: string) => data.get(type) ?? '',
      get types() {
        return [...data.keys()];
      },
    };
    const fire = (target: Element, kind: string) => {
      const event = new Event(kind, { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: dataTransfer });
      act(() => void target.dispatchEvent(event));
    };
    fire(row, 'dragstart');
    const host = within(screen.getByRole('list', { name: 'Hosts' }))
      .getByText('hv-b')
      .closest('li')!;
    fire(host, 'dragover');
    fire(host, 'drop');
    await waitFor(() =>
      expect(sent('batch:place')).toMatchObject({
        chosen: [{ virtualMachineId: 'hv-a:db-primary', destinationHostId: 'hv-b' }],
      }),
    );
  });

  it('starts only when every warning has been read, and sends what was read with each', async () => {
    evacuate();
    await screen.findByRole('table', { name: 'Placement' });
    await press('Continue');
    await userEvent.click(screen.getByRole('checkbox', { name: /Stop at the first failure/ }));
    await press('Continue');
    const start = await screen.findByRole('button', { name: 'Evacuate' });
    expect(start.getAttribute('aria-description')).toBe('1 warning is not acknowledged.');
    await userEvent.click(screen.getByRole('checkbox', { name: /db-primary/ }));
    await userEvent.click(start);
    await screen.findByRole('table', { name: 'Migrations of this batch' });
    expect(sent('batch:begin')).toMatchObject({
      ...{ title: 'Evacuate hv-a', whenOneFails: 'stop', limits: { atOnce: 4, perHost: 2 } },
      members: [{ request: { virtualMachineId: 'hv-a:db-primary', acknowledged: [warning.id] } }],
    });
  });

  it('begins with the virtual machines that are ticked', async () => {
    render(<MigrationScreen />);
    await press('Several at once…');
    await userEvent.click(await screen.findByRole('checkbox', { name: /db-primary/ }));
    expect(screen.getByRole('checkbox', { name: /bare/ }).getAttribute('aria-disabled')).toBe('true');
    await press('Continue');
    await screen.findByRole('heading', { name: 'Where do they go?' });
    expect(sent('batch:place')).toMatchObject({
      what: { kind: 'machines', virtualMachineIds: ['hv-a:db-primary'] },
    });
  });

  it('is kept when the list is looked at, and dropped with another source', async () => {
    evacuate();
    await screen.findByRole('table', { name: 'Placement' });
    act(showMigrations);
    expect(await screen.findByText('Several migrations are being prepared')).toBeTruthy();
    act(() => useFleetMirror.setState({ fleet: { ...fleet, source: { ...fleet.source, name: 'rack' } } }));
    await waitFor(() => expect(screen.queryByText('Several migrations are being prepared')).toBeNull());
  });
});

describe('a batch of migrations', () => {
  const show = (batch: Partial<MigrationBatch>, members: readonly BatchMember[]) => {
    const whole = batchOf({
      title: 'Move 2',
      limits: { atOnce: 1, perHost: 1 },
      whenOneFails: 'go-on',
      members: [],
    });
    takeBatch({ ...whole, ...batch, members: [...members] });
    showBatch('batch-1');
    render(<MigrationScreen />);
  };

  it('follows each member by its own run, and opens it', async () => {
    const run = { ...finishedMigration(fleet), status: 'running' as const, progress: 0.25, abortable: true };
    takeRun({ ...run, migration: run.migration && { ...run.migration, downtimeMilliseconds: null } });
    show({}, [member('1', { state: 'running', runId: run.id }), member('2', { name: 'web' })]);
    const bar = await screen.findByRole('progressbar', { name: 'Progress of db-primary' });
    expect(bar.getAttribute('aria-valuenow')).toBe('25');
    act(() => takeRun({ ...run, progress: 0.5 }));
    expect(bar.getAttribute('aria-valuenow')).toBe('50');
    expect(screen.getByRole('button', { name: 'Abort db-primary' })).toBeTruthy();
    await press('Show db-primary');
    await screen.findByRole('heading', { name: /Migrating db-primary/ });
  });

  it('takes out what waits, puts it first, and aborts all', async () => {
    show({}, [
      member('1', { state: 'running' }),
      member('2', { name: 'web' }),
      member('3', { name: 'mail' }),
    ]);
    await press('Take out web');
    expect(sent('batch:change')).toEqual({ id: 'batch-1', change: { kind: 'take-out', memberId: '2' } });
    await press('Start mail first');
    expect(sent('batch:change')).toEqual({ id: 'batch-1', change: { kind: 'reorder', memberIds: ['3'] } });
    await press('Abort all');
    expect(sent('batch:change')).toEqual({ id: 'batch-1', change: { kind: 'abort-all' } });
  });

  it('asks what becomes of the rest when it is held', async () => {
    show({ state: 'held', heldBecause: 'Berth ended while it was under way.' }, [member('1')]);
    expect(await screen.findByText('1 migration is held')).toBeTruthy();
    await press('Drop the rest');
    expect(sent('batch:change')).toEqual({ id: 'batch-1', change: { kind: 'drop-rest' } });
    await press('Go on');
    expect(sent('batch:change')).toEqual({ id: 'batch-1', change: { kind: 'go-on' } });
  });

  it('says why one was refused, and stands in the list of migrations', async () => {
    show({ state: 'ended', endedAt: 2 }, [
      member('1', { state: 'refused', reasons: ['No room: 0 VQ free'] }),
    ]);
    expect(await screen.findByText('No room: 0 VQ free')).toBeTruthy();
    await press('Close');
    const row = within(await screen.findByRole('table', { name: 'Batches' })).getByRole('row', {
      name: /Move 2/,
    });
    expect(row.textContent).toContain('1 refused');
    await press('Show Move 2');
    await screen.findByRole('table', { name: 'Migrations of this batch' });
  });
});
