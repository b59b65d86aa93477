import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useCarry } from '../../carry/carry-store.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../../navigation.ts';
import { useStaged } from '../../procedures/intents.ts';
import { fixtureFleet } from '../../test-support/fixture-fleet.ts';
import { stagedIntent } from '../../test-support/staged-intent.ts';
import { ListView } from './list-view.tsx';

const fleet = fixtureFleet({ hosts: 1 });
const id = (vfn: number) => `hv-a/0000:41:00.0/${vfn}`;

describe('the list twin', () => {
  beforeEach(() => {
    // jsdom lays nothing out: the virtualiser needs a height to show rows.
    Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, value: 640 });
    Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, value: 1000 });
    Element.prototype.scrollTo = () => undefined;
    useFleetMirror.setState({ status: 'ready', fleet, revision: 1 });
    useNavigation.setState({ selection: [], filter: 'all', search: '' });
    useStaged.setState({ staged: null });
  });
  afterEach(cleanup);

  it('selects by click, adds with Ctrl and takes ranges with Shift, in the selection that the graph shows', async () => {
    const user = userEvent.setup();
    render(<ListView fleet={fleet} />);
    await user.click(screen.getByRole('row', { name: /^VF 2 of hv-a/ }));
    expect(useNavigation.getState().selection).toEqual([id(2)]);
    await user.keyboard('{Control>}');
    await user.click(screen.getByRole('row', { name: /^VF 5 of hv-a/ }));
    await user.keyboard('{/Control}');
    expect(useNavigation.getState().selection).toEqual([id(2), id(5)]);
    await user.click(screen.getByRole('row', { name: /^VF 2 of hv-a/ }));
    await user.keyboard('{Shift>}');
    await user.click(screen.getByRole('row', { name: /^VF 4 of hv-a/ }));
    await user.keyboard('{/Shift}');
    expect(useNavigation.getState().selection).toEqual([id(2), id(3), id(4)]);
  });

  it('shows what the filter and the text let through', () => {
    useNavigation.setState({ filter: 'all', search: 'my_v_nqn_1' });
    render(<ListView fleet={fleet} />);
    const rows = screen.getAllByRole('row').map((row) => row.getAttribute('aria-label'));
    expect(rows.filter((name) => name?.startsWith('VF'))).toEqual([
      'VF 3 of hv-a/nvme1',
      'VF 4 of hv-a/nvme1',
    ]);
  });

  it('offers the targets beside the list while a row is carried by keyboard, and stages the drop', async () => {
    const user = userEvent.setup();
    render(<ListView fleet={fleet} />);
    await user.click(screen.getByRole('row', { name: /^VF 7 of hv-a/ }));
    await user.keyboard(' ');
    expect(screen.getByRole('region', { name: 'Targets' }).textContent).toContain('my_v_nqn_1');
    await user.keyboard('{Enter}');
    expect(useCarry.getState().carry.mode).toBe('idle');
    expect(stagedIntent()).toMatchObject({ kind: 'assign', secondaryIds: [id(7)] });
  });
});
