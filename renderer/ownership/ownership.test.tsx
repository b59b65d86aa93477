import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipFinding } from '#shared/ownership/finding.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { takeOwnership } from '../fleet-mirror/ownership-store.ts';
import { StatusBar } from '../frame/status-bar.tsx';
import { useNavigation } from '../navigation.ts';
import { useStaged } from '../procedures/intents.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { migrationRun } from '../test-support/run-fixture.ts';
import { OwnershipBanner } from './ownership-banner.tsx';
import { RunAudit } from './run-audit.tsx';

const reset: Intent = { kind: 'reset', controllerIds: ['hv-a/0000:41:00.0/3'], reset: 'function' };
const finding = (number: number): OwnershipFinding => ({
  kind: 'function-suspended',
  objectIds: [`hv-a/0000:41:00.0/${number}`],
  title: `Guest ${number} runs, and VF ${number} is suspended.`,
  lines: [`Evidence ${number}`],
  waysOut: [
    { kind: 'recover', words: `Resume run ${number}`, runId: `run-${number}` },
    { kind: 'change', words: `Reset VF ${number}`, intent: reset },
    { kind: 'show', words: `Look at VF ${number}`, objectId: `hv-a/0000:41:00.0/${number}` },
    { kind: 'shell', words: `Resume guest ${number}`, commandLines: [`virsh resume guest-${number}`] },
  ],
});

describe('what the audit of ownership found', () => {
  beforeEach(() => {
    installFakeBridge({});
    useFleetMirror.setState({ status: 'ready', fleet: fixtureFleet(), revision: 1 });
    useNavigation.setState({ screen: 'settings', selection: [], runId: null });
    useStaged.setState({ staged: null });
    takeOwnership({ findings: [] });
  });
  afterEach(cleanup);

  it('stands over every screen in three lines at most, counts in the status bar, and goes when it is in order', async () => {
    takeOwnership({ findings: [1, 2, 3, 4, 5].map(finding) });
    const { rerender } = render(<OwnershipBanner />);
    const lines = within(screen.getByRole('alert')).getAllByRole('listitem');
    expect(lines.map(({ textContent }) => textContent).slice(2)).toEqual([
      'Guest 3 runs, and VF 3 is suspended.',
      'and 2 more',
    ]);
    render(<StatusBar />);
    expect(screen.getByRole('button', { name: /5 errors/ })).toBeTruthy();
    takeOwnership({ findings: [] });
    rerender(<OwnershipBanner />);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('leads to each way out from the banner', async () => {
    const user = userEvent.setup();
    takeOwnership({ findings: [finding(3)] });
    render(<OwnershipBanner />);
    const wayOut = async (name: string) => {
      await user.click(screen.getByRole('button', { name: 'Show the ways out' }));
      const dialog = await screen.findByRole('dialog');
      expect(dialog.textContent).toContain('Evidence 3');
      expect(dialog.textContent).toContain('virsh resume guest-3');
      await user.click(within(dialog).getByRole('button', { name }));
      expect(screen.queryByRole('dialog')).toBeNull();
    };
    await wayOut('Reset VF 3…');
    expect(useStaged.getState().staged).toEqual({ kind: 'intent', intent: reset });
    await wayOut('Look at VF 3');
    expect(useNavigation.getState()).toMatchObject({
      screen: 'topology',
      selection: ['hv-a/0000:41:00.0/3'],
    });
    await wayOut('Resume run 3');
    expect(useNavigation.getState()).toMatchObject({ screen: 'history', runId: 'run-3' });
  });

  it('is in the record of a run, which says when everything was in order', () => {
    const run = migrationRun();
    const { rerender } = render(<RunAudit run={{ ...run, status: 'failed', audit: [finding(3)] }} />);
    expect(screen.getByText('Guest 3 runs, and VF 3 is suspended.')).toBeTruthy();
    rerender(<RunAudit run={{ ...run, status: 'done', audit: [] }} />);
    expect(screen.getByText(/was in order when it had ended/)).toBeTruthy();
    rerender(<RunAudit run={{ ...run, status: 'running', audit: [finding(3)] }} />);
    expect(screen.queryByText('Who has what')).toBeNull();
  });
});
