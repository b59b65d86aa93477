import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreCopyFacts, PreCopyState } from '#shared/migration/pre-copy/round.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { succeed } from '#shared/result.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { useNavigation } from '../navigation.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { NoticeArea } from '../ui/overlays/notice-area.tsx';
import { clearNotices, useNotices } from '../ui/overlays/notices.ts';
import { useDecisionNotices } from './decision-notices.ts';
import { showMigrationRun, showMigrations } from './migration-view-store.ts';

let bridge: FakeBridge;

function Page() {
  useDecisionNotices();
  return <NoticeArea />;
}

function at(state: PreCopyState, more: Partial<PreCopyFacts> = {}): ProcedureRun {
  const run = finishedMigration(migrationFleet());
  const preCopy: PreCopyFacts = {
    ...{ state, rounds: [], roundSentBytes: 0, roundBytes: 0, totalSentBytes: 0, reason: '' },
    ...more,
  };
  const migration = run.migration && { ...run.migration, preCopy };
  return { ...run, status: 'running', migration };
}

const take = (run: ProcedureRun) => act(() => takeRun(run));
const titles = () => useNotices.getState().notices.map(({ title }) => title);

beforeEach(() => {
  bridge = installFakeBridge({ 'migration:decide': () => succeed({}) });
  useRuns.setState({ runs: {}, order: [] });
  useNavigation.setState({ screen: 'topology', runId: null });
  showMigrations();
  clearNotices();
  render(<Page />);
});
afterEach(cleanup);

describe('a migration that waits for a person', () => {
  it('is said once while nobody looks at it, however often it comes to wait', () => {
    take(at('copying'));
    expect(titles()).toEqual([]);
    for (const state of ['holding', 'copying', 'holding'] as const) take(at(state));
    expect(titles()).toEqual(['db-primary is held before its switch-over']);
    act(() => clearNotices());
    take(at('holding'));
    expect(titles()).toEqual([]);
    take(at('not-converging'));
    expect(titles()).toEqual(['The migration of db-primary does not converge']);
  });

  it('is not said to who looks at it, nor while it waits for its next low', () => {
    take(at('holding', { waitsForLow: { atMostBytes: 1, roundsLeft: 9 } }));
    expect(titles()).toEqual([]);
    act(() => {
      useNavigation.setState({ screen: 'migrations' });
      showMigrationRun('run-7');
    });
    take(at('holding'));
    expect(titles()).toEqual([]);
    act(() => useNavigation.setState({ screen: 'topology' }));
    expect(titles()).toHaveLength(1);
  });

  it('goes now, or is opened, from the notice', async () => {
    const user = userEvent.setup();
    take(at('holding'));
    await user.click(screen.getByRole('button', { name: /^Stop db-primary now and move it, for about 380/ }));
    expect(bridge.requests).toEqual([
      { channel: 'migration:decide', request: { runId: 'run-7', decision: 'switch-over' } },
    ]);
    expect(titles()).toEqual([]);
    take(at('not-converging'));
    await user.click(screen.getByRole('button', { name: 'Open the migration of db-primary' }));
    expect(useNavigation.getState()).toMatchObject({ screen: 'migrations', runId: 'run-7' });
  });

  it('takes the notice away when it goes on, or ends', () => {
    take(at('holding'));
    expect(titles()).toHaveLength(1);
    take(at('switching-over'));
    expect(titles()).toEqual([]);
  });
});
