import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { succeed } from '#shared/result.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { readSettings } from '#shared/settings/read-settings.ts';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { takeRun, useRuns } from '../fleet-mirror/runs-store.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';
import { takeTrace, useTrace } from '../fleet-mirror/trace-store.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { migrationRun } from '../test-support/run-fixture.ts';
import { TracePanel } from './trace-panel.tsx';
import { useTraceView } from './trace-view-store.ts';

beforeEach(() => {
  // jsdom lays nothing out; the virtual list asks for its height to know how many rows fit.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, value: 400 });
  useTrace.setState({ entries: [] });
  useRuns.setState({ runs: {}, order: [] });
  useTraceView.setState(useTraceView.getInitialState());
});

afterEach(() => {
  cleanup();
  Reflect.deleteProperty(HTMLElement.prototype, 'clientHeight');
});

function entry(sequence: number, changes: Partial<CommandTraceEntry> = {}): CommandTraceEntry {
  return {
    sequence,
    simulatedTime: false,
    at: Date.UTC(2026, 10, 23, 14, 22, sequence),
    hostId: 'hv-a',
    controller: 'nvme1',
    side: 'host',
    opcode: 0x1c,
    nsid: 0,
    dwords: [0x110008, 4, 0, 0, 0, 0],
    dataLength: 0,
    name: 'Virtualization Management · Secondary Assign',
    words: `CNTLID 0x0011 VQ NR ${sequence}`,
    outcome: { kind: 'completed', success: true, status: 0, statusWords: 'Successful', dw0: 4 },
    latencyMicroseconds: 184,
    ...changes,
  };
}

const refused = entry(2, {
  controller: 'nvme0',
  outcome: { kind: 'completed', success: false, status: 0x4120, statusWords: 'Invalid State', dw0: 0 },
});

const rows = () => within(screen.getByRole('grid')).getAllByRole('row').slice(1);

it('lists commands as they come, and what the filter leaves', async () => {
  render(<TracePanel />);
  expect(screen.getByText('No admin command has been sent yet')).toBeTruthy();
  act(() => takeTrace([entry(1), refused]));
  expect(rows()).toHaveLength(2);
  act(() => takeTrace([entry(3)]));
  expect(rows()).toHaveLength(3);
  await userEvent.type(screen.getByRole('textbox', { name: 'Filter commands' }), 'nvme0 0x4120');
  expect(rows()).toHaveLength(1);
  expect(rows()[0]?.textContent).toContain('Invalid State (0x4120)');
  expect(screen.getByText('1 of 3 commands')).toBeTruthy();
});

it('shows only errors, and the way back when nothing is left', async () => {
  takeTrace([entry(1)]);
  render(<TracePanel />);
  await userEvent.click(screen.getByRole('button', { name: 'Errors only' }));
  await userEvent.click(screen.getByRole('button', { name: 'Show all 1 command' }));
  expect(rows()).toHaveLength(1);
});

it('stands still while paused and clears what is shown without losing it', async () => {
  takeTrace([entry(1)]);
  render(<TracePanel />);
  await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
  act(() => takeTrace([entry(2), entry(3)]));
  expect(rows()).toHaveLength(1);
  expect(screen.getByText(/paused, 2 newer/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Follow' }));
  expect(rows()).toHaveLength(3);
  await userEvent.click(screen.getByRole('button', { name: 'Clear the list' }));
  expect(screen.getByText('The list was cleared')).toBeTruthy();
  act(() => takeTrace([entry(4)]));
  expect(rows()).toHaveLength(1);
});

it('chooses by keyboard and shows every dword of the chosen command', async () => {
  takeTrace([entry(1), refused, entry(3)]);
  render(<TracePanel />);
  screen.getByRole('grid').focus();
  await userEvent.keyboard('{Home}{ArrowDown}');
  const details = screen.getByRole('region', { name: 'Details of command 2' });
  expect(details.textContent).toContain('CDW100x00110008');
  expect(details.textContent).toContain('0x4120 · SCT 1 · SC 0x20 · DNR');
  expect(details.textContent).toContain('nvme virt-mgmt /dev/nvme0');
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('region', { name: /Details/ })).toBeNull();
});

it('shows the line of a command as the chosen nvme-cli spells it', async () => {
  useSettings.setState(defaultSettings);
  installFakeBridge({
    'settings:set': (patch) => succeed(readSettings({ ...useSettings.getState(), ...patch }).settings),
  });
  takeTrace([entry(1, { opcode: 6, dwords: [1, 0, 0, 0, 0, 0], dataLength: 4096 })]);
  render(<TracePanel />);
  screen.getByRole('grid').focus();
  await userEvent.keyboard('{Home}');
  const details = screen.getByRole('region', { name: 'Details of command 1' });
  expect(details.textContent).toContain('nvme id-ctrl /dev/nvme1');
  await userEvent.click(screen.getByRole('button', { name: 'Lines for nvme-cli 2.x' }));
  expect(details.textContent).toContain('nvme id ctrl /dev/nvme1');
  await userEvent.click(screen.getByRole('button', { name: 'Lines for nvme-cli 3.x' }));
  expect(details.textContent).toContain('nvme id-ctrl /dev/nvme1');
});

it('shows VFIO states, the journal and the script of the last procedure', async () => {
  const fleet = fixtureFleet({ hosts: 1 });
  const secondary = fleet.controllers['hv-a/0000:41:00.0/3'];
  if (secondary?.role !== 'secondary') throw new Error('fixture');
  secondary.vfioState = 'PRE_COPY';
  useFleetMirror.setState({ fleet, status: 'ready', revision: 1 });
  render(<TracePanel />);
  await userEvent.click(screen.getByRole('tab', { name: 'VFIO states' }));
  expect(screen.getByRole('table', { name: 'VFIO states' }).textContent).toContain('PRE_COPY');
  await userEvent.click(screen.getByRole('tab', { name: 'Journal' }));
  expect(screen.getByText('No changes yet')).toBeTruthy();
  const run = migrationRun();
  act(() =>
    takeRun({ ...run, steps: run.steps.map((step) => ({ ...step, status: 'done', readBack: 'it is so' })) }),
  );
  expect(screen.getAllByText('it is so')).toHaveLength(4);
  await userEvent.click(screen.getByRole('tab', { name: 'Equivalent script' }));
  expect(screen.getByText(/# Add VF 1 as virtual id 20/)).toBeTruthy();
});
