import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FleetChange } from '#shared/fleet/change.ts';
import { succeed } from '#shared/result.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { judgeChange, loadReplaced, loadSnapshot, takeChange, useFleetMirror } from './fleet-store.ts';

const fleet = fixtureFleet();
let revision = 7;
const machine = fleet.virtualMachines['hv-a:db-primary']!;

function change(number: number): FleetChange {
  return {
    revision: number,
    upserts: { virtualMachines: { [machine.id]: { ...machine, state: 'paused' } } },
    removals: {},
  };
}

function serve() {
  return installFakeBridge({
    'fleet:snapshot': () => succeed({ json: JSON.stringify({ revision, fleet }) }),
  });
}

describe('the fleet mirror', () => {
  beforeEach(async () => {
    revision = 7;
    serve();
    await loadSnapshot();
  });

  it('applies the next revision and keeps what did not change', () => {
    const before = useFleetMirror.getState().fleet!;
    takeChange(change(8));
    const after = useFleetMirror.getState();
    expect(after.revision).toBe(8);
    expect(after.fleet?.virtualMachines[machine.id]?.state).toBe('paused');
    expect(after.fleet?.controllers).toBe(before.controllers);
  });

  it('ignores what the snapshot already holds', () => {
    takeChange(change(7));
    expect(useFleetMirror.getState().fleet?.virtualMachines[machine.id]?.state).toBe('running');
    expect(judgeChange(7, change(3))).toBe('ignore');
  });

  it('asks for a snapshot after a gap, shows the old fleet as stale meanwhile', async () => {
    const bridge = serve();
    revision = 10;
    takeChange(change(9));
    expect(useFleetMirror.getState()).toMatchObject({ status: 'stale', revision: 7 });
    expect(useFleetMirror.getState().fleet).not.toBeNull();
    await vi.waitFor(() =>
      expect(useFleetMirror.getState()).toMatchObject({ status: 'ready', revision: 10 }),
    );
    expect(bridge.requests).toHaveLength(1);
  });

  it('loads once more when a change arrives while a snapshot is under way', async () => {
    const bridge = serve();
    const first = loadSnapshot();
    revision = 8;
    takeChange(change(8));
    await first;
    await vi.waitFor(() => expect(bridge.requests).toHaveLength(2));
    await vi.waitFor(() => expect(useFleetMirror.getState()).toMatchObject({ status: 'ready', revision: 8 }));
  });

  it('takes the snapshot under way for another source, if it is new enough', async () => {
    const bridge = serve();
    revision = 8;
    const first = loadSnapshot();
    await loadReplaced(8);
    await first;
    expect(bridge.requests).toHaveLength(1);
    expect(useFleetMirror.getState()).toMatchObject({ status: 'ready', revision: 8 });
  });

  it('loads the other source when the snapshot under way was older', async () => {
    const bridge = serve();
    const first = loadSnapshot();
    await Promise.all([first, loadReplaced(9), Promise.resolve().then(() => (revision = 9))]);
    expect(bridge.requests).toHaveLength(2);
    expect(useFleetMirror.getState()).toMatchObject({ status: 'ready', revision: 9 });
  });
});
