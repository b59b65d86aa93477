import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { RecoveryChange } from '#shared/procedure/proposal.ts';
import type { Recovery, RecoveryState } from '#shared/procedure/recovery/recovery.ts';
import { fail, succeed } from '#shared/result.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useRuns } from '../../fleet-mirror/runs-store.ts';
import { type FakeBridge, installFakeBridge } from '../../test-support/fake-bridge.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { proposalOf } from '../../test-support/proposal-of.ts';
import { migrationRun } from '../../test-support/run-fixture.ts';
import { stage, stageRecovery, useStaged } from '../intents.ts';
import { ReviewSheet } from '../review-sheet.tsx';

const run = migrationRun({ id: 'run-3', status: 'interrupted', migration: null });
const state: RecoveryState = {
  ...{ title: run.plan.title, startedAt: run.startedAt, stepCount: 4 },
  begun: [
    { index: 0, words: 'Create it on b', became: 'done', seen: 'it is there' },
    { index: 1, words: 'Add VF 1', became: 'uncertain', seen: 'A look at the fleet cannot tell.' },
  ],
  findings: ['db-primary stands paused on hv-a.'],
  ways: [
    { how: 'resume', stepCount: 3, refusals: [] },
    { how: 'roll-back', stepCount: 2, refusals: [] },
    { how: 'dismiss', stepCount: 0, refusals: [] },
  ],
};
const dbPrimary = { id: 'hv-a:db-primary', title: 'db-primary' };
const left = [{ id: 'left:hv-a:db-primary', words: 'db-primary stays paused on hv-a.' }];
const plans: Readonly<Record<Recovery, ReturnType<typeof proposalOf>>> = {
  resume: proposalOf({ ...run.plan, title: 'Resume: Migrate it', pointOfNoReturn: null }),
  'roll-back': proposalOf(
    { ...run.plan, title: 'Roll back: Migrate it', steps: run.plan.steps.slice(0, 2), pointOfNoReturn: null },
    { mark: 'b', guestsCutOff: [dbPrimary] },
  ),
  dismiss: proposalOf(
    { ...run.plan, title: 'Leave as it is: Migrate it', steps: [], pointOfNoReturn: null, warnings: left },
    { mark: 'c' },
  ),
};

let bridge: FakeBridge;
let answer: Partial<ProcedureRun>;

beforeEach(() => {
  useFleetMirror.setState({ status: 'ready', fleet: fixtureFleet(), revision: 1 });
  useRuns.setState({ runs: { [run.id]: run }, order: [run.id] });
  answer = { status: 'running' };
  bridge = installFakeBridge({
    'procedure:recovery': () => succeed(state),
    'procedure:plan-recover': ({ how }) => succeed(plans[how]),
    'procedure:recover': () => succeed({ outcome: 'started', run: { ...run, ...answer } }),
  });
});
afterEach(cleanup);

const sent = () => bridge.requests.filter(({ channel }) => channel === 'procedure:recover');
const button = (name: string) => screen.getByRole('button', { name });
const way = (name: RegExp) => screen.findByRole('radio', { name });

function open(how: Recovery): void {
  stageRecovery(run.id, how);
  const { staged } = useStaged.getState();
  render(<ReviewSheet change={staged as RecoveryChange} />);
}

it('says what was done, what is uncertain, and what each way on would do; nothing runs before one is taken', async () => {
  open('resume');
  expect(await screen.findByText('Resume: Migrate it')).toBeTruthy();
  const [uncertain] = screen
    .getAllByRole('note')
    .filter(({ textContent }) => textContent?.includes('Step 2'));
  expect(uncertain?.textContent).toContain('Step 2 is uncertain: Add VF 1');
  expect(uncertain?.textContent).toContain('A look at the fleet cannot tell.');
  await userEvent.click(screen.getByText('1 step done and read back'));
  const began = screen.getByRole('list', { name: 'Steps that began' });
  expect(within(began).getByText('Create it on b')).toBeTruthy();
  expect(screen.getByText('db-primary stands paused on hv-a.')).toBeTruthy();
  expect((await way(/^Resume/)).getAttribute('aria-checked')).toBe('true');
  expect((await way(/^Resume/)).textContent).toContain('Does the 3 steps that are left.');
  expect(screen.getByText('What Resume does')).toBeTruthy();
  expect(screen.getByRole('list', { name: 'Steps' }).children).toHaveLength(4);
  await userEvent.click(await way(/^Roll back/));
  expect(await screen.findByText('What Roll back does, the last step first')).toBeTruthy();
  expect(screen.getByRole('list', { name: 'Steps' }).children).toHaveLength(2);
  expect(sent()).toEqual([]);
});

