import { cleanup, render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { objectActions, selectionCommands } from './object-actions.tsx';
import { closeDialog, useShownDialog } from './shown-dialog.ts';

const namespaceId = 'nqn#1';
const fleet: Fleet = {
  ...fixtureFleet(),
  namespaces: {
    [namespaceId]: {
      id: namespaceId,
      subsystemId: 'nqn',
      nsid: 1,
      sizeBytes: '1073741824',
      blockSize: 4096,
      metadataSize: 0,
      shared: true,
      nguid: '',
      eui64: '',
      uuid: '',
      attachedTo: [],
      problems: [],
    },
  },
};
const primary = Object.values(fleet.controllers).find((one) => one.role === 'primary');
const secondaries = Object.values(fleet.controllers).filter((one) => one.role === 'secondary');
const member = secondaries.find(({ virtualSubsystemId }) => virtualSubsystemId !== null);
const free = secondaries.find(({ online }) => !online);
const idsOf = (id: string | undefined, of: Fleet = fleet) =>
  objectActions(of, id === undefined ? [] : [id]).map((action) => action.id);

afterEach(() => {
  cleanup();
  closeDialog();
});

describe('actions of an object', () => {
  it('offers each kind of object what can be done with it, in the order of the menu', () => {
    expect(idsOf(primary?.id)).toEqual([
      'vf-count',
      'provision',
      'resources',
      'namespaces',
      'new-virtual-subsystem',
      'reset',
      'driver',
      'inject-fault',
      'copy-identity',
    ]);
    expect(idsOf(free?.id)).toEqual([
      'assign',
      'resources',
      'online',
      'namespaces',
      'reset',
      'driver',
      'inject-fault',
      'copy-identity',
    ]);
    expect(idsOf(member?.id)).toEqual([
      'assign',
      'resources',
      'offline',
      'namespaces',
      'remove',
      'reset',
      'driver',
      'inject-fault',
      'copy-identity',
    ]);
    expect(idsOf(Object.keys(fleet.hosts)[0])).toEqual([
      'new-virtual-subsystem',
      'inject-fault',
      'copy-identity',
    ]);
    expect(idsOf(Object.keys(fleet.virtualMachines)[0])).toEqual(['migrate', 'copy-identity']);
    expect(idsOf(Object.keys(fleet.virtualSubsystems)[0])).toEqual(['delete', 'copy-identity']);
    expect(idsOf(namespaceId)).toEqual(['inject-fault', 'copy-identity']);
    expect(idsOf(Object.keys(fleet.subsystems)[0])).toEqual(['copy-identity']);
    expect(idsOf('nobody')).toEqual([]);
  });

  it('says why a capture lets nothing be changed', () => {
    const reason = 'It is a capture.';
    const capture: Fleet = { ...fleet, source: { ...fleet.source, simulated: false, readOnly: reason } };
    const actions = objectActions(capture, [member?.id ?? '']);
    const unavailable = Object.fromEntries(actions.map((action) => [action.id, action.unavailable]));
    expect(unavailable).toEqual({
      assign: reason,
      resources: reason,
      offline: reason,
      namespaces: reason,
      remove: reason,
      reset: reason,
      driver: reason,
      'inject-fault': `${fleet.source.label} is not simulated.`,
      'copy-identity': null,
    });
  });

  it('names every command of the selection once', () => {
    expect(new Set(selectionCommands).size).toBe(selectionCommands.length);
  });

  it('shows the dialog of an action for the fleet as it is then', async () => {
    objectActions(fleet, [primary?.id ?? ''])
      .find(({ id }) => id === 'vf-count')
      ?.run();
    const now: Fleet = {
      ...fleet,
      controllers: { ...fleet.controllers, ...(primary && { [primary.id]: { ...primary, totalVfs: 77 } }) },
    };
    render(<Suspense>{useShownDialog.getState().draw?.(now)}</Suspense>);
    expect((await screen.findByRole('dialog')).textContent).toContain('0 to 77');
  });

  it('takes all of a selection or says that it takes one, and leaves no doubt what stays', () => {
    const ids = [primary?.id ?? '', member?.id ?? '', free?.id ?? ''];
    const actions = objectActions(fleet, ids);
    const labels = actions.map(({ label, onlyLast }) => ({ label, onlyLast }));
    const name = `VF ${free?.vfn}`;
    expect(labels).toContainEqual({ label: `Reset… (only ${name})`, onlyLast: true });
    expect(labels).toContainEqual({ label: `Online… (only ${name})`, onlyLast: true });
    expect(labels.filter(({ onlyLast }) => !onlyLast)).toHaveLength(1);
    expect(objectActions(fleet, ids.slice(-1)).some(({ onlyLast }) => onlyLast)).toBe(false);
    actions.find(({ id }) => id === 'assign')?.run();
    render(<Suspense>{useShownDialog.getState().draw?.(fleet)}</Suspense>);
    return screen.findByText('1 selected object is left as it is');
  });
});
