import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { Inspector } from '../inspector/inspector.tsx';
import { select, useNavigation } from '../navigation.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { cellState } from '../topology/cell-appearance.ts';
import { listRows } from '../topology/list/list-rows.ts';
import { layoutFleet } from '../topology/scene/layout.ts';
import { treeItems } from '../topology/scene/tree-items.ts';
import { StatusBar } from './status-bar.tsx';

const machineId = 'hv-a:db-primary';
const primaryId = 'hv-a/0000:41:00.0';
const secondaryId = `${primaryId}/3`;

/** The fixture with a guest that lost its drive, a host that lost power, and two controllers that died. */
function failing(): Fleet {
  const fleet = fixtureFleet({ members: [3, 4] });
  const machine = fleet.virtualMachines[machineId];
  const host = fleet.hosts['hv-b'];
  const secondary = fleet.controllers[secondaryId];
  const primary = fleet.controllers['hv-b/0000:41:00.0'];
  const other = fleet.virtualMachines['hv-b:db-primary'];
  if (!machine || !host || !secondary || !primary || !other) throw new Error('the fixture has other ids');
  machine.lostDevices = ['0000:41:01.2'];
  host.lostPower = true;
  other.state = 'stopped';
  secondary.failure = 'fatal';
  primary.failure = 'not-answering';
  return fleet;
}

const show = (fleet: Fleet) => useFleetMirror.setState({ status: 'ready', fleet, revision: 1 });

describe('what has failed shows', () => {
  beforeEach(() => {
    installFakeBridge({});
    useNavigation.setState({ selection: [], filter: 'offline', search: 'x', screen: 'history' });
  });
  afterEach(cleanup);

  it('in the status bar, where a click selects it in the topology whatever the filter hides', async () => {
    const user = userEvent.setup();
    show(failing());
    render(<StatusBar />);
    for (const [name, ids] of [
      ['1 guest: drive lost or dead', [machineId]],
      ['1 host: lost power', ['hv-b']],
      ['1 controller: fatal status', [secondaryId]],
      ['1 controller: not answering', ['hv-b/0000:41:00.0']],
    ] as const) {
      await user.click(screen.getByRole('button', { name: new RegExp(name) }));
      expect(useNavigation.getState()).toMatchObject({
        selection: ids,
        screen: 'topology',
        filter: 'all',
        search: '',
      });
    }
  });

  it('nowhere while everything works', () => {
    show(fixtureFleet());
    render(<StatusBar />);
    expect(screen.queryByRole('button', { name: /lost|failed|fatal|not answering/ })).toBeNull();
  });

  it('in the names of the graph, in the cells and in the list', () => {
    const fleet = failing();
    const names = treeItems(fleet, layoutFleet(fleet), null).map(({ name }) => name);
    for (const part of [
      'Virtual machine db-primary on hv-a, lost its drive',
      'Host hv-b, lost power',
      'Primary controller hv-b/nvme1, not answering',
      'VF 3 of hv-a/nvme1, Fatal status',
    ])
      expect(names.filter((name) => name.startsWith(part))).toHaveLength(1);
    const secondary = fleet.controllers[secondaryId];
    expect(secondary?.role === 'secondary' && cellState(fleet, secondary)).toBe('failed');
    const rows = listRows(fleet, 'all', '');
    expect(rows.find(({ id }) => id === secondaryId)).toMatchObject({
      state: 'failed',
      stateWords: 'Fatal status',
    });
    expect(rows.find(({ id }) => id === 'hv-b/0000:41:00.0')).toMatchObject({
      state: 'failed',
      stateWords: 'not answering',
      host: 'hv-b · lost power',
    });
  });

  it('in the inspector, with what helps', () => {
    const fleet = failing();
    show(fleet);
    for (const [id, title, help] of [
      [machineId, 'db-primary: lost its drive', /hand it to the virtual machine/],
      ['hv-b', 'hv-b: lost power', /must be enabled/],
      [secondaryId, 'VF 3: fatal status', /Reset it/],
    ] as const) {
      select([id]);
      render(<Inspector fleet={fleet} />);
      const banner = screen.getAllByRole('alert').find((alert) => alert.textContent?.includes(title));
      expect(banner?.textContent).toMatch(help);
      cleanup();
    }
  });
});
