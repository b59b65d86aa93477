import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, succeed } from '#shared/result.ts';
import { useCarry } from '../../carry/carry-store.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useSettings } from '../../fleet-mirror/settings-store.ts';
import { unstage, useStaged } from '../../procedures/intents.ts';
import { installFakeBridge } from '../../test-support/fake-bridge.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { proposalOf } from '../../test-support/proposal-of.ts';
import { stagedIntent } from '../../test-support/staged-intent.ts';
import { useNotices } from '../../ui/overlays/notices.ts';
import { layoutFleet } from '../scene/layout.ts';
import { neighbour, treeItems } from '../scene/tree-items.ts';
import { handleTreeKey, type TreeKeyContext } from './tree-keys.ts';

const fleet = fixtureFleet({ members: [3, 10] });
const items = treeItems(fleet, layoutFleet(fleet), null);
const free = 'hv-a/0000:41:00.0/12';
const virtual = 'hv-a/0000:41:00.0|nqn.2026-11.io.berth:my_v_nqn_1';

function item(key: string) {
  const found = items.find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no item ${key}`);
  return found;
}

function press(key: string, over: Partial<TreeKeyContext> = {}): boolean {
  const context: TreeKeyContext = {
    carry: useCarry.getState().carry,
    items,
    current: item(free),
    selected: [],
    focusItem: vi.fn(),
    activate: vi.fn(),
    menu: vi.fn(),
    holdSpace: vi.fn(),
    ...over,
  };
  return handleTreeKey({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }, context);
}

/** Walks to a target by arrow keys, as a person would. */
function walkTo(target: string): void {
  for (let step = 0; step < 10; step += 1) {
    const { carry } = useCarry.getState();
    if (carry.mode === 'keyboard' && carry.chosen === target) return;
    press('ArrowDown');
  }
  throw new Error(`never reached ${target}`);
}

describe('assignment by keyboard', () => {
  beforeEach(() => {
    useFleetMirror.setState({ status: 'ready', fleet, revision: 1 });
    useSettings.setState({ applyAtOnce: false });
    useNotices.setState({ notices: [] });
    unstage();
    if (useCarry.getState().carry.mode !== 'idle') press('Escape');
  });

  it('picks up with Space, walks to a legal target and stages the assignment with Enter', () => {
    expect(press(' ')).toBe(true);
    walkTo(virtual);
    press('Enter');
    expect(stagedIntent()).toEqual({
      kind: 'assign',
      secondaryIds: [free],
      target: { kind: 'virtual-subsystem', virtualSubsystemId: virtual },
    });
    expect(useCarry.getState().carry.mode).toBe('idle');
  });

  it('carries the whole selection when the focused one belongs to it', () => {
    const selected = [free, 'hv-a/0000:41:00.0/13'];
    press(' ', { selected });
    walkTo(virtual);
    press('Enter');
    expect(stagedIntent()).toMatchObject({ secondaryIds: selected });
  });

  it('runs at once where the person chose so, with what was planned for it', async () => {
    const intent = {
      kind: 'assign' as const,
      secondaryIds: [free],
      target: { kind: 'virtual-machine' as const, virtualMachineId: 'hv-a:db-primary' },
    };
    const proposal = proposalOf({ title: '', intent, steps: [], consequences: [], pointOfNoReturn: null });
    const bridge = installFakeBridge({
      'procedure:plan': () => succeed(proposal),
      'procedure:run': () => fail('refused', 'not in this test'),
    });
    useSettings.setState({ applyAtOnce: true });
    press(' ');
    walkTo('hv-a:db-primary');
    press('Enter');
    expect(useStaged.getState().staged).toBeNull();
    await expect
      .poll(() => bridge.requests)
      .toEqual([
        { channel: 'procedure:plan', request: { intent } },
        {
          channel: 'procedure:run',
          request: {
            intent,
            reviewed: { digest: proposal.digest, fleetRevision: proposal.fleetRevision },
            agreed: { guests: [], warnings: [] },
          },
        },
      ]);
  });

  it('is reviewed although it was to run at once where it interrupts something', async () => {
    const intent = {
      kind: 'assign' as const,
      secondaryIds: [free],
      target: { kind: 'virtual-machine' as const, virtualMachineId: 'hv-a:db-primary' },
    };
    const consequences = ['The host loses nvme3n1.'];
    const bridge = installFakeBridge({
      'procedure:plan': () =>
        succeed(proposalOf({ title: '', intent, steps: [], consequences, pointOfNoReturn: null })),
    });
    useSettings.setState({ applyAtOnce: true });
    press(' ');
    walkTo('hv-a:db-primary');
    press('Enter');
    await expect.poll(stagedIntent).toEqual(intent);
    expect(bridge.requests.map(({ channel }) => channel)).toEqual(['procedure:plan']);
  });

  it('changes nothing after Escape', () => {
    press(' ');
    press('ArrowDown');
    press('Escape');
    expect(useCarry.getState().carry.mode).toBe('idle');
    expect(useStaged.getState().staged).toBeNull();
  });

  it('says why when nothing can be changed', () => {
    const readOnly = 'A capture is a recording. Open the simulated twin.';
    useFleetMirror.setState({ fleet: { ...fleet, source: { ...fleet.source, readOnly } } });
    press(' ');
    expect(useCarry.getState().carry.mode).toBe('idle');
    expect(useNotices.getState().notices[0]?.text).toBe(readOnly);
  });
});

describe('walking the graph', () => {
  it('goes to the next cell of the row, to the row below and back', () => {
    const first = item('hv-a/0000:41:00.0/1');
    const right = neighbour(items, first, 'right');
    expect(right?.key).toBe('hv-a/0000:41:00.0/2');
    expect(neighbour(items, first, 'down')?.key).toBe('hv-a/0000:41:00.0/9');
    expect(right === null ? null : neighbour(items, right, 'left')?.key).toBe(first.key);
  });

  it('reaches every item from the first one by arrow keys', () => {
    const reached = new Set([items[0]!.key]);
    const queue = [items[0]!];
    for (let current = queue.pop(); current !== undefined; current = queue.pop())
      for (const direction of ['left', 'right', 'up', 'down'] as const) {
        const next = neighbour(items, current, direction);
        if (next === null || reached.has(next.key)) continue;
        reached.add(next.key);
        queue.push(next);
      }
    expect([...reached].sort()).toEqual(items.map(({ key }) => key).sort());
  });

  it('names every item so that two things of the same kind are told apart', () => {
    const names = items.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('pans where there is nobody to walk to', () => {
    const focusItem = vi.fn();
    expect(press('ArrowUp', { current: null, focusItem })).toBe(true);
    expect(focusItem).not.toHaveBeenCalled();
  });
});