it('resumes what was shown, and closes when it is done', async () => {
  answer = { status: 'done' };
  open('resume');
  await screen.findByText('What Resume does');
  await userEvent.click(button('Resume'));
  await expect
    .poll(() => sent()[0]?.request)
    .toEqual({
      runId: 'run-3',
      how: 'resume',
      reviewed: { digest: 'a'.repeat(64), fleetRevision: 1 },
      agreed: { guests: [], warnings: [] },
    });
  await expect.poll(() => useStaged.getState().staged).toBeNull();
});

it('rolls back from under a guest only when that was ticked for the way back', async () => {
  open('roll-back');
  const box = () => screen.findByRole('checkbox', { name: /db-primary loses/ });
  await expect.poll(async () => document.activeElement === (await box())).toBe(true);
  await userEvent.keyboard('{Enter}');
  await userEvent.click(button('Roll back'));
  expect(sent()).toEqual([]);
  await userEvent.click(await box());
  // Another way on, another decision.
  await userEvent.click(await way(/^Resume/));
  await screen.findByText('What Resume does');
  await userEvent.click(await way(/^Roll back/));
  expect((await box()).getAttribute('aria-checked')).toBe('false');
  await userEvent.click(await box());
  answer = { status: 'rolled-back', error: { code: 'aborted', message: 'It was rolled back as requested.' } };
  await userEvent.click(button('Roll back'));
  await expect
    .poll(() => sent()[0]?.request)
    .toMatchObject({ how: 'roll-back', agreed: { guests: ['hv-a:db-primary'], warnings: [] } });
  await expect.poll(() => useStaged.getState().staged).toBeNull();
});

it('leaves it as it is after a warning in red, never by Enter alone', async () => {
  answer = { status: 'failed', error: { code: 'aborted', message: 'It was left as it was.' } };
  open('dismiss');
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('It can be neither resumed nor rolled back afterwards.');
  expect(screen.getByText('Nothing runs')).toBeTruthy();
  expect(screen.queryByRole('list', { name: 'Steps' })).toBeNull();
  const stays = await screen.findByRole('list', { name: 'Steps that stay' });
  expect(stays.textContent).toMatch(/Create it on b.*done.*Add VF 1.*uncertain/);
  // What it did is looked up on the devices: once for all that the sheet says of it.
  expect(bridge.requests.filter(({ channel }) => channel === 'procedure:recovery')).toHaveLength(1);
  await expect.poll(() => document.activeElement?.textContent).toBe('Cancel');
  await userEvent.click(button('Leave as it is'));
  expect(sent()).toEqual([]);
  await userEvent.click(screen.getByRole('checkbox', { name: /db-primary stays paused/ }));
  await userEvent.click(button('Leave as it is'));
  await expect
    .poll(() => sent()[0]?.request)
    .toMatchObject({ how: 'dismiss', agreed: { guests: [], warnings: ['left:hv-a:db-primary'] } });
  await expect.poll(() => useStaged.getState().staged).toBeNull();
});

it('keeps a way that is refused in view, with the reason', async () => {
  const refusals = ['It had passed its point of no return.'];
  const ways = state.ways.map((one) => (one.how === 'roll-back' ? { ...one, refusals } : one));
  bridge = installFakeBridge({
    'procedure:recovery': () => succeed({ ...state, ways }),
    'procedure:plan-recover': ({ how }) =>
      how === 'roll-back' ? fail('refused', refusals[0] ?? '') : succeed(plans[how]),
  });
  open('roll-back');
  expect((await way(/^Roll back/)).getAttribute('aria-disabled')).toBe('true');
  expect(screen.getAllByText(/point of no return/).length).toBeGreaterThan(0);
  expect(button('Roll back').getAttribute('aria-disabled')).toBe('true');
  await userEvent.click(await way(/^Resume/));
  await screen.findByText('What Resume does');
  expect(button('Resume').getAttribute('aria-disabled')).toBeNull();
});

it('leaves nothing of a selection that was under review before', () => {
  stage({ kind: 'resume-machine', virtualMachineId: dbPrimary.id }, ['1 selected object is not a guest.']);
  stageRecovery(run.id, 'resume');
  expect(useStaged.getState()).toMatchObject({ staged: { kind: 'recover' }, left: [] });
});

it('says so when what was done cannot be read', async () => {
  bridge = installFakeBridge({
    'procedure:recovery': () => fail('not-found', 'There is no procedure run-3.'),
    'procedure:plan-recover': () => fail('not-found', 'There is no procedure run-3.'),
  });
  open('resume');
  expect(await screen.findByText('It is not known what was done')).toBeTruthy();
});
