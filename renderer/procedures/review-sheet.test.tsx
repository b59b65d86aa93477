import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '#shared/procedure/intent.ts';
import type { Plan, ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail, succeed } from '#shared/result.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { stage, useStaged } from './intents.ts';
import { ReviewSheet } from './review-sheet.tsx';

const intent: Intent = {
  kind: 'assign',
  secondaryIds: ['hv-a/0000:41:00.0/12'],
  target: { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' },
};
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
    const bridge = installFakeBridge({ 'procedure:plan': () => succeed(plan) });
    render(<ReviewSheet intent={intent} />);
    expect(await screen.findByText('Bring VF 12 online')).toBeTruthy();
    expect(screen.getByText(/--act=9/)).toBeTruthy();
    expect(screen.getByText('db-primary sees a new controller.')).toBeTruthy();
    expect(bridge.requests.map(({ channel }) => channel)).toEqual(['procedure:plan']);
  });

  it('plans again with the resources that were typed in', async () => {
    const bridge = installFakeBridge({ 'procedure:plan': () => succeed(plan) });
    render(<ReviewSheet intent={intent} />);
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
    render(<ReviewSheet intent={intent} />);
    const alert = await screen.findByRole('alert');
    for (const text of ['VF 12 cannot be assigned.', 'Reason one.', 'Reason two.', 'Free some.'])
      expect(alert.textContent).toContain(text);
    expect(screen.getByRole('button', { name: 'Apply' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('follows the run live, offers to abort, and closes when it is done', async () => {
    installFakeBridge({
      'procedure:plan': () => succeed(plan),
      'procedure:run': () => succeed(runOf('running')),
    });
    render(<ReviewSheet intent={intent} />);
    await screen.findByText('Bring VF 12 online');
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    expect(await screen.findByText(/running/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Abort and roll back' })).toBeTruthy();
    expect(useStaged.getState().staged).toEqual(intent);
    takeRun(runOf('done'));
    await expect.poll(() => useStaged.getState().staged).toBeNull();
  });
});
