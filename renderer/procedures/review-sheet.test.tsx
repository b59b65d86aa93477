import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '#shared/procedure/intent.ts';
import { comparePlans } from '#shared/procedure/plan-changes.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Change } from '#shared/procedure/proposal.ts';
import { fail, succeed } from '#shared/result.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { proposalOf } from '../test-support/proposal-of.ts';
import { propose, stage, undo, unstage, useStaged } from './intents.ts';
import { ReviewSheet } from './review-sheet.tsx';

const intent: Intent = {
  kind: 'assign',
  secondaryIds: ['hv-a/0000:41:00.0/12'],
  target: { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' },
};
const change: Change = { kind: 'intent', intent };
const plan: Plan = {
  title: 'Assign VF 12 to db-primary',
  intent,
  steps: [
    {
      step: { kind: 'secondary-online', secondaryId: 'hv-a/0000:41:00.0/12' },
      hostId: 'hv-a',
      phase: 'Resources',
      words: 'Bring VF 12 online',
      commandLines: ['nvme virt-mgmt /dev/nvme1 --cntlid=12 --act=9'],
      inverse: [],
    },
  ],
  consequences: ['db-primary sees a new controller.'],
  pointOfNoReturn: null,
};

const longer: Plan = {
  ...plan,
  steps: [
    ...plan.steps,
    {
      step: { kind: 'attach-namespace', controllerId: 'hv-a/0000:41:00.0/12', nsid: 1 },
      hostId: 'hv-a',
      phase: 'Namespaces',
      words: 'Attach namespace 1 to VF 12',
      commandLines: [],
      inverse: [],
    },
  ],
};
const changes = comparePlans(plan, longer);

const guest = (name: string) => ({ id: `hv-a:${name}`, title: name });

function runOf(status: ProcedureRun['status']): ProcedureRun {
  return {
    id: 'run-1',
    plan,
    status,
    steps: [{ status: 'running', startedAt: 1, durationMicroseconds: null, readBack: '', error: null }],
    startedAt: 1,
    endedAt: null,
    progress: 0.5,
    error: null,
    leftovers: [],
    abortable: true,
    undoable: false,
    undoneBy: null,
    undoes: null,
    fleetName: 'fixture',
    simulated: true,
    migration: null,
  };
}

describe('the review sheet', () => {
  beforeEach(() => {
    useFleetMirror.setState({ status: 'ready', fleet: fixtureFleet(), revision: 1 });
    useRuns.setState({ runs: {}, order: [] });
    stage(intent);
  });
  afterEach(cleanup);

  it('shows the steps with their command lines and what they interrupt; nothing runs before Apply', async () => {
    const bridge = installFakeBridge({ 'procedure:plan': () => succeed(proposalOf(plan)) });
    render(<ReviewSheet change={change} />);
    expect(await screen.findByText('Bring VF 12 online')).toBeTruthy();
    expect(screen.getByText(/--act=9/)).toBeTruthy();
    expect(screen.getByText('db-primary sees a new controller.')).toBeTruthy();
    expect(bridge.requests.map(({ channel }) => channel)).toEqual(['procedure:plan']);
  });

  it('plans again with the resources that were typed in', async () => {
    const bridge = installFakeBridge({ 'procedure:plan': () => succeed(proposalOf(plan)) });
    render(<ReviewSheet change={change} />);
    await userEvent.type(await screen.findByLabelText('VQ resources'), '6');
    expect(bridge.requests.at(-1)?.request).toEqual({ intent: { ...intent, vq: 6 } });
  });

  it('says every reason of a refusal and keeps Apply away', async () => {
    installFakeBridge({
      'procedure:plan': () =>
        fail('refused', 'VF 12 cannot be assigned.', {
          details: ['Reason one.', 'Reason two.'],
          fix: 'Free some.',
        }),
    });
    render(<ReviewSheet change={change} />);
    const alert = await screen.findByRole('alert');
    for (const text of ['VF 12 cannot be assigned.', 'Reason one.', 'Reason two.', 'Free some.'])
      expect(alert.textContent).toContain(text);
    expect(screen.getByRole('button', { name: 'Apply' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('follows the run live, offers to abort, and closes when it is done', async () => {
    installFakeBridge({
      'procedure:plan': () => succeed(proposalOf(plan)),
      'procedure:run': () => succeed({ outcome: 'started', run: runOf('running') }),
    });
    render(<ReviewSheet change={change} />);
    await screen.findByText('Bring VF 12 online');
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    expect(await screen.findByText(/running/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Abort and roll back' })).toBeTruthy();
    expect(useStaged.getState().staged).toEqual(change);
    takeRun(runOf('done'));
    await expect.poll(() => useStaged.getState().staged).toBeNull();
  });

  it('runs the plan that is on the screen, by its digest and revision', async () => {
    const bridge = installFakeBridge({
      'procedure:plan': () => succeed(proposalOf(plan, { mark: 'b', fleetRevision: 7 })),
      'procedure:run': () => succeed({ outcome: 'started', run: runOf('running') }),
    });
    render(<ReviewSheet change={change} />);
    await screen.findByText('Bring VF 12 online');
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    expect(bridge.requests.at(-1)).toEqual({
      channel: 'procedure:run',
      request: {
        intent,
        reviewed: { digest: 'b'.repeat(64), fleetRevision: 7 },
        agreed: { guests: [], warnings: [] },
      },
    });
  });

  it('shows the new plan, marked, when the fleet changed before Apply, and runs that one on a new decision', async () => {
    const runs = [
      {
        outcome: 'plan-changed' as const,
        proposal: proposalOf(longer, { mark: 'c', fleetRevision: 2, changes }),
      },
      { outcome: 'started' as const, run: runOf('running') },
    ];
    const bridge = installFakeBridge({
      'procedure:plan': () => succeed(proposalOf(plan)),
      'procedure:run': () => succeed(runs.shift() as (typeof runs)[number]),
    });
    render(<ReviewSheet change={change} />);
    await screen.findByText('Bring VF 12 online');
    const news = screen.getByRole('status', { name: 'Changes of the plan' });
    expect(news.textContent).toBe('');
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await expect.poll(() => news.textContent).toContain('The fleet changed since you reviewed this');
    expect(news.textContent).toContain('1 step is new.');
    const [kept, added] = screen
      .getAllByRole('listitem')
      .filter((item) => item.textContent?.includes('VF 12'));
    expect(kept?.textContent).not.toContain('new');
    expect(added?.textContent).toContain('Attach namespace 1 to VF 12 new');
    expect(screen.queryByRole('button', { name: 'Abort and roll back' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Apply the new plan' }));
    expect(bridge.requests.at(-1)?.request).toMatchObject({
      reviewed: { digest: 'c'.repeat(64), fleetRevision: 2 },
    });
    expect(await screen.findByRole('button', { name: 'Abort and roll back' })).toBeTruthy();
  });

  it('compares with the first look whenever the fleet moves, and says nothing when the plan is the same', async () => {
    let answer = proposalOf(plan);
    const bridge = installFakeBridge({ 'procedure:plan': () => succeed(answer) });
    render(<ReviewSheet change={change} />);
    await screen.findByText('Bring VF 12 online');
    const move = (revision: number) => act(() => useFleetMirror.setState({ revision }));
    move(2);
    const first = { digest: 'a'.repeat(64), fleetRevision: 1 };
    await expect.poll(() => bridge.requests.at(-1)?.request).toEqual({ intent, reviewed: first });
    expect(screen.queryByText('The fleet changed since you reviewed this')).toBeNull();
    answer = proposalOf(longer, { mark: 'c', fleetRevision: 3, changes });
    move(3);
    expect(await screen.findByText('The fleet changed since you reviewed this')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Apply the new plan' })).toBeTruthy();
    expect(bridge.requests.at(-1)?.request).toEqual({ intent, reviewed: first });
  });

  const step = plan.steps[0] as Plan['steps'][number];
  const reset: Plan = { ...plan, steps: [{ ...step, words: 'Reset VF 12', inverse: null }] };

  it('says what of the selection stays as it is: what the change is not about, and what is as wanted already', async () => {
    const already = '2 controllers are already online and stay as they are: VF 1, VF 2.';
    const partly = proposalOf({ ...plan, consequences: [], left: [already] });
    const bridge = installFakeBridge({ 'procedure:plan': () => succeed(partly) });
    const others = '1 selected object is not a secondary controller.';
    render(<ReviewSheet change={change} left={[others]} />);
    const left = await screen.findByText('What this leaves as it is');
    const lines = () => within(left.parentElement ?? left).queryAllByRole('listitem');
    await expect.poll(() => lines().map(({ textContent }) => textContent)).toEqual([others, already]);
    // Neither runs unseen where changes are applied at once.
    useSettings.setState({ applyAtOnce: true });
    unstage();
    propose(intent, [others]);
    expect(useStaged.getState()).toMatchObject({ staged: change, left: [others] });
    unstage();
    propose(intent);
    await expect.poll(() => useStaged.getState().staged).toEqual(change);
    expect(bridge.requests.map(({ channel }) => channel)).not.toContain('procedure:run');
    useSettings.setState({ applyAtOnce: false });
    unstage();
  });

  it('undoes at once what interrupts nothing, and shows the sheet of any other undo', async () => {
    const undoPlan = { ...plan, title: 'Undo: Assign VF 12 to db-primary' };
    let answer = proposalOf({ ...undoPlan, consequences: [] });
    const bridge = installFakeBridge({
      'procedure:plan-undo': () => succeed(answer),
      'procedure:undo': () => succeed({ outcome: 'started', run: runOf('running') }),
    });
    const channels = () => bridge.requests.map(({ channel }) => channel);
    unstage();
    await undo('run-1');
    expect(channels()).toEqual(['procedure:plan-undo', 'procedure:undo']);
    bridge.requests.length = 0;
    for (const dangerous of [
      proposalOf({ ...undoPlan, consequences: ['The host loses nvme3n1.'] }),
      proposalOf({ ...reset, consequences: [] }),
      proposalOf({ ...undoPlan, consequences: [] }, { guestsCutOff: [guest('db-primary')] }),
    ]) {
      unstage();
      answer = dangerous;
      await undo('run-1');
      expect(useStaged.getState()).toMatchObject({
        staged: { kind: 'undo', runId: 'run-1' },
        reviewed: null,
      });
    }
    expect(new Set(channels())).toEqual(new Set(['procedure:plan-undo']));
    render(<ReviewSheet change={{ kind: 'undo', runId: 'run-1' }} />);
    expect(await screen.findByText('Undo: Assign VF 12 to db-primary')).toBeTruthy();
    expect(screen.getByText('1 step, can be rolled back while it runs')).toBeTruthy();
  });

  it('says in red what cannot be undone, and Enter alone does not apply it', async () => {
    const bridge = installFakeBridge({
      'procedure:plan': () => succeed(proposalOf({ ...reset, consequences: [] })),
    });
    render(<ReviewSheet change={change} />);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('This cannot be undone');
    expect(alert.textContent).toContain('Step 1: Reset VF 12.');
    expect(screen.getByText('cannot be undone')).toBeTruthy();
    expect(screen.getByText('1 step, cannot be undone')).toBeTruthy();
    await expect.poll(() => document.activeElement?.textContent).toBe('Cancel');
    await userEvent.keyboard('{Enter}');
    expect(bridge.requests.map(({ channel }) => channel)).toEqual(['procedure:plan']);
    expect(useStaged.getState().staged).toBeNull();
  });

  it('runs what cuts a guest off only after the box was ticked, and for these guests', async () => {
    let guests = [guest('db-primary')];
    const bridge = installFakeBridge({
      'procedure:plan': () => succeed(proposalOf({ ...reset, consequences: [] }, { guestsCutOff: guests })),
      'procedure:run': () => succeed({ outcome: 'started', run: runOf('running') }),
    });
    const sent = () => bridge.requests.filter(({ channel }) => channel === 'procedure:run');
    const ran = () => sent().length > 0;
    render(<ReviewSheet change={change} />);
    const box = () => screen.getByRole('checkbox');
    const apply = () => screen.getByRole('button', { name: 'Apply' });
    await screen.findByRole('checkbox', { name: /db-primary loses a drive .* cannot be undone/ });
    await expect.poll(() => document.activeElement).toBe(box());
    await userEvent.keyboard('{Enter}{Enter}');
    await userEvent.click(apply());
    expect(ran()).toBe(false);
    await userEvent.click(box());
    expect(apply().getAttribute('aria-disabled')).toBeNull();
    // Another guest, another decision.
    guests = [guest('db-primary'), guest('db-standby')];
    act(() => useFleetMirror.setState({ revision: 2 }));
    await screen.findByRole('checkbox', { name: /db-standby/ });
    expect(box().getAttribute('aria-checked')).toBe('false');
    await userEvent.click(apply());
    expect(ran()).toBe(false);
    await userEvent.click(box());
    await userEvent.click(apply());
    await expect.poll(ran).toBe(true);
    // What was ticked is what is sent.
    expect(sent()).toMatchObject([
      { request: { agreed: { guests: ['hv-a:db-primary', 'hv-a:db-standby'], warnings: [] } } },
    ]);
  });

  it('asks again when a guest changes whose name the box has no place for', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    let guests = names.map(guest);
    installFakeBridge({
      'procedure:plan': () => succeed(proposalOf({ ...reset, consequences: [] }, { guestsCutOff: guests })),
    });
    render(<ReviewSheet change={change} />);
    const box = () => screen.getByRole('checkbox');
    await userEvent.click(await screen.findByRole('checkbox', { name: /a, b, c, d and 1 more guest lose/ }));
    expect(box().getAttribute('aria-checked')).toBe('true');
    guests = [...guests.slice(0, 4), guest('f')];
    act(() => useFleetMirror.setState({ revision: 2 }));
    await expect.poll(() => box().getAttribute('aria-checked')).toBe('false');
  });

  it('undoes with what was ticked, too', async () => {
    const bridge = installFakeBridge({
      'procedure:plan-undo': () =>
        succeed(proposalOf({ ...plan, consequences: [] }, { guestsCutOff: [guest('db-primary')] })),
      'procedure:undo': () => succeed({ outcome: 'started', run: runOf('running') }),
    });
    render(<ReviewSheet change={{ kind: 'undo', runId: 'run-1' }} />);
    await userEvent.click(await screen.findByRole('checkbox', { name: /db-primary loses/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await expect
      .poll(() => bridge.requests.at(-1))
      .toMatchObject({
        channel: 'procedure:undo',
        request: { runId: 'run-1', agreed: { guests: ['hv-a:db-primary'], warnings: [] } },
      });
  });

  it('starts what warns of something only when each warning was agreed to, and says which', async () => {
    const resume: Intent = { kind: 'resume-machine', virtualMachineId: 'hv-a:db-primary' };
    const warnings = [
      { id: 'copy', words: 'The copy on hv-b must never run again.' },
      { id: 'loaded', words: 'It is not proven.' },
    ];
    const bridge = installFakeBridge({
      'procedure:plan': () => succeed(proposalOf({ ...plan, intent: resume, consequences: [], warnings })),
      'procedure:run': () => succeed({ outcome: 'started', run: runOf('running') }),
    });
    const runs = () => bridge.requests.filter(({ channel }) => channel === 'procedure:run');
    render(<ReviewSheet change={{ kind: 'intent', intent: resume }} />);
    const apply = () => screen.getByRole('button', { name: 'Apply' });
    await userEvent.click(await screen.findByRole('checkbox', { name: warnings[0]?.words ?? '' }));
    await userEvent.click(apply());
    await userEvent.keyboard('{Enter}');
    expect(runs()).toEqual([]);
    await userEvent.click(screen.getByRole('checkbox', { name: warnings[1]?.words ?? '' }));
    await userEvent.click(apply());
    await expect
      .poll(() => runs()[0]?.request)
      .toMatchObject({
        intent: resume,
        agreed: { guests: [], warnings: ['copy', 'loaded'] },
      });
  });

  it('takes what was to run at once into a review when the plan changed in between', async () => {
    installFakeBridge({
      'procedure:plan-undo': () => succeed(proposalOf({ ...plan, consequences: [] })),
      'procedure:undo': () =>
        succeed({ outcome: 'plan-changed', proposal: proposalOf(longer, { mark: 'c', changes }) }),
    });
    unstage();
    await undo('run-1');
    expect(useStaged.getState()).toMatchObject({
      staged: { kind: 'undo', runId: 'run-1' },
      reviewed: { digest: 'a'.repeat(64), fleetRevision: 1 },
    });
  });
});
