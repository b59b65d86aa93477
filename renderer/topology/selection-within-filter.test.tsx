import { act, cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { select, useNavigation } from '../navigation.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { useSelectionWithinFilter } from './selection-within-filter.ts';

const fleet = fixtureFleet();
const secondaries = Object.values(fleet.controllers).filter((one) => one.role === 'secondary');
const online = secondaries.filter((one) => one.online).map(({ id }) => id);
const offline = secondaries.filter((one) => !one.online).map(({ id }) => id);
const hostId = Object.keys(fleet.hosts)[0] ?? '';
const selection = () => useNavigation.getState().selection;

function Probe({ of }: { readonly of: Fleet }) {
  useSelectionWithinFilter(of);
  return null;
}

afterEach(() => {
  cleanup();
  act(() => useNavigation.setState({ selection: [], filter: 'all', search: '' }));
});

describe('a selection under a filter', () => {
  it('keeps what the filter shows and loses what it hides', () => {
    expect(online.length).toBeGreaterThan(0);
    expect(offline.length).toBeGreaterThan(0);
    select([hostId, ...online, ...offline]);
    render(<Probe of={fleet} />);
    expect(selection()).toHaveLength(1 + online.length + offline.length);
    act(() => useNavigation.setState({ filter: 'offline' }));
    expect(selection()).toEqual([hostId, ...offline]);
    act(() => useNavigation.setState({ search: 'nothing is called so' }));
    expect(selection()).toEqual([hostId]);
  });

  it('loses what a change of the fleet takes out of sight', () => {
    useNavigation.setState({ filter: 'offline' });
    select(offline);
    const { rerender } = render(<Probe of={fleet} />);
    expect(selection()).toEqual(offline);
    const first = fleet.controllers[offline[0] ?? ''];
    if (first?.role !== 'secondary') throw new Error('the fixture has an offline secondary');
    const controllers = { ...fleet.controllers, [first.id]: { ...first, online: true } };
    rerender(<Probe of={{ ...fleet, controllers }} />);
    expect(selection()).toEqual(offline.slice(1));
  });
});
