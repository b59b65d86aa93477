import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Suspense } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { unstage, useStaged } from '../procedures/intents.ts';
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
      'evacuate',
      'inject-fault',
      'copy-identity',
    ]);
    expect(idsOf(Object.keys(fleet.virtualMachines)[0])).toEqual(['migrate', 'copy-identity']);
    expect(idsOf(Object.keys(fleet.virtualSubsystems)[0])).toEqual(['delete', 'copy-identity']);
    expect(idsOf(namespaceId)).toEqual(['inject-fault', 'copy-identity']);
    expect(idsOf(Object.keys(fleet.subsystems)[0])).toEqual(['copy-identity']);
    expect(idsOf('nobody')).toEqual([]);
  });

  it('offers to resume a guest that stands still, and no other', () => {
    const [machine] = Object.values(fleet.virtualMachines);
    if (machine === undefined) throw new Error('no machine');
    const offered = (['running', 'paused', 'incoming', 'stopped'] as const).filter((state) =>
      idsOf(machine.id, { ...fleet, virtualMachines: { [machine.id]: { ...machine, state } } }).includes(
        'resume-machine',
      ),
    );
    expect(offered).toEqual(['paused', 'incoming']);
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
    // The dialog is loaded when it is first shown.
    const dialog = await screen.findByRole('dialog', {}, { timeout: 5000 });
    expect(dialog.textContent).toContain('0 to 77');
  });

  it('takes all of a selection or says how much of it, and leaves no doubt what stays', async () => {
    const ids = [primary?.id ?? '', member?.id ?? '', free?.id ?? ''];
    const actions = objectActions(fleet, ids);
    const labels = actions.map(({ id, label, onlyLast }) => ({ id, label, onlyLast }));
    const label = (id: string) => labels.find((action) => action.id === id)?.label;
    expect(label('reset')).toBe('Reset…');
    expect(label('driver')).toBe('Driver…');
    expect(label('online')).toBe('Online… (2 of 3)');
    expect(label('offline')).toBe('Offline… (2 of 3)');
    expect(label('resources')).toBe('Resources… (2 of 3)');
    expect(label('vf-count')).toBe('VF count… (1 of 3)');
    // One object at a time: what is about the last one alone.
    expect(labels.filter(({ onlyLast }) => onlyLast).map(({ id }) => id)).toEqual(['inject-fault']);
    expect(label('inject-fault')).toContain(`(only VF ${free?.vfn})`);
    expect(objectActions(fleet, ids.slice(-1)).some(({ onlyLast }) => onlyLast)).toBe(false);
    actions.find(({ id }) => id === 'assign')?.run();
    render(<Suspense>{useShownDialog.getState().draw?.(fleet)}</Suspense>);
    await screen.findByText('1 selected object is not a secondary controller.');
  });

  it('stages one change for all that it takes, with what it leaves', () => {
    const ids = [Object.keys(fleet.hosts)[0] ?? '', member?.id ?? '', free?.id ?? ''];
    objectActions(fleet, ids)
      .find(({ id }) => id === 'offline')
      ?.run();
    expect(useStaged.getState()).toMatchObject({
      staged: { intent: { kind: 'set-online', secondaryIds: ids.slice(1), online: false } },
      left: ['1 selected object is not a secondary controller.'],
    });
    const subsystems = Object.keys(fleet.virtualSubsystems);
    expect(subsystems.length).toBeGreaterThan(1);
    objectActions(fleet, subsystems)
      .find(({ id }) => id === 'delete')
      ?.run();
    expect(useStaged.getState()).toMatchObject({
      staged: { intent: { kind: 'delete-virtual-subsystem', virtualSubsystemIds: subsystems } },
      left: [],
    });
    unstage();
  });

  it('leaves what it cannot do anything with, and says why', () => {
    const [one, other] = secondaries;
    if (one === undefined || other === undefined) throw new Error('no secondaries');
    const hidden: Fleet = {
      ...fleet,
      controllers: {
        ...fleet.controllers,
        [other.id]: { ...other, pciAddress: null, assignableDevice: null },
      },
    };
    const reset = objectActions(hidden, [one.id, other.id]).find(({ id }) => id === 'reset');
    expect(reset).toMatchObject({ label: 'Reset… (1 of 2)', unavailable: null });
    reset?.run();
    render(<Suspense>{useShownDialog.getState().draw?.(hidden)}</Suspense>);
    return screen.findByText(/^1 selected object cannot take part\. The host cannot see its PCI function/);
  });

  it('changes namespaces of one NVM subsystem, and of all of them what the person touches', async () => {
    const user = userEvent.setup();
    const reaching: Fleet = {
      ...fleet,
      controllers: Object.fromEntries(
        Object.entries(fleet.controllers).map(([id, controller]) => [
          id,
          { ...controller, subsystemId: 'nqn', attachedNamespaces: id === member?.id ? [1] : [] },
        ]),
      ),
    };
    const ids = [member?.id ?? '', free?.id ?? ''];
    objectActions(reaching, ids)
      .find(({ id }) => id === 'namespaces')
      ?.run();
    render(<Suspense>{useShownDialog.getState().draw?.(reaching)}</Suspense>);
    const box = await screen.findByRole('checkbox', { name: /Namespace 1 .* attached to 1 of 2/ });
    expect(box.getAttribute('aria-checked')).toBe('mixed');
    await user.click(box);
    await user.click(screen.getByRole('button', { name: 'Review the steps' }));
    expect(useStaged.getState().staged).toMatchObject({
      intent: { kind: 'set-namespaces', controllerIds: ids, attach: [1], detach: [] },
    });
    unstage();
  });

  it('binds drivers that differ only when one is chosen', async () => {
    const user = userEvent.setup();
    const ids = [primary?.id ?? '', free?.id ?? ''];
    objectActions(fleet, ids)
      .find(({ id }) => id === 'driver')
      ?.run();
    render(<Suspense>{useShownDialog.getState().draw?.(fleet)}</Suspense>);
    await screen.findByText('Bound now: nvme (1), none (1)');
    expect(screen.getAllByRole('radio').every((one) => one.getAttribute('aria-checked') === 'false')).toBe(
      true,
    );
    await user.click(screen.getByRole('radio', { name: 'None' }));
    await user.click(screen.getByRole('button', { name: 'Review the steps' }));
    expect(useStaged.getState().staged).toMatchObject({
      intent: { kind: 'set-driver', controllerIds: ids, driver: null },
    });
    unstage();
  });
});
