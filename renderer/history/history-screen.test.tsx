import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunSummary } from '#shared/ipc/contract.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail, succeed } from '#shared/result.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { useNavigation } from '../navigation.ts';
import { useStaged } from '../procedures/intents.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { proposalOf } from '../test-support/proposal-of.ts';
import { migrationRun } from '../test-support/run-fixture.ts';
import { HistoryScreen } from './history-screen.tsx';

let runs: ProcedureRun[];
let bridge: FakeBridge;

function run(id: string, title: string, changes: Partial<ProcedureRun>): ProcedureRun {
  const made = migrationRun({
    id,
    migration: null,
    status: 'done',
    endedAt: Date.UTC(2026, 10, 23),
    ...changes,
  });
  return { ...made, plan: { ...made.plan, title } };
}

function summary(of: ProcedureRun): RunSummary {
  const { plan, steps, ...rest } = of;
  return { ...rest, title: plan.title, intentKind: plan.intent.kind, stepCount: steps.length };
}

beforeEach(() => {
  runs = [
    run('run-1', 'Assign VF 5', { startedAt: 1, undoable: true }),
    run('run-2', 'Take VF 9 offline', {
      startedAt: 2,
      status: 'failed',
      error: { code: 'device-status', message: 'Invalid State (0x4120)', fix: 'Reset it.' },
      leftovers: [{ what: 'VF 9 is offline', commandLines: ['nvme virt-mgmt /dev/nvme1 --act=9'] }],
    }),
    run('run-3', 'Move it', { startedAt: 3, status: 'interrupted', endedAt: null }),
  ];
  useRuns.setState({ runs: {}, order: [] });
  useNavigation.setState({ runId: null });
  bridge = installFakeBridge({
    'history:list': () => succeed({ runs: runs.map(summary) }),
    'history:get': ({ runId }) => {
      const found = runs.find((one) => one.id === runId);
      return found === undefined ? fail('not-found', `No run ${runId}`) : succeed(found);
    },
    'procedure:plan-undo': ({ runId }) => {
      const found = runs.find((one) => one.id === runId);
      return found === undefined
        ? fail('not-found', 'gone')
        : succeed(proposalOf({ ...found.plan, pointOfNoReturn: null }));
    },
    'procedure:undo': () => fail('refused', 'VF 5 is used by db-primary.', { fix: 'Stop it first.' }),
  });
});

afterEach(cleanup);

it('lists the newest first, finds by text, and shows steps, error and what is left', async () => {
  render(<HistoryScreen />);
  const items = await screen.findAllByRole('listitem');
  expect(items[0]?.textContent).toContain('Move it');
  await userEvent.type(screen.getByRole('textbox', { name: 'Filter procedures' }), 'failed');
  await userEvent.click(screen.getByRole('button', { name: /Take VF 9 offline/ }));
  expect(await screen.findByText('VF 9 is offline')).toBeTruthy();
  expect(screen.getByRole('alert').textContent).toContain('Reset it.');
  expect(screen.queryByRole('button', { name: /Assign VF 5/ })).toBeNull();
});

it.each([
  ['failed', 'Why it failed'],
  ['rolled-back', 'Why it was rolled back'],
  ['aborting', 'Why it is rolled back'],
] as const)('heads the reason of a run that is %s with "%s"', async (status, heading) => {
  const [, second] = runs;
  if (second === undefined) throw new Error('fixture');
  runs = [{ ...second, status }];
  act(() => useNavigation.setState({ runId: 'run-2' }));
  render(<HistoryScreen />);
  expect(await screen.findByText(heading)).toBeTruthy();
});

it('shows what the ways on of an interrupted one would do before one is taken', async () => {
  act(() => useNavigation.setState({ runId: 'run-3' }));
  render(<HistoryScreen />);
  for (const [name, how] of [
    ['Resume…', 'resume'],
    ['Roll back…', 'roll-back'],
    ['Leave as it is…', 'dismiss'],
  ] as const) {
    await userEvent.click(await screen.findByRole('button', { name }));
    expect(useStaged.getState().staged).toEqual({ kind: 'recover', runId: 'run-3', how });
  }
  expect(bridge.requests.some(({ channel }) => channel === 'procedure:recover')).toBe(false);
});

it('undoes, and follows a run that is pushed', async () => {
  act(() => useNavigation.setState({ runId: 'run-1' }));
  render(<HistoryScreen />);
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
  await expect
    .poll(() => bridge.requests.slice(-2))
    .toEqual([
      { channel: 'procedure:plan-undo', request: { runId: 'run-1' } },
      {
        channel: 'procedure:undo',
        request: {
          runId: 'run-1',
          reviewed: { digest: 'a'.repeat(64), fleetRevision: 1 },
          agreed: { guests: [], warnings: [] },
        },
      },
    ]);
  const first = runs[0];
  if (first === undefined) throw new Error('fixture');
  act(() => takeRun({ ...first, undoable: false, undoneBy: 'run-9' }));
  expect(await screen.findByText(/It was undone/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
});

it('says what was agreed to when it started', async () => {
  const [first] = runs;
  if (first === undefined) throw new Error('fixture');
  const warnings = [
    { id: 'copy', words: 'The copy on hv-b must never run again.' },
    { id: 'other', words: 'Nobody agreed to this.' },
  ];
  const agreed = { guests: ['hv-a:db-primary'], warnings: ['copy'] };
  runs = [{ ...first, plan: { ...first.plan, warnings }, agreed }];
  act(() => useNavigation.setState({ runId: 'run-1' }));
  render(<HistoryScreen />);
  const note = (await screen.findByText('Agreed to when it started')).closest('[role="note"]');
  expect(note?.textContent).toContain('db-primary loses a drive or data.');
  expect(note?.textContent).toContain('The copy on hv-b must never run again.');
  expect(note?.textContent).not.toContain('Nobody');
});

it('says what was agreed to for each way on after it had been cut short', async () => {
  const [first] = runs;
  if (first === undefined) throw new Error('fixture');
  const at = Date.UTC(2026, 10, 28, 8, 0);
  const warnings = [{ id: 'left', words: 'db-primary stands paused on hv-a.' }];
  const recoveries: ProcedureRun['recoveries'] = [
    { how: 'resume', at },
    { how: 'roll-back', at: at + 1, agreed: { guests: ['hv-a:db-primary'], warnings: [] } },
    { how: 'dismiss', at: at + 2, warnings, agreed: { guests: [], warnings: ['left'] } },
  ];
  runs = [{ ...first, recoveries }];
  act(() => useNavigation.setState({ runId: 'run-1' }));
  render(<HistoryScreen />);
  const notes = (await screen.findAllByText(/^Agreed to when/)).map(
    (title) => title.closest('[role="note"]')?.textContent,
  );
  expect(notes).toEqual([
    expect.stringMatching(/when it was rolled back, .*db-primary loses a drive or data\./),
    expect.stringMatching(/when it was left as it is, .*db-primary stands paused on hv-a\./),
  ]);
});

it('says what to do when nothing was changed yet, and when the journal cannot be read', async () => {
  runs = [];
  const { unmount } = render(<HistoryScreen />);
  expect(await screen.findByText('No changes yet')).toBeTruthy();
  unmount();
  installFakeBridge({
    'history:list': () => fail('storage', 'The database is locked.', { fix: 'Try again.' }),
  });
  render(<HistoryScreen />);
  expect((await screen.findByRole('alert')).textContent).toContain('The database is locked.');
});
